/** The stages of a rule as a ladder: what follows after which time, who stands where, and which rungs destroy. */
import type { RuleCounts } from '@gatehouse/contracts/admin/rules.ts';
import type { Action, Stage } from './rule-draft.ts';

/** These pass the guard: ownership, a budget, a second person where one is needed. */
export const guardedActions: readonly Action['kind'][] = ['lock', 'selective-wipe', 'full-wipe'];

export interface Rung {
  readonly index: number;
  readonly afterMinutes: number;
  readonly actions: readonly Action[];
  readonly guarded: boolean;
  /** Devices that have reached this rung and no later one; undefined: nobody counted. */
  readonly devices: number | undefined;
  /** Devices that come to this rung if nothing is mended: those that break the rule and stand below. */
  readonly coming: number | undefined;
}

type Counts = Pick<RuleCounts['items'][number], 'notCompliant' | 'inGrace' | 'unknown' | 'atStage'>;

export function ladderOf(stages: readonly Stage[], counts?: Counts): readonly Rung[] {
  const standing = counts?.atStage ?? {};
  const reached = Object.values(standing).reduce((sum, count) => sum + count, 0);
  const broken = counts === undefined ? 0 : counts.notCompliant + counts.inGrace;
  let below = counts === undefined ? undefined : Math.max(0, broken - reached);
  return stages.map(({ afterMinutes, actions }, index) => {
    const devices = counts === undefined ? undefined : (standing[String(index + 1)] ?? 0);
    const coming = below;
    if (below !== undefined && devices !== undefined) below += devices;
    return {
      index,
      afterMinutes,
      actions,
      guarded: actions.some(({ kind }) => guardedActions.includes(kind)),
      devices,
      coming,
    };
  });
}

const day = 24 * 60;

/** A rung after the last: at once, then a day later each. */
export function withStage(stages: readonly Stage[]): Stage[] {
  const last = stages.at(-1);
  const afterMinutes = last === undefined ? 0 : last.afterMinutes + day;
  return [...stages, { afterMinutes, actions: [{ kind: 'notify-user', by: ['push', 'mail'] }] }];
}

/** Times decide the order. */
export function withTime(stages: readonly Stage[], index: number, afterMinutes: number): Stage[] {
  return stages
    .map((stage, at) => (at === index ? { ...stage, afterMinutes } : stage))
    .toSorted((a, b) => a.afterMinutes - b.afterMinutes);
}

export function withActions(stages: readonly Stage[], index: number, actions: readonly Action[]): Stage[] {
  return stages.map((stage, at) => (at === index ? { ...stage, actions: [...actions] } : stage));
}

export function withoutStage(stages: readonly Stage[], index: number): Stage[] {
  return stages.filter((_stage, at) => at !== index);
}

/** An action as it is when somebody picks it. */
export function newAction(kind: Action['kind']): Action {
  if (kind === 'notify-user') return { kind, by: ['push', 'mail'] };
  if (kind === 'restrict') return { kind, gates: ['mail'] };
  return { kind };
}

export const timeUnits = ['minutes', 'hours', 'days'] as const;
export type TimeUnit = (typeof timeUnits)[number];
const minutesIn: Readonly<Record<TimeUnit, number>> = { minutes: 1, hours: 60, days: day };

/** In the largest unit that needs no fraction. */
export function inUnit(minutes: number): { readonly amount: number; readonly unit: TimeUnit } {
  const unit =
    minutes > 0 ? (timeUnits.findLast((each) => minutes % minutesIn[each] === 0) ?? 'minutes') : 'hours';
  return { amount: minutes / minutesIn[unit], unit };
}

export function toMinutes(amount: number, unit: TimeUnit): number {
  return Math.round(amount * minutesIn[unit]);
}
