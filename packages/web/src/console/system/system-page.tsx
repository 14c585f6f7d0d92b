// The operator's console: organizations and how much they use, and how the instance is.
import type { OrganizationUsage } from '@gatehouse/contracts/admin/system.ts';
import { Alert, Button, Card, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useChange, useList, useRead } from '../../api/hooks.ts';
import { createOrganization, getSystemHealth, listOrganizationUsage } from '../../api/operations/system.ts';
import { Ask } from '../../design/ask.tsx';
import { type Column, DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Facts } from '../../design/facts.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { Plain } from '../../design/plain.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { formatBytes, formatDuration, formatNumber } from '../../language/format.ts';
import { enterOrganization } from '../../session/session.ts';
import { type HealthFinding, healthFindings } from './health-findings.ts';
import { SystemPage } from './system-frame.tsx';
import { systemTexts } from './texts.ts';

export function OrganizationsPage() {
  const t = systemTexts.use();
  const [making, setMaking] = useState(false);
  const [entering, setEntering] = useState<OrganizationUsage | null>(null);
  const list = useList(listOrganizationUsage, { query: { limit: 50 } });
  const columns: Column<OrganizationUsage>[] = [
    { key: 'name', title: t('name'), card: 'title', render: (row) => <Plain text={row.name} /> },
    { key: 'slug', title: t('slug'), width: '10rem', render: (row) => row.slug },
    {
      key: 'devices',
      title: t('devices'),
      width: '7rem',
      align: 'end',
      render: (row) => formatNumber(row.devices),
    },
    {
      key: 'users',
      title: t('users'),
      width: '7rem',
      align: 'end',
      render: (row) => formatNumber(row.users),
    },
    {
      key: 'activity',
      title: t('activity'),
      width: '10rem',
      render: (row) => (row.lastActivityAt === null ? t('never') : <Time at={row.lastActivityAt} />),
    },
    {
      key: 'made',
      title: t('made'),
      width: '10rem',
      card: 'hidden',
      render: (row) => <Time at={row.createdAt} />,
    },
    {
      key: 'enter',
      title: '',
      width: '8rem',
      card: 'mark',
      render: (row) => (
        <Button size="compact-xs" variant="default" onClick={() => setEntering(row)}>
          {t('enter')}
        </Button>
      ),
    },
  ];
  const name = entering?.name ?? '';
  return (
    <SystemPage tab="organizations" action={<Button onClick={() => setMaking(true)}>{t('new')}</Button>}>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('organizations')}
          columns={columns}
          rows={list.items}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.name}
          isPending={list.isPending}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
        />
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title={t('newTitle')}>
        {making && <OrganizationForm onDone={() => setMaking(false)} />}
      </Modal>
      <Ask
        opened={entering !== null}
        onClose={() => setEntering(null)}
        title={t('enterTitle', { name })}
        verb={t('enterVerb', { name })}
        keep={t('stay')}
        onConfirm={() => entering && enterOrganization(entering.slug)}
      >
        <Text size="sm">{t('enterText')}</Text>
      </Ask>
    </SystemPage>
  );
}

function OrganizationForm({ onDone }: { onDone: () => void }) {
  const t = systemTexts.use();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  const [tried, setTried] = useState(false);
  const make = useChange(createOrganization, {
    refreshes: [listOrganizationUsage],
    onDone(made) {
      notifyDone(t('madeDone', { name: made.name }));
      onDone();
    },
  });
  const slugWrong = !/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(slug);
  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== '' && !slugWrong) make.mutate({ body: { name: name.trim(), slug } });
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && name.trim() === '' ? t('needed') : undefined}
          maxLength={200}
          data-autofocus
        />
        <TextInput
          label={t('slug')}
          description={t('slugHint')}
          value={slug}
          onChange={(event) => setSlug(event.currentTarget.value.toLowerCase())}
          error={tried && slugWrong ? t('slugWrong') : undefined}
          maxLength={40}
        />
        {make.error && <Failure problem={make.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            {t('make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function HealthPage() {
  const t = systemTexts.use();
  const read = useRead(getSystemHealth, {}, { every: 5_000 });
  const health = read.data;
  if (read.error)
    return (
      <SystemPage tab="health">
        <Failure problem={read.error} retry={() => void read.refetch()} />
      </SystemPage>
    );
  if (health === undefined || health === null)
    return (
      <SystemPage tab="health">
        <Loading />
      </SystemPage>
    );
  const findings = healthFindings(health);
  return (
    <SystemPage tab="health">
      {findings.length === 0 ? (
        <StatusMark kind="ok" word={t('good')} />
      ) : (
        <Stack gap="xs">
          {findings.map((finding) => (
            <Alert key={finding.kind} color="orange">
              {sentenceOf(finding, t)}
            </Alert>
          ))}
        </Stack>
      )}
      <Card maw={720}>
        <Facts
          rows={[
            { label: t('version'), value: `${health.version} · Node ${health.node}` },
            { label: t('runningSince'), value: <Time at={health.startedAt} form="time" /> },
            { label: t('memory'), value: formatBytes(health.memoryBytes) },
            {
              label: t('database'),
              value: `PostgreSQL ${health.database.version}, ${t('databaseAnswers', { ms: formatNumber(health.database.answersInMs) })}`,
            },
            { label: t('databaseSize'), value: formatBytes(health.database.bytes) },
            {
              label: t('jobs'),
              value: t('jobsValue', {
                waiting: formatNumber(health.jobs.waiting),
                running: formatNumber(health.jobs.running),
                dead: formatNumber(health.jobs.dead),
              }),
            },
            {
              label: t('late'),
              value:
                health.jobs.oldestDueSeconds === 0
                  ? t('notLate')
                  : formatDuration(health.jobs.oldestDueSeconds * 1000),
            },
            { label: t('free'), value: formatBytes(health.freeBytes) },
          ]}
        />
      </Card>
      <Card maw={720}>
        <Title order={2} size="h3">
          {t('backups')}
        </Title>
        <Text size="sm">{t('backupsText')}</Text>
      </Card>
    </SystemPage>
  );
}

function sentenceOf(finding: HealthFinding, t: ReturnType<typeof systemTexts.use>): string {
  switch (finding.kind) {
    case 'databaseSlow':
      return t('databaseSlow');
    case 'jobsLate':
      return t('jobsLate', { time: formatDuration(finding.milliseconds) });
    case 'jobsDead':
      return t('jobsDead', { count: finding.count });
    case 'diskLow':
      return t('diskLow', { free: formatBytes(finding.bytes) });
  }
}
