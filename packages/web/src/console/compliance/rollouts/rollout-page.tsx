// One rollout: its rings as columns, why it halted, and the two ways on.
import { Alert, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import { abortRollout, getRollout, listRollouts, resumeRollout } from '../../../api/operations/compliance.ts';
import { Ask } from '../../../design/ask.tsx';
import { Bars } from '../../../design/charts.tsx';
import { Facts } from '../../../design/facts.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatDuration, formatTime } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { ActorName } from '../../actors/actor-name.tsx';
import { revertedOf, type RingColumn, ringColumns, rolloutMarks } from './rollout-rings.ts';
import { rolloutTexts } from './texts.ts';
import { itemPage, useItemName } from './use-item-name.ts';

const refreshes = [getRollout, listRollouts];

export function RolloutPage() {
  const t = rolloutTexts.use();
  const { rolloutId } = useParams({ strict: false }) as { rolloutId: string };
  const nameOf = useItemName();
  const { data, error, refetch } = useRead(getRollout, { params: { rolloutId } }, { every: 10_000 });
  const title = data ? nameOf(data.item) : t('title');
  return (
    <Page
      title={title}
      heading={<Plain text={title} limit={100} />}
      crumbs={[{ text: t('title'), to: '/compliance/rollouts' }]}
      status={data && <StatusMark kind={rolloutMarks[data.state]} word={t(data.state)} />}
      action={data && <Ways rollout={data} />}
    >
      {error ? (
        <Failure problem={error} retry={() => void refetch()} />
      ) : data === undefined || data === null ? (
        <Loading lines={6} />
      ) : (
        <Shown rollout={data} />
      )}
    </Page>
  );
}

function Shown({ rollout }: { rollout: Rollout }) {
  const t = rolloutTexts.use();
  const columns = ringColumns(rollout);
  const reverted = revertedOf(rollout);
  const current = columns.find(({ standing }) => standing === 'current');
  return (
    <Stack gap="md">
      {rollout.state === 'halted' && (
        <Alert color="red" variant="light" title={t('halted')} role="alert">
          {t('haltedWhy', {
            actual: rollout.notCompliant,
            expected: current?.predicted ?? 0,
            tolerance: rollout.tolerance,
          })}
        </Alert>
      )}
      {reverted && (
        <Alert color="gray" variant="light" title={t('reverted')}>
          {reverted.notBack === 0 ? t('allBack') : t('notBack', { count: reverted.notBack })}
        </Alert>
      )}
      {rollout.state === 'running' && (
        <Text size="sm">
          {t(rollout.ring === rollout.rings.length ? 'lastAt' : 'nextAt', {
            time: formatTime(rollout.nextAt),
          })}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: Math.min(4, columns.length) }}>
        {columns.map((column) => (
          <RingCard key={column.number} column={column} />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {t('turnedHint')}
      </Text>
      <Facts
        rows={[
          {
            label: t('what'),
            value: <RouteLink to={itemPage(rollout.item)}>{t(rollout.item.kind)}</RouteLink>,
          },
          { label: t('fromVersion'), value: t('version', { count: rollout.fromVersion }) },
          { label: t('started'), value: <Time at={rollout.startedAt} /> },
          { label: t('by'), value: <ActorName reference={rollout.createdBy} /> },
          { label: t('soak'), value: formatDuration(rollout.soakMinutes * 60_000) },
          { label: t('tolerance'), value: t('toleranceValue', { count: rollout.tolerance }) },
        ]}
      />
    </Stack>
  );
}

const standingMarks = { reached: 'ok', current: 'pending', waiting: 'unchecked' } as const;

function RingCard({ column }: { column: RingColumn }) {
  const t = rolloutTexts.use();
  const { number, share, standing, predicted, actual, tooMany } = column;
  const name = t('ringName', { count: number });
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Title order={2} size="h3">
          {name}
        </Title>
        <StatusMark kind={tooMany ? 'bad' : standingMarks[standing]} word={t(standing)} />
      </Group>
      <Text size="sm" mb="xs">
        {'percent' in share
          ? share.percent === 100
            ? t('everybody')
            : t('percent', { percent: share.percent })
          : t('group')}
      </Text>
      <Bars
        label={t('turned')}
        bars={[
          { label: t('predicted'), value: predicted, tone: 'plain' },
          ...(actual === undefined
            ? []
            : [{ label: t('actual'), value: actual, tone: tooMany ? ('bad' as const) : ('grace' as const) }]),
        ]}
      />
    </Card>
  );
}

function Ways({ rollout }: { rollout: Rollout }) {
  const t = rolloutTexts.use();
  const may = useMay();
  const [asking, setAsking] = useState<'resume' | 'abort'>();
  const done = (text: string) => () => {
    setAsking(undefined);
    notifyDone(text);
  };
  const resume = useChange(resumeRollout, { refreshes, onDone: done(t('resumed')) });
  const abort = useChange(abortRollout, { refreshes, onDone: done(t('aborted_done')) });
  const over = rollout.state === 'done' || rollout.state === 'aborted';
  if (over || !may(rollout.item.kind === 'rule' ? 'rules.manage' : 'policies.manage')) return null;
  const params = { rolloutId: rollout.id };
  const close = () => setAsking(undefined);
  return (
    <Group>
      <Button variant="default" onClick={() => setAsking('abort')}>
        {t('abort')}
      </Button>
      {rollout.state === 'halted' && <Button onClick={() => setAsking('resume')}>{t('resume')}</Button>}
      <Ask
        opened={asking === 'resume'}
        onClose={close}
        title={t('resumeTitle')}
        verb={t('resume')}
        busy={resume.isPending}
        problem={resume.error}
        onConfirm={() => resume.mutate({ params })}
      >
        <Text size="sm">{t('resumeText')}</Text>
      </Ask>
      <Ask
        opened={asking === 'abort'}
        onClose={close}
        title={t('abortTitle')}
        verb={t('abortVerb')}
        keep={t('abortKeep')}
        danger
        consequences={{
          stays: [t('abortStays')],
          after: [t('abortAfter', { version: rollout.fromVersion })],
        }}
        busy={abort.isPending}
        problem={abort.error}
        onConfirm={() => abort.mutate({ params })}
      />
    </Group>
  );
}
