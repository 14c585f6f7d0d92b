// Somebody has published meanwhile: what both did, key by key, and the choice where both changed the same.
import { Alert, Button, Group, Radio, Stack, Table, Text } from '@mantine/core';
import { IconGitMerge } from '@tabler/icons-react';
import { useState } from 'react';
import { Plain } from '../../../design/plain.tsx';
import { mergeThreeWays, settle } from '../model/merge.ts';
import type { Draft, Values } from '../model/draft.ts';
import { policyTexts } from '../texts.ts';

export interface MergePanelProps {
  readonly draft: Draft;
  readonly theirs: Values;
  readonly theirVersion: number;
  readonly who: string | undefined;
  readonly titleOf: (key: string) => string;
  readonly shown: (key: string, value: unknown) => string;
  readonly onSettled: (values: Values) => void;
}

export function MergePanel(props: MergePanelProps) {
  const t = policyTexts.use();
  const { draft, theirs, theirVersion, titleOf, shown } = props;
  const merged = mergeThreeWays(draft.base, draft.values, theirs);
  // Whoever stands before the page has just said what they want; the other’s is one click away.
  const [theirWins, setTheirWins] = useState<ReadonlySet<string>>(new Set());
  const word = (key: string, value: unknown) => (value === undefined ? t('unset') : shown(key, value));
  return (
    <Alert
      color="orange"
      role="alert"
      icon={<IconGitMerge aria-hidden />}
      title={t('conflictTitle', {
        who: props.who ?? t('somebody'),
        version: theirVersion,
        mine: draft.baseVersion,
      })}
    >
      <Stack gap="sm">
        <Text size="sm">{merged.conflicts.length === 0 ? t('conflictNone') : t('conflictText')}</Text>
        {merged.conflicts.length > 0 && (
          <Table.ScrollContainer minWidth={480}>
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('conflictKey')}</Table.Th>
                  <Table.Th>{t('yours')}</Table.Th>
                  <Table.Th>{t('theirs')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {merged.conflicts.map(({ key, mine, theirs: other }) => {
                  const choose = (their: boolean) =>
                    setTheirWins((before) => {
                      const next = new Set(before);
                      if (their) next.add(key);
                      else next.delete(key);
                      return next;
                    });
                  return (
                    <Table.Tr key={key}>
                      <Table.Th scope="row">{titleOf(key)}</Table.Th>
                      <Table.Td>
                        <Radio
                          name={`conflict-${key}`}
                          checked={!theirWins.has(key)}
                          onChange={() => choose(false)}
                          label={<Plain text={word(key, mine)} limit={80} />}
                          aria-label={`${t('takeYours')}: ${titleOf(key)}, ${word(key, mine)}`}
                        />
                      </Table.Td>
                      <Table.Td>
                        <Radio
                          name={`conflict-${key}`}
                          checked={theirWins.has(key)}
                          onChange={() => choose(true)}
                          label={<Plain text={word(key, other)} limit={80} />}
                          aria-label={`${t('takeTheirs')}: ${titleOf(key)}, ${word(key, other)}`}
                        />
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        {merged.taken.length > 0 && (
          <Text size="sm">
            {t('conflictTaken', { version: theirVersion, keys: merged.taken.map(titleOf).join(', ') })}
          </Text>
        )}
        <Group>
          <Button
            onClick={() =>
              props.onSettled(
                settle(
                  merged,
                  new Set(merged.conflicts.map(({ key }) => key).filter((key) => !theirWins.has(key))),
                ),
              )
            }
          >
            {t('goOn')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
