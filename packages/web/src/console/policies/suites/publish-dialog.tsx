// Before a draft takes effect: what changes, what that does by the real engine, why, and whether everybody gets it at once.
import type { NewRollout } from '@gatehouse/contracts/admin/simulations.ts';
import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Radio,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { listRollouts, startRollout } from '../../../api/operations/compliance.ts';
import {
  getPolicy,
  listPolicies,
  listPolicyVersions,
  type SettingValues,
  type Suite,
  updatePolicy,
} from '../../../api/operations/policies.ts';
import { type ApiProblem, isApiProblem } from '../../../api/problem.ts';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { useMay } from '../../../session/session.ts';
import { SimulationFound } from '../../simulation/simulation-result.tsx';
import { type Change, useSimulation } from '../../simulation/use-simulation.ts';
import { ChangeTable } from '../editor/change-table.tsx';
import { editorTexts } from '../editor/texts.ts';
import { policyTexts } from '../texts.ts';
import { readRings } from './rings.ts';

export interface PublishDialogProps {
  readonly suite: Suite;
  readonly settings: SettingValues;
  readonly titleOf: (key: string) => string;
  readonly shown: (key: string, value: unknown) => string;
  /** Begin with the preview. */
  readonly previewAtOnce: boolean;
  readonly onClose: () => void;
  readonly onPublished: (version: number, inRings: boolean) => void;
  /** Somebody else has published. */
  readonly onOvertaken: () => void;
}

export function PublishDialog(props: PublishDialogProps) {
  const t = policyTexts.use();
  return (
    <Modal
      closeButtonProps={{ 'aria-label': t('close') }}
      opened
      onClose={props.onClose}
      size="xl"
      title={t('publishTitle', { name: props.suite.name })}
    >
      <Publishing {...props} />
    </Modal>
  );
}

function Publishing(props: PublishDialogProps) {
  const t = policyTexts.use();
  const te = editorTexts.use();
  const may = useMay();
  const { suite, settings } = props;
  const { simulation, isRunning, problem: previewProblem, run } = useSimulation();
  const [reason, setReason] = useState('');
  const [way, setWay] = useState<'now' | 'rings'>('now');
  const [rings, setRings] = useState('5, 25, 100');
  const [soakHours, setSoakHours] = useState<number | string>(24);
  const [tolerance, setTolerance] = useState<number | string>(10);
  const [tried, setTried] = useState(false);
  const mayPreview = may('simulations.run');
  const policyId = suite.id;
  const preview = useCallback(
    () => run({ kind: 'policy', policyId, settings } as Change),
    [run, policyId, settings],
  );
  const begun = useRef(!props.previewAtOnce);
  useEffect(() => {
    if (begun.current || !mayPreview) return;
    begun.current = true;
    preview();
  }, [mayPreview, preview]);
  const refreshes = [getPolicy, listPolicies, listPolicyVersions, listRollouts];
  const onError = (problem: ApiProblem) => {
    if (isApiProblem(problem, 'version-changed')) props.onOvertaken();
  };
  const update = useChange(updatePolicy, { refreshes, onError });
  const rollout = useChange(startRollout, { refreshes, onError });
  const shares = readRings(rings);
  const busy = update.isPending || rollout.isPending;

  function publish(): void {
    setTried(true);
    if (way === 'rings') {
      if (shares === undefined) return;
      const body = {
        item: { kind: 'policy', id: suite.id },
        settings,
        rings: shares.map((percent) => ({ percent })),
        soakMinutes: Math.round(Number(soakHours) * 60),
        tolerance: Number(tolerance),
      } as NewRollout;
      rollout.mutate({ body }, { onSuccess: () => props.onPublished(suite.version + 1, true) });
      return;
    }
    const binding = simulation === undefined ? {} : { simulationId: simulation.id };
    update.mutate(
      {
        params: { policyId: suite.id },
        body: {
          settings,
          expectedVersion: suite.version,
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
          ...binding,
        },
      },
      { onSuccess: ({ version }) => props.onPublished(version, false) },
    );
  }

  const problem = update.error ?? rollout.error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        publish();
      }}
    >
      <Stack gap="md">
        <section>
          <Title order={3}>{t('whatChanges')}</Title>
          <ChangeTable
            before={suite.settings}
            after={settings}
            beforeTitle={t('versionNo', { version: suite.version })}
            afterTitle={t('versionNo', { version: suite.version + 1 })}
            titleOf={props.titleOf}
            shown={props.shown}
          />
        </section>
        <section>
          <Title order={3} mb={6}>
            {t('effect')}
          </Title>
          {simulation !== undefined ? (
            <SimulationFound simulation={simulation} />
          ) : isRunning ? (
            <>
              <Text size="sm" role="status">
                {t('running')}
              </Text>
              <Loading lines={3} />
            </>
          ) : mayPreview ? (
            <Group>
              <Button variant="default" onClick={preview}>
                {t('runPreview')}
              </Button>
              <Text size="sm" c="dimmed">
                {t('previewFirst')}
              </Text>
            </Group>
          ) : (
            <Text size="sm" c="dimmed">
              {t('noPreviewRight')}
            </Text>
          )}
          {previewProblem && <Failure problem={previewProblem} retry={preview} />}
        </section>
        {way === 'now' && (
          <Textarea
            label={te('reason')}
            description={te('reasonHint')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value.replace(/[\r\n]+/g, ' '))}
            maxLength={500}
            autosize
            minRows={1}
          />
        )}
        <Radio.Group label={t('when')} value={way} onChange={(value) => setWay(value as 'now' | 'rings')}>
          <Stack gap="xs" mt={4}>
            <Radio value="now" label={t('now')} />
            <Radio value="rings" label={t('inRings')} disabled={!mayPreview} />
          </Stack>
        </Radio.Group>
        {way === 'rings' && (
          <Group align="flex-start">
            <TextInput
              label={t('rings')}
              description={t('ringsHint')}
              value={rings}
              onChange={(event) => setRings(event.currentTarget.value)}
              error={tried && shares === undefined ? t('ringsWrong') : undefined}
            />
            <NumberInput
              label={t('soak')}
              value={soakHours}
              onChange={setSoakHours}
              min={0}
              max={720}
              w={170}
            />
            <NumberInput label={t('tolerance')} value={tolerance} onChange={setTolerance} min={0} w={260} />
          </Group>
        )}
        {problem && <PublishProblem problem={problem} onPreview={preview} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {t('keepDraft')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('publish')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the server says before it saves: mostly that one should look (again). */
function PublishProblem({ problem, onPreview }: { problem: ApiProblem; onPreview: () => void }) {
  const t = policyTexts.use();
  const texts = {
    'catches-many': t('catchesMany'),
    'simulation-outdated': t('outdated'),
    'simulation-differs': t('outdated'),
    'rollout-running': t('rolloutRunning'),
  } as const;
  const text = Object.entries(texts).find(([reason]) => isApiProblem(problem, reason));
  if (isApiProblem(problem, 'version-changed')) return null;
  if (text === undefined) return <Failure problem={problem} />;
  return (
    <Alert color="orange" role="alert">
      <Group justify="space-between">
        <Text size="sm">{text[1]}</Text>
        {text[0] !== 'rollout-running' && (
          <Button size="xs" variant="default" onClick={onPreview}>
            {t('runPreview')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
