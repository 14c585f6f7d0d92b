// The versions of a suite or a resource: who made each, when and why; two of them side by side; and the way back.
import { Button, Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { ActorName } from '../../actors/actor-name.tsx';
import { JsonText } from '../../../design/json-text.tsx';
import { Plain } from '../../../design/plain.tsx';
import { Time } from '../../../design/time.tsx';
import type { Values } from '../model/field.ts';
import { policyTexts } from '../texts.ts';
import { ChangeTable, type ChangeTableProps } from './change-table.tsx';
import { editorTexts } from './texts.ts';
import { useSuiteSearch } from './use-saved-search.ts';

export interface VersionRow {
  readonly version: number;
  readonly values: Values;
  readonly author: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly reason: string;
}

export interface VersionsListProps extends Pick<ChangeTableProps, 'titleOf' | 'shown'> {
  readonly versions: readonly VersionRow[];
  readonly current: number;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  /** Absent: one may not. */
  readonly onGoBack?: ((version: VersionRow) => void) | undefined;
}

export function VersionsList(props: VersionsListProps) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  const [search, change] = useSuiteSearch();
  const { versions, current } = props;
  const shownNo = search.version ?? current;
  const shown = versions.find(({ version }) => version === shownNo);
  const before = versions.find(({ version }) => version === (search.compare ?? shownNo - 1));
  const option = ({ version }: VersionRow) => ({
    value: String(version),
    label: t('versionNo', { version }),
  });
  return (
    <Stack gap="lg">
      <Table.ScrollContainer minWidth={520}>
        <Table verticalSpacing="xs" aria-label={t('versions')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('version')}</Table.Th>
              <Table.Th>{t('at')}</Table.Th>
              <Table.Th>{t('by')}</Table.Th>
              <Table.Th>{t('reason')}</Table.Th>
              <Table.Th>{t('compare')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {versions.map((row) => (
              <Table.Tr key={row.version} aria-selected={row.version === shownNo}>
                <Table.Th scope="row" fw={row.version === shownNo ? 650 : 400}>
                  {t('versionNo', { version: row.version })}
                  {row.version === current && ` – ${t('current')}`}
                </Table.Th>
                <Table.Td>
                  <Time at={row.createdAt} form="time" />
                </Table.Td>
                <Table.Td>
                  {row.author === null ? (
                    <ActorName reference={row.createdBy} />
                  ) : (
                    <Plain text={row.author} limit={80} />
                  )}
                </Table.Td>
                <Table.Td>
                  {row.reason === '' ? (
                    <Text size="sm" c="dimmed">
                      {t('noReason')}
                    </Text>
                  ) : (
                    <Plain text={row.reason} />
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-label={`${t('compare')}: ${t('versionNo', { version: row.version })}`}
                      onClick={() => change({ version: row.version, compare: undefined }, true)}
                    >
                      {t('compare')}
                    </Button>
                    {props.onGoBack && row.version !== current && (
                      <Button size="compact-sm" variant="default" onClick={() => props.onGoBack?.(row)}>
                        {t('backTo', { version: row.version })}
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {props.hasMore && (
        <Group>
          <Button variant="default" size="xs" onClick={props.loadMore}>
            {t('more')}
          </Button>
        </Group>
      )}
      {shown !== undefined && (
        <Stack gap="sm">
          <Group align="flex-end">
            <Title order={2} size="h4">
              {t('versionNo', { version: shown.version })}
            </Title>
            <Select
              size="xs"
              w={180}
              label={t('compareWith')}
              allowDeselect={false}
              value={before === undefined ? null : String(before.version)}
              data={versions.filter(({ version }) => version !== shown.version).map(option)}
              onChange={(value) => change({ version: shown.version, compare: Number(value) }, true)}
            />
          </Group>
          {before !== undefined && (
            <ChangeTable
              before={before.values}
              after={shown.values}
              beforeTitle={t('versionNo', { version: before.version })}
              afterTitle={t('versionNo', { version: shown.version })}
              titleOf={props.titleOf}
              shown={props.shown}
            />
          )}
          <Title order={3} size="h5">
            {te('raw')}
          </Title>
          <JsonText value={shown.values} label={te('rawLabel')} />
        </Stack>
      )}
    </Stack>
  );
}
