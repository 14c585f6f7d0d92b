// What was asked of the fleet without changing it, and what a system update would do.
import { Button, Group, Select, Stack, TextInput, Title } from '@mantine/core';
import type { Simulation } from '@gatehouse/contracts/admin/simulations.ts';
import { platforms } from '@gatehouse/core/devices/device.ts';
import { parseVersion } from '@gatehouse/core/version.ts';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import { createSimulation, listSimulations } from '../../../api/operations/simulations.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { SimulationFound } from '../../simulation/simulation-result.tsx';
import { useSimulationResult } from '../../simulation/use-simulation.ts';
import type { SayShared } from '../rules/rule-sentence.ts';
import { complianceTexts } from '../texts.ts';
import { changedThing, changeText } from './change-text.ts';
import { simulationPageTexts } from './texts.ts';

type Say = ReturnType<typeof simulationPageTexts.use>;

export function SimulationsPage() {
  const t = simulationPageTexts.use();
  const shared = complianceTexts.use();
  const [asking, setAsking] = useState(false);
  const list = useList(listSimulations, {});
  const ask = <Button onClick={() => setAsking(true)}>{t('osUpdate')}</Button>;
  return (
    <Page title={t('title')} meaning={t('meaning')} action={ask}>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columnsOf(t, shared)}
          rows={list.items}
          rowKey={({ id }) => id}
          rowLabel={({ change }) => changeText(change, t, shared)}
          rowLink={({ id }) => `/compliance/simulations/${id}`}
          isPending={list.isPending}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={
            <EmptyState title={t('emptyTitle')} action={ask}>
              {t('empty')}
            </EmptyState>
          }
        />
      )}
      <Dialog opened={asking} onClose={() => setAsking(false)} title={t('osTitle')}>
        {asking && <SystemUpdate />}
      </Dialog>
    </Page>
  );
}

function columnsOf(t: Say, shared: SayShared): Column<Simulation>[] {
  return [
    {
      key: 'what',
      title: t('what'),
      card: 'title',
      render: ({ id, change }) => (
        <RouteLink to={`/compliance/simulations/${id}`} inherit>
          <Plain text={changeText(change, t, shared)} limit={80} />
        </RouteLink>
      ),
    },
    {
      key: 'when',
      title: t('when'),
      width: '10rem',
      card: 'mark',
      render: ({ createdAt }) => <Time at={createdAt} />,
    },
    ...(
      [
        ['becomeNotCompliant', t('notCompliant')],
        ['becomeCompliant', t('compliant')],
        ['newlyDenied', t('denied')],
      ] as const
    ).map(
      ([key, title]): Column<Simulation> => ({
        key,
        title,
        align: 'end',
        width: '9.5rem',
        card: 'hidden',
        render: ({ counts }) => formatNumber(counts[key]),
      }),
    ),
  ];
}

function SystemUpdate() {
  const t = simulationPageTexts.use();
  const shared = complianceTexts.use();
  const navigate = useNavigate();
  const [platform, setPlatform] = useState<(typeof platforms)[number]>('ios');
  const [version, setVersion] = useState('');
  const [tried, setTried] = useState(false);
  const run = useChange(createSimulation, {
    refreshes: [listSimulations],
    onDone: (simulation) =>
      void navigate({ to: '/compliance/simulations/$simulationId', params: { simulationId: simulation.id } }),
  });
  const wrong = parseVersion(version) === undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!wrong) run.mutate({ body: { change: { kind: 'os-version', platform, version } } });
      }}
    >
      <Stack gap="sm">
        <Select
          label={t('platform')}
          data={platforms.map((each) => ({ value: each, label: shared(each) }))}
          value={platform}
          allowDeselect={false}
          onChange={(next) => next !== null && setPlatform(next as typeof platform)}
        />
        <TextInput
          label={t('version')}
          description={t('versionHint')}
          value={version}
          maxLength={79}
          onChange={(event) => setVersion(event.currentTarget.value)}
          error={tried && wrong ? t('versionWrong') : undefined}
        />
        {run.error && <Failure problem={run.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={run.isPending}>
            {t('run')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function SimulationPage() {
  const t = simulationPageTexts.use();
  const shared = complianceTexts.use();
  const { simulationId } = useParams({ strict: false }) as { simulationId: string };
  const { data, error, refetch } = useSimulationResult(simulationId);
  const title = data ? changeText(data.change, t, shared) : t('detail');
  const thing = data && changedThing(data.change);
  return (
    <Page
      title={title}
      heading={<Plain text={title} limit={100} />}
      crumbs={[{ text: t('title'), to: '/compliance/simulations' }]}
      meaning={data && <Time at={data.createdAt} />}
      action={typeof thing === 'string' && <RouteLink to={thing}>{t('toRule')}</RouteLink>}
    >
      {error ? (
        <Failure problem={error} retry={() => void refetch()} />
      ) : (
        data && (
          <>
            <Title order={2} size="h3">
              {t('result')}
            </Title>
            <SimulationFound simulation={data} />
          </>
        )
      )}
    </Page>
  );
}
