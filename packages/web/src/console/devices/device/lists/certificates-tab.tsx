// Certificates: those that Gatehouse issued to the device, and those that are on it.
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Certificate } from '@gatehouse/contracts/admin/certificates.ts';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useList } from '../../../../api/hooks.ts';
import { listCertificates } from '../../../../api/operations/device.ts';
import { CopyText } from '../../../../design/copy-text.tsx';
import { type Column, DataTable } from '../../../../design/data-table.tsx';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { StatusMark } from '../../../../design/status-mark.tsx';
import { Time } from '../../../../design/time.tsx';
import { formatDate, formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { useFacts, valueOf } from '../facts/use-facts.ts';
import { deviceTexts } from '../texts.ts';
import { useDevice, useDeviceId } from '../use-device.ts';
import { csvOf, saveCsv } from './csv.ts';
import { listTexts } from './texts.ts';

export function CertificatesTab() {
  const t = listTexts.use();
  const may = useMay();
  return (
    <Stack>
      <Title order={2}>{t('ours')}</Title>
      {may('certificates.read') ? (
        <Issued />
      ) : (
        <Text size="sm" c="dimmed">
          {t('noCertificateRight')}
        </Text>
      )}
      <OnDevice />
    </Stack>
  );
}

const kinds = { valid: 'ok', expired: 'stale', revoked: 'bad' } as const;

function Issued() {
  const t = listTexts.use();
  const deviceId = useDeviceId();
  const list = useList(listCertificates, { query: { deviceId } });
  const columns: readonly Column<Certificate>[] = [
    {
      key: 'serial',
      title: t('serial'),
      card: 'title',
      render: ({ serial }) => (
        <CopyText value={serial}>
          <code>{serial.slice(0, 16)}</code>
        </CopyText>
      ),
    },
    {
      key: 'state',
      title: t('state'),
      width: '14%',
      card: 'mark',
      render: ({ state, revocationReason }) => (
        <StatusMark
          kind={kinds[state]}
          word={t(state)}
          {...(revocationReason === null ? {} : { why: plainLine(revocationReason) })}
        />
      ),
    },
    {
      key: 'expires',
      title: t('expires'),
      width: '18%',
      render: ({ notAfter }) => <Time at={notAfter} form="time" />,
    },
    {
      key: 'use',
      title: t('use'),
      width: '38%',
      render: ({ firstUsedAt }) =>
        `${t('identity')} · ${
          firstUsedAt === null ? t('notUsed') : t('usedSince', { time: formatTime(firstUsedAt) })
        }`,
    },
  ];
  if (list.error !== null) return <Failure problem={list.error} retry={list.refetch} />;
  return (
    <DataTable
      label={t('ours')}
      columns={columns}
      rows={list.items}
      rowKey={({ serial }) => serial}
      rowLabel={({ serial }) => serial}
      isPending={list.isPending}
      hasMore={list.hasMore}
      loadMore={list.loadMore}
      empty={
        <Text size="sm" c="dimmed">
          {t('oursNone')}
        </Text>
      }
    />
  );
}

interface Row {
  readonly key: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: string;
  readonly store: string;
}

const expiryOf = (notAfter: string): string =>
  Number.isNaN(Date.parse(notAfter)) ? notAfter : formatDate(notAfter);

function OnDevice() {
  const t = listTexts.use();
  const d = deviceTexts.use();
  const { data: device } = useDevice();
  const { data, isPending } = useFacts({ scan: 'certificates', technical: true });
  const [wanted, setWanted] = useState('');
  const rows = useMemo(
    () =>
      (valueOf(data?.facts, 'certificates.installed') ?? []).map(
        (each, index): Row => ({ ...each, key: `${each.sha256} ${index}` }),
      ),
    [data],
  );
  const text = wanted.trim().toLowerCase();
  const shown = rows.filter((row) => `${row.subject} ${row.issuer}`.toLowerCase().includes(text));
  const columns: readonly Column<Row>[] = [
    {
      key: 'subject',
      title: t('subject'),
      card: 'title',
      render: (row) => <Plain text={row.subject} limit={120} />,
    },
    {
      key: 'issuer',
      title: t('issuer'),
      width: '30%',
      render: (row) => <Plain text={row.issuer} limit={120} />,
    },
    { key: 'expires', title: t('expires'), width: '14%', render: (row) => expiryOf(row.notAfter) },
    { key: 'store', title: t('store'), width: '20%', render: (row) => <Plain text={row.store} limit={60} /> },
  ];
  if (data === undefined) return isPending ? <Loading /> : null;
  return (
    <>
      <Group justify="space-between" align="flex-end">
        <Title order={2}>{t('others')}</Title>
        {rows.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() =>
              saveCsv(
                `${device?.name ?? 'device'}-certificates`,
                csvOf(
                  [t('subject'), t('issuer'), t('expires'), t('store')],
                  shown.map((row) => [row.subject, row.issuer, row.notAfter, row.store]),
                ),
              )
            }
          >
            {t('csv')}
          </Button>
        )}
      </Group>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('othersNone')}
        </Text>
      ) : (
        <>
          <TextInput
            type="search"
            label={t('searchCertificates')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
            maw={420}
          />
          <DataTable
            label={t('others')}
            columns={columns}
            rows={shown}
            rowKey={(row) => row.key}
            rowLabel={(row) => plainLine(row.subject, 60)}
            empty={<EmptyState title={d('nothingMatches', { text: plainLine(wanted, 60) })} />}
          />
        </>
      )}
    </>
  );
}
