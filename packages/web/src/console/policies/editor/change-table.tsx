// Two versions key by key: what was added, changed, removed.
import { Badge, Table, Text } from '@mantine/core';
import { Plain } from '../../../design/plain.tsx';
import { changesOf } from '../model/changes.ts';
import type { Values } from '../model/field.ts';
import { type PolicyTextKey, policyTexts } from '../texts.ts';

export interface ChangeTableProps {
  readonly before: Values;
  readonly after: Values;
  readonly beforeTitle: string;
  readonly afterTitle: string;
  readonly titleOf: (key: string) => string;
  readonly shown: (key: string, value: unknown) => string;
}

export function ChangeTable(props: ChangeTableProps) {
  const t = policyTexts.use();
  const changes = changesOf(props.before, props.after);
  if (changes.length === 0) return <Text c="dimmed">{t('noDifference')}</Text>;
  const word = (key: string, value: unknown) => (value === undefined ? t('unset') : props.shown(key, value));
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing="xs" aria-label={t('whatChanges')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('conflictKey')}</Table.Th>
            <Table.Th>{props.beforeTitle}</Table.Th>
            <Table.Th>{props.afterTitle}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ key, what, before, after }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" fw={500}>
                {props.titleOf(key)}{' '}
                <Badge size="xs" variant="default" tt="none">
                  {t(`what_${what}` as PolicyTextKey)}
                </Badge>
              </Table.Th>
              <Table.Td>
                <Plain text={word(key, before)} limit={200} />
              </Table.Td>
              <Table.Td>
                <Plain text={word(key, after)} limit={200} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
