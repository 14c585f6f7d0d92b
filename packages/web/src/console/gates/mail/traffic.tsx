// What became of requests for mail, in words, and the last errors.
import { Card, Select, Stack, Title } from '@mantine/core';
import type { MailTraffic } from '@gatehouse/contracts/admin/mail.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useList, useRead } from '../../../api/hooks.ts';
import { getMailTraffic, listMailServers } from '../../../api/operations/mail-gate.ts';
import { Bars } from '../../../design/charts.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { Plain } from '../../../design/plain.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { outcomeBars, readMailSearch, trafficHours } from './mail-view.ts';
import { mailTexts } from './texts.ts';

type MailError = MailTraffic['errors'][number];

export function Traffic() {
  const t = mailTexts.use();
  const navigate = useNavigate();
  const { hours } = readMailSearch(useSearch({ strict: false }));
  const { data, error, refetch } = useRead(
    getMailTraffic,
    { query: { hours } },
    { every: 15_000, keep: true },
  );
  const servers = useList(listMailServers, { query: { limit: 200 } });
  if (error) return <Failure problem={error} retry={() => void refetch()} />;
  const spanText = (count: number) => (count < 48 ? t('hour', { count }) : t('days', { count: count / 24 }));
  const nameOf = (id: string | null) =>
    servers.items.find((server) => server.id === id)?.name ?? t('noServer');
  const columns: Column<MailError>[] = [
    {
      key: 'summary',
      title: t('errors'),
      card: 'title',
      render: ({ summary }) => <Plain text={summary} limit={200} />,
    },
    {
      key: 'outcome',
      title: t('outcome'),
      width: '17rem',
      card: 'mark',
      render: ({ outcome }) => <StatusMark kind="bad" word={t(`out.${outcome}`)} />,
    },
    {
      key: 'server',
      title: t('probeServer'),
      width: '12rem',
      render: ({ serverId }) => <Plain text={nameOf(serverId)} limit={40} />,
    },
    {
      key: 'command',
      title: t('command'),
      width: '9rem',
      card: 'hidden',
      render: ({ command }) => <Plain text={command} limit={40} />,
    },
    { key: 'at', title: t('at'), width: '9rem', render: ({ at }) => <Time at={at} /> },
  ];
  return (
    <Stack gap="md">
      <Select
        label={t('hours')}
        w={200}
        data={trafficHours.map((each) => ({ value: String(each), label: spanText(each) }))}
        value={String(hours)}
        allowDeselect={false}
        onChange={(next) => void navigate({ to: '.', search: { tab: 'traffic', hours: next } as never })}
      />
      {data === undefined || data === null ? (
        <Loading />
      ) : (
        <>
          {data.outcomes.length === 0 ? (
            <EmptyState title={t('trafficEmptyTitle')}>{t('trafficEmpty')}</EmptyState>
          ) : (
            <Card>
              <Title order={2} size="h3" mb="xs">
                {t('outcome')}
              </Title>
              <Bars
                label={t('requests')}
                bars={outcomeBars(data).map(({ outcome, requests, tone }) => ({
                  label: t(`out.${outcome}`),
                  value: requests,
                  tone,
                }))}
              />
            </Card>
          )}
          {data.outcomes.length > 0 && (
            <DataTable
              label={t('errors')}
              columns={columns}
              rows={data.errors}
              rowKey={({ at, mailDeviceId, summary }) => `${at}/${mailDeviceId}/${summary}`}
              rowLabel={({ summary }) => summary}
              empty={<EmptyState title={t('noErrors')} />}
            />
          )}
        </>
      )}
    </Stack>
  );
}
