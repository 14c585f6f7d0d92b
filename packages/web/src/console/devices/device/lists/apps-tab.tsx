// Apps and profiles on the device: what management brought with how far it is, and what else is there.
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { type Column, DataTable } from '../../../../design/data-table.tsx';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { useMay } from '../../../../session/session.ts';
import { useFacts, valueOf } from '../facts/use-facts.ts';
import { deviceTexts } from '../texts.ts';
import { useDevice } from '../use-device.ts';
import { type AppRow, appRows } from './app-rows.ts';
import { csvOf, saveCsv } from './csv.ts';
import { listTexts } from './texts.ts';

export function AppsTab() {
  const t = listTexts.use();
  const may = useMay();
  const { data, error, isPending, refetch } = useFacts({ scan: 'apps' });
  if (isPending) return <Loading lines={8} />;
  if (data === undefined) return <Failure problem={error} retry={() => void refetch()} />;
  const rows = appRows(valueOf(data.facts, 'apps.installed'), valueOf(data.facts, 'apps.managed'));
  return (
    <Stack>
      <Title order={2}>{t('apps')}</Title>
      {!may('devices.facts.personal.read') && (
        <Text size="sm" c="dimmed">
          {t('noAppsRight')}
        </Text>
      )}
      {rows.length === 0 ? (
        <EmptyState title={t('noApps')}>{t('noAppsText')}</EmptyState>
      ) : (
        <AppTable rows={rows} />
      )}
      <Profiles />
    </Stack>
  );
}

function AppTable({ rows }: { rows: readonly AppRow[] }) {
  const t = listTexts.use();
  const d = deviceTexts.use();
  const { data: device } = useDevice();
  const [wanted, setWanted] = useState('');
  const shown = useMemo(() => {
    const text = wanted.trim().toLowerCase();
    return rows.filter((row) => `${row.name} ${row.id}`.toLowerCase().includes(text));
  }, [rows, wanted]);
  const columns: readonly Column<AppRow>[] = [
    { key: 'name', title: t('app'), card: 'title', render: (row) => <Plain text={row.name} limit={100} /> },
    {
      key: 'version',
      title: t('version'),
      width: '20%',
      render: (row) => <Plain text={row.version} limit={60} />,
    },
    {
      key: 'managed',
      title: t('managed'),
      width: '18%',
      card: 'mark',
      render: (row) => t(row.managed ? 'managedYes' : 'managedNo'),
    },
    { key: 'state', title: t('state'), width: '22%', render: (row) => <Plain text={row.state} limit={60} /> },
  ];
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('installed', { count: rows.length })}. {t('recorded')}
      </Text>
      <Group align="flex-end" justify="space-between">
        <TextInput
          type="search"
          label={t('search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() =>
            saveCsv(
              `${device?.name ?? 'device'}-apps`,
              csvOf(
                [t('app'), 'ID', t('version'), t('managed'), t('state')],
                shown.map((row) => [
                  row.name,
                  row.id,
                  row.version,
                  t(row.managed ? 'managedYes' : 'managedNo'),
                  row.state,
                ]),
              ),
            )
          }
        >
          {t('csv')}
        </Button>
      </Group>
      <DataTable
        label={t('apps')}
        columns={columns}
        rows={shown}
        rowKey={(row) => row.key}
        rowLabel={(row) => plainLine(row.name, 60)}
        empty={<EmptyState title={d('nothingMatches', { text: plainLine(wanted, 60) })} />}
      />
    </>
  );
}

interface ProfileRow {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly managed: boolean;
  readonly source: string;
}

function Profiles() {
  const t = listTexts.use();
  const d = deviceTexts.use();
  const { data } = useFacts({ scan: 'profiles', technical: true });
  if (data === undefined) return null;
  const rows = (valueOf(data.facts, 'profiles.installed') ?? []).map(
    (profile, index): ProfileRow => ({ ...profile, key: `${profile.id} ${index}` }),
  );
  const columns: readonly Column<ProfileRow>[] = [
    {
      key: 'name',
      title: t('profile'),
      card: 'title',
      render: (row) => <Plain text={row.name} limit={100} />,
    },
    {
      key: 'managed',
      title: t('managed'),
      width: '22%',
      card: 'mark',
      render: (row) => t(row.managed ? 'managedYes' : 'managedNo'),
    },
    {
      key: 'source',
      title: d('source'),
      width: '30%',
      render: (row) => <Plain text={row.source} limit={80} />,
    },
  ];
  return (
    <>
      <Title order={2}>{t('profiles')}</Title>
      <DataTable
        label={t('profiles')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        rowLabel={(row) => plainLine(row.name, 60)}
        empty={
          <Text size="sm" c="dimmed">
            {t('noProfiles')}
          </Text>
        }
      />
    </>
  );
}
