// Before a rule is saved: what it would do, over the real fleet. Then how it is saved, and what stands in the way.
import { Alert, Button, Group, List, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import type { ComplianceRule } from '@gatehouse/contracts/admin/rules.ts';
import { useState } from 'react';
import { type ApiProblem, isApiProblem } from '../../../api/problem.ts';
import { queryClient } from '../../../api/hooks.ts';
import { Failure } from '../../../design/failure.tsx';
import { useMay, useMe } from '../../../session/session.ts';
import { SimulationFound } from '../../simulation/simulation-result.tsx';
import { type Change, useSimulation } from '../../simulation/use-simulation.ts';
import { complaintText } from './problem-words.ts';
import { changesOf, formOf, type RuleDraft, type RuleKindInfo, toNewRule } from './rule-draft.ts';
import { useRuleReader } from './use-rule-reader.ts';
import { Warnings } from './warnings.tsx';
import { cautionAbout, ringsFrom } from './save-plan.ts';
import { type Done, type How, saveNewRule, saveRuleChanges } from './save-rule.ts';
import { type Target, toSentTarget } from './target.ts';
import { ruleTexts } from './texts.ts';

interface SavePanelProps {
  readonly draft: RuleDraft;
  readonly kind: RuleKindInfo;
  /** undefined: a new one. */
  readonly saved?: { readonly rule: ComplianceRule; readonly etag: string | undefined };
  readonly target: Target;
  /** Somebody wants to save: from now on what is wrong is shown. */
  readonly onTry: () => void;
  readonly tried: boolean;
  readonly onDone: (done: Done) => void;
  readonly onConflict: () => void;
}

export function SavePanel({ draft, kind, saved, target, onTry, tried, onDone, onConflict }: SavePanelProps) {
  const t = ruleTexts.use();
  const may = useMay();
  const { me } = useMe();
  const { simulation, isRunning, problem: simulationProblem, run } = useSimulation();
  const [asked, setAsked] = useState<string>();
  const [way, setWay] = useState<'now' | 'rings'>('now');
  const [bound, setBound] = useState(0);
  const [ringText, setRingText] = useState('1, 10, 100');
  const [soakHours, setSoakHours] = useState(24);
  const [tolerance, setTolerance] = useState(10);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();

  const reader = useRuleReader();
  const complaints = reader?.complaintsAbout(draft, kind) ?? [];
  const sent = toSentTarget(target, me.organizationId ?? '');
  const changes = saved && changesOf(saved.rule, draft, kind);
  const change: Change | undefined =
    saved === undefined
      ? sent && { kind: 'new-rule', rule: toNewRule(draft, kind), ...sent }
      : changes && { kind: 'rule', ruleId: saved.rule.id, changes };
  const question = change && JSON.stringify(change);
  const isCurrent = simulation !== undefined && asked === question;
  const caution = isCurrent ? cautionAbout(simulation) : undefined;
  const warnings = reader?.warningsAbout(draft, kind) ?? [];
  const rings = ringsFrom(ringText);
  const nothingToSave = saved !== undefined && changes === undefined;
  // What is assigned to nobody does nothing; there is nothing to simulate.
  const needsNone = change === undefined || !may('simulations.run');
  const maySave = !nothingToSave && (needsNone || isCurrent) && (way === 'now' || rings !== undefined);

  function simulate(): void {
    onTry();
    if (change === undefined || complaints.length > 0) return;
    setProblem(undefined);
    setAsked(question);
    run(change);
  }

  async function save(confirmed = false): Promise<void> {
    onTry();
    if (complaints.length > 0) return;
    const how: How =
      way === 'rings' && rings !== undefined && !needsNone
        ? { kind: 'rings', rings: { rings, soakMinutes: soakHours * 60, tolerance } }
        : {
            kind: 'now',
            binding: isCurrent ? { simulationId: simulation.id, bound } : confirmed ? { confirmed } : {},
          };
    setBusy(true);
    setProblem(undefined);
    try {
      const done =
        saved === undefined
          ? await saveNewRule(toNewRule(draft, kind), sent, how)
          : await saveRuleChanges(saved.rule, changes ?? {}, how, saved.etag);
      await queryClient.invalidateQueries();
      onDone(done);
    } catch (error) {
      if (!isApiProblem(error)) throw error;
      if (error.status === 412) onConflict();
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Stack gap="sm">
      {tried && complaints.length > 0 && (
        <Alert color="red" variant="light" title={t('problems')} role="alert">
          <List size="sm">
            {complaints.map((complaint) => (
              <List.Item key={`${complaint.place}/${complaint.says}`}>
                {complaintText(complaint, formOf(kind), t)}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {warnings.length > 0 && <Warnings title={t('warnings')} warnings={warnings} />}
      {simulationProblem && <Failure problem={simulationProblem} />}
      {isRunning && <Text role="status">{t('simulating')}</Text>}
      {simulation !== undefined && <SimulationFound simulation={simulation} />}
      {simulation !== undefined && !isCurrent && <Text c="dimmed">{t('simulationOld')}</Text>}
      {caution !== undefined && (
        <Alert color="orange" variant="light" role="alert">
          {caution.kind === 'catches-nobody'
            ? t('catches-nobody')
            : t('catches-many', { count: caution.count, percent: caution.percent })}
        </Alert>
      )}
      {isCurrent && (
        <Radio.Group label={t('how')} value={way} onChange={(next) => setWay(next as typeof way)}>
          <Stack gap="xs" mt={4}>
            <Radio value="now" label={t('now')} description={t('nowHint')} />
            <Radio value="rings" label={t('inRings')} />
          </Stack>
        </Radio.Group>
      )}
      {isCurrent && way === 'now' && (
        <NumberInput
          label={t('bound')}
          description={t('boundHint')}
          value={bound}
          min={0}
          max={1_000_000}
          allowDecimal={false}
          w={260}
          onChange={(next) => setBound(typeof next === 'number' ? next : 0)}
        />
      )}
      {isCurrent && way === 'rings' && (
        <Group align="flex-start">
          <TextInput
            label={t('rings')}
            description={t('ringsHint')}
            value={ringText}
            error={rings === undefined ? t('ringsWrong') : undefined}
            onChange={(event) => setRingText(event.currentTarget.value)}
          />
          <NumberInput
            label={t('soak')}
            value={soakHours}
            min={0}
            max={720}
            onChange={(next) => setSoakHours(typeof next === 'number' ? next : 0)}
          />
          <NumberInput
            label={t('tolerance')}
            description={t('toleranceHint')}
            value={tolerance}
            min={0}
            allowDecimal={false}
            onChange={(next) => setTolerance(typeof next === 'number' ? next : 0)}
          />
        </Group>
      )}
      {problem && <Refused problem={problem} onConfirm={() => void save(true)} />}
      <Group>
        {!needsNone && (
          <Button variant={isCurrent ? 'default' : 'filled'} onClick={simulate} loading={isRunning}>
            {simulation === undefined ? t('simulate') : t('simulateAgain')}
          </Button>
        )}
        <Button
          variant={maySave ? 'filled' : 'default'}
          disabled={!maySave}
          loading={busy}
          onClick={() => void save()}
          aria-describedby="why-not-saved"
        >
          {way === 'rings' && isCurrent ? t('saveRings') : t('saveNow')}
        </Button>
        <Text size="sm" c="dimmed" id="why-not-saved">
          {nothingToSave ? t('nothingChanged') : maySave ? '' : t('saveFirst')}
        </Text>
      </Group>
    </Stack>
  );
}

interface Numbers {
  readonly becomeNotCompliant?: number;
  readonly newlyDenied?: number;
}

/** The server would not do it: because the fleet is another by now, or because it catches so many. */
function Refused({ problem, onConfirm }: { problem: ApiProblem; onConfirm: () => void }) {
  const t = ruleTexts.use();
  if (problem.reason === 'simulation-outdated') {
    const { simulated = {}, now = {} } = problem.context as { simulated?: Numbers; now?: Numbers };
    return (
      <Alert color="orange" variant="light" role="alert" title={t('simulation-outdated')}>
        {t('outdatedNumbers', {
          simulated: simulated.becomeNotCompliant ?? 0,
          simulatedDenied: simulated.newlyDenied ?? 0,
          now: now.becomeNotCompliant ?? 0,
          nowDenied: now.newlyDenied ?? 0,
        })}
      </Alert>
    );
  }
  if (problem.reason === 'catches-many') {
    const { newlyDenied, fleet } = problem.context as { newlyDenied?: number; fleet?: number };
    return (
      <Alert color="orange" variant="light" role="alert">
        <Stack gap="xs" align="flex-start">
          {t('assignCatches', { count: newlyDenied ?? 0, fleet: fleet ?? 0 })}
          <Button size="xs" color="red" onClick={onConfirm}>
            {t('assignAnyway')}
          </Button>
        </Stack>
      </Alert>
    );
  }
  return <Failure problem={problem} />;
}
