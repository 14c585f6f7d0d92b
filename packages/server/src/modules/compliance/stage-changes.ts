// Which stages of which rules a device has entered or left between two evaluations: the event that actions follow from.
import type { Action } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { Evaluation, RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import type { DomainEvent } from '../../kernel/events.ts';

export const stageChanged = 'device.rule-stage-changed';

/** The payload of the event. Recovery, an exception, another version of the rule and its end all leave stages. */
export interface StageChange {
  readonly deviceId: string;
  /** Of the verdict: a kind, or the id of a rule. */
  readonly rule: string;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly name: string | null;
  /** How many stages were reached before, and are now. */
  readonly from: number;
  readonly to: number;
  /** Of the stages newly entered, or of those left. */
  readonly actions: readonly Action[];
  readonly direction: 'entered' | 'left';
}

/** What is left comes before what is entered, so that what is undone is not undone again after it was done. */
export function stageChanges(
  deviceId: string,
  before: Evaluation,
  after: Evaluation,
): readonly DomainEvent[] {
  if (!before.verdicts.some(hasStage) && !after.verdicts.some(hasStage)) return [];
  const [was, is] = [byId(before), byId(after)];
  const ids = [...new Set([...was.keys(), ...is.keys()])];
  const changes = ids.flatMap((id) => changesOf(deviceId, id, was.get(id), is.get(id)));
  return changes
    .toSorted((a, b) => Number(a.direction === 'entered') - Number(b.direction === 'entered'))
    .map((payload) => ({ name: stageChanged, subjectId: deviceId, payload: { ...payload } }));
}

const hasStage = ({ stage }: RuleVerdict): boolean => stage > 0;

function byId({ verdicts }: Evaluation): ReadonlyMap<string, RuleVerdict> {
  return new Map(verdicts.map((verdict) => [verdict.id, verdict]));
}

function changesOf(
  deviceId: string,
  rule: string,
  was: RuleVerdict | undefined,
  is: RuleVerdict | undefined,
): readonly StageChange[] {
  const [old, now] = [was?.reached ?? [], is?.reached ?? []];
  const differs = (index: number) => JSON.stringify(old[index]) !== JSON.stringify(now[index]);
  const left = old.flatMap((actions, index) => (differs(index) ? actions : []));
  const entered = now.flatMap((actions, index) => (differs(index) ? actions : []));
  const change = (
    verdict: RuleVerdict | undefined,
    actions: readonly Action[],
    direction: 'entered' | 'left',
  ) =>
    verdict === undefined || actions.length === 0
      ? []
      : [
          {
            deviceId,
            rule,
            ruleId: verdict.ruleId,
            ruleVersion: verdict.ruleVersion,
            name: verdict.name,
            from: old.length,
            to: now.length,
            actions,
            direction,
          },
        ];
  return [...change(was, left, 'left'), ...change(is, entered, 'entered')];
}
