// One procedure: what was done, what waits, and the ways to stop it or to wait no longer.
import { Button, Group, Stack, Text } from '@mantine/core';
import type { PlaybookRun } from '@gatehouse/contracts/admin/playbooks.ts';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import {
  continuePlaybook,
  getPlaybookRun,
  listPlaybookRuns,
  stopPlaybook,
} from '../../../api/operations/compliance.ts';
import { Ask } from '../../../design/ask.tsx';
import { Facts } from '../../../design/facts.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatTime } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { ActorName } from '../../actors/actor-name.tsx';
import { runMarks, stepMarks } from './questions.ts';
import { Steps } from './steps.tsx';
import { playbookTexts } from './texts.ts';

const refreshes = [getPlaybookRun, listPlaybookRuns];

export function PlaybookRunPage() {
  const t = playbookTexts.use();
  const { runId } = useParams({ strict: false }) as { runId: string };
  const { data, error, refetch } = useRead(
    getPlaybookRun,
    { params: { runId } },
    { live: ['playbook.*', 'command.*'], every: 15_000 },
  );
  return (
    <Page
      title={data ? t(data.playbook) : t('title')}
      crumbs={[{ text: t('title'), to: '/compliance/playbooks' }]}
      status={data && <StatusMark kind={runMarks[data.state]} word={t(data.state)} />}
      action={data && <Ways run={data} />}
    >
      {error ? (
        <Failure problem={error} retry={() => void refetch()} />
      ) : data === undefined || data === null ? (
        <Loading lines={6} />
      ) : (
        <Stack gap="md">
          {data.goesOnAt !== null && <Text>{t('goesOn', { time: formatTime(data.goesOnAt) })}</Text>}
          {data.note !== null && (
            <Text>
              <Plain text={data.note} />
            </Text>
          )}
          <Steps
            steps={data.steps.map((step) => ({
              kind: step.kind,
              mark: stepMarks[step.state],
              word: t(`step_${step.state}`),
              note: step.note,
              at: step.endedAt ?? step.startedAt,
            }))}
          />
          <Facts
            rows={[
              {
                label: t('device'),
                value: (
                  <RouteLink to={`/devices/${data.deviceId}`} inherit>
                    {t('toDevice')}
                  </RouteLink>
                ),
              },
              { label: t('reason'), value: <Plain text={data.reason} /> },
              { label: t('started'), value: <Time at={data.startedAt} /> },
              { label: t('by'), value: <ActorName reference={data.startedBy} /> },
              data.endedAt !== null && { label: t('ended'), value: <Time at={data.endedAt} /> },
            ]}
          />
        </Stack>
      )}
    </Page>
  );
}

function Ways({ run }: { run: PlaybookRun }) {
  const t = playbookTexts.use();
  const may = useMay();
  const [asking, setAsking] = useState<'stop' | 'continue'>();
  const close = () => setAsking(undefined);
  const done = (text: string) => () => {
    close();
    notifyDone(text);
  };
  const stop = useChange(stopPlaybook, { refreshes, onDone: done(t('stoppedDone')) });
  const goOn = useChange(continuePlaybook, { refreshes, onDone: done(t('continued')) });
  if ((run.state !== 'running' && run.state !== 'waiting') || !may('playbooks.run')) return null;
  const params = { runId: run.id };
  const isSearching = run.steps.some(({ kind, state }) => kind === 'wait' && state === 'waiting');
  return (
    <Group>
      {isSearching && (
        <Button variant="default" onClick={() => setAsking('continue')}>
          {t('continue')}
        </Button>
      )}
      <Button variant="default" onClick={() => setAsking('stop')}>
        {t('stop')}
      </Button>
      <Ask
        opened={asking === 'stop'}
        onClose={close}
        title={t('stopTitle')}
        verb={t('stop')}
        keep={t('stopKeep')}
        needsReason
        busy={stop.isPending}
        problem={stop.error}
        onConfirm={({ reason }) => stop.mutate({ params, body: { reason } })}
      >
        <Text size="sm">{t('stopText')}</Text>
      </Ask>
      <Ask
        opened={asking === 'continue'}
        onClose={close}
        title={t('continueTitle')}
        verb={t('continueVerb')}
        danger
        busy={goOn.isPending}
        problem={goOn.error}
        onConfirm={() => goOn.mutate({ params })}
      >
        <Text size="sm">{t('continueText')}</Text>
      </Ask>
    </Group>
  );
}
