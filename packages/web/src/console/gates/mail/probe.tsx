// Whether mail can be had round the gateway: the last look at each mail server, way by way, the plan, and a look at once.
import {
  Button,
  Card,
  Group,
  List,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import type { MailProbe, MailProbePlan, MailProbeSummary } from '@gatehouse/contracts/admin/mail-probes.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList, useRead } from '../../../api/hooks.ts';
import {
  askForMailProbe,
  changeMailProbePlan,
  getMailProbe,
  getMailProbePlan,
  listMailProbes,
  listMailServers,
} from '../../../api/operations/mail-gate.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { gateTexts } from '../texts.ts';
import { linesOf, readMailSearch, verdictMarks } from './mail-view.ts';
import { mailTexts } from './texts.ts';

export function Probe() {
  const t = mailTexts.use();
  const navigate = useNavigate();
  const { server: wanted } = readMailSearch(useSearch({ strict: false }));
  const servers = useList(listMailServers, { query: { limit: 200 } });
  const server = servers.items.find(({ id }) => id === wanted) ?? servers.items[0];
  if (servers.error) return <Failure problem={servers.error} retry={servers.refetch} />;
  if (servers.isPending) return <Loading />;
  if (server === undefined) return <EmptyState title={t('probeNoServer')} />;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('probeMeaning')}
      </Text>
      <Select
        label={t('probeServer')}
        w={320}
        maw="100%"
        data={servers.items.map(({ id, name }) => ({ value: id, label: plainLine(name, 60) }))}
        value={server.id}
        allowDeselect={false}
        onChange={(next) => void navigate({ to: '.', search: { tab: 'probe', server: next } as never })}
      />
      <Looks key={server.id} mailServerId={server.id} />
    </Stack>
  );
}

function Looks({ mailServerId }: { mailServerId: string }) {
  const t = mailTexts.use();
  const mayManage = useMay()('mail.manage');
  const list = useList(listMailProbes, { query: { mailServerId, limit: 20 } }, { every: 4_000 });
  const plan = useRead(getMailProbePlan, { params: { mailServerId } });
  const ask = useChange(askForMailProbe, { refreshes: [listMailProbes] });
  const [newest] = list.items;
  const last = list.items.find(({ state }) => state === 'done');
  const isLooking = newest?.state === 'waiting';
  return (
    <>
      <Group>
        {last?.verdict ? (
          <StatusMark
            kind={verdictMarks[last.verdict]}
            word={t(`verdict.${last.verdict}`)}
            since={last.finishedAt ?? last.createdAt}
          />
        ) : (
          <Text>{isLooking ? t('probeAsking') : t('probeNever')}</Text>
        )}
        {mayManage && (
          <Button loading={ask.isPending || isLooking} onClick={() => ask.mutate({ body: { mailServerId } })}>
            {t('probeNow')}
          </Button>
        )}
      </Group>
      {ask.error && <Failure problem={ask.error} />}
      {last && <Sights probeId={last.id} />}
      {list.items.length > 1 && <History looks={list.items} />}
      {plan.data && <Plan key={JSON.stringify(plan.data)} plan={plan.data} disabled={!mayManage} />}
    </>
  );
}

type Judged = MailProbe['sights'][number];

function Sights({ probeId }: { probeId: string }) {
  const t = mailTexts.use();
  const { data, error, refetch } = useRead(getMailProbe, { params: { mailProbeId: probeId } });
  if (error) return <Failure problem={error} retry={() => void refetch()} />;
  if (data === undefined || data === null) return <Loading lines={3} />;
  const columns: Column<Judged>[] = [
    { key: 'way', title: t('way'), width: '10rem', card: 'title', render: ({ way }) => way },
    {
      key: 'state',
      title: t('state'),
      width: '9rem',
      card: 'mark',
      render: ({ verdict }) => <StatusMark kind={verdictMarks[verdict]} word={t(`short.${verdict}`)} />,
    },
    {
      key: 'seen',
      title: t('seen'),
      width: '16rem',
      render: ({ address }) => <Plain text={address} limit={100} />,
    },
    {
      key: 'meaning',
      title: t('meaningColumn'),
      render: ({ meaning, advice }) => (
        <Plain text={[meaning, advice ?? ''].filter(Boolean).join(' ')} limit={300} />
      ),
    },
  ];
  return (
    <DataTable
      label={t('probe')}
      columns={columns}
      rows={data.sights}
      rowKey={({ way, address }) => `${way}/${address}`}
      rowLabel={({ way }) => way}
    />
  );
}

function History({ looks }: { looks: readonly MailProbeSummary[] }) {
  const t = mailTexts.use();
  return (
    <section aria-label={t('history')}>
      <Title order={2} size="h3" mb="xs">
        {t('history')}
      </Title>
      <List size="sm" listStyleType="none" spacing={4}>
        {looks.slice(1).map(({ id, verdict, createdAt, openWays }) => (
          <List.Item key={id}>
            <Group gap="sm">
              <Time at={createdAt} />
              {verdict && <StatusMark kind={verdictMarks[verdict]} word={t(`short.${verdict}`)} />}
              {openWays.length > 0 && t('openWays', { ways: openWays.join(', ') })}
            </Group>
          </List.Item>
        ))}
      </List>
    </section>
  );
}

function Plan({ plan, disabled }: { plan: MailProbePlan; disabled: boolean }) {
  const t = mailTexts.use();
  const shared = gateTexts.use();
  const [hosts, setHosts] = useState(plan.hosts.join('\n'));
  const [domains, setDomains] = useState(plan.domains.join('\n'));
  const [every, setEvery] = useState<number | ''>(plan.everyMinutes ?? '');
  const [letIn, setLetIn] = useState(plan.letIn);
  const save = useChange(changeMailProbePlan, {
    refreshes: [getMailProbePlan],
    onDone: () => notifyDone(t('planSaved')),
  });
  return (
    <Card component="section" aria-label={t('plan')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            params: { mailServerId: plan.mailServerId },
            body: {
              hosts: linesOf(hosts),
              domains: linesOf(domains),
              everyMinutes: every === '' ? null : every,
              letIn,
            },
          });
        }}
      >
        <Stack gap="sm">
          <Title order={2} size="h3">
            {t('plan')}
          </Title>
          <Textarea
            label={t('planHosts')}
            description={t('planHostsHint')}
            autosize
            minRows={1}
            value={hosts}
            disabled={disabled}
            onChange={(event) => setHosts(event.currentTarget.value)}
          />
          <Textarea
            label={t('planDomains')}
            description={t('planDomainsHint')}
            autosize
            minRows={1}
            value={domains}
            disabled={disabled}
            onChange={(event) => setDomains(event.currentTarget.value)}
          />
          <NumberInput
            label={t('planEvery')}
            description={t('planEveryHint')}
            value={every}
            min={15}
            max={10_080}
            allowDecimal={false}
            w={260}
            disabled={disabled}
            onChange={(next) => setEvery(typeof next === 'number' ? next : '')}
          />
          <Switch
            label={t('planLetIn')}
            description={t('planLetInHint')}
            checked={letIn}
            disabled={disabled}
            onChange={(event) => setLetIn(event.currentTarget.checked)}
          />
          {save.error && <Failure problem={save.error} />}
          {!disabled && (
            <div>
              <Button type="submit" variant="default" loading={save.isPending}>
                {shared('save')}
              </Button>
            </div>
          )}
        </Stack>
      </form>
    </Card>
  );
}
