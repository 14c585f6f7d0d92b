/** How far a failing rule has come: which of its stages are reached, what they do, and when the next one is. */
import type { Stage } from './compliance-rule.ts';
import type { Finding } from './finding.ts';
import type { Gate } from './gate.ts';
import { earliest } from './moments.ts';
import type { RuleVerdict } from './verdict.ts';

const minute = 60_000;

type Reached = Pick<RuleVerdict, 'stage' | 'reached' | 'restricts' | 'quarantines' | 'removesProfiles'>;

export interface StageStanding {
  readonly reached: Reached;
  readonly nextAt: number | null;
}

export const noEffect: StageStanding = { reached: effectsOf([]), nextAt: null };

interface Standing {
  readonly outcome: Finding['outcome'];
  readonly failingSince: number | null;
  readonly now: number;
  readonly previous: RuleVerdict | undefined;
}

/** Doubt neither climbs nor descends: an unknown rule stays at the stage that it had reached while it was known to be broken. */
export function stageOf(
  { stages, ruleVersion }: { readonly stages: readonly Stage[]; readonly ruleVersion: number | null },
  { outcome, failingSince, now, previous }: Standing,
): StageStanding {
  if (stages.length === 0 || failingSince === null) return noEffect;
  if (outcome !== 'broken') {
    const kept = previous?.ruleVersion === ruleVersion ? previous.reached : [];
    return { reached: effectsOf(kept), nextAt: null };
  }
  const at = ({ afterMinutes }: Stage) => failingSince + afterMinutes * minute;
  const reached = stages.filter((stage) => at(stage) <= now);
  return {
    reached: effectsOf(reached.map(({ actions }) => actions)),
    nextAt: earliest(stages.map(at).filter((moment) => moment > now)),
  };
}

function effectsOf(reached: RuleVerdict['reached']): Reached {
  const actions = reached.flat();
  const restricts = new Set<Gate>();
  for (const action of actions) {
    if (action.kind === 'restrict') for (const gate of action.gates) restricts.add(gate);
  }
  return {
    stage: reached.length,
    reached,
    restricts: [...restricts],
    quarantines: actions.some(({ kind }) => kind === 'quarantine'),
    removesProfiles: actions.some(({ kind }) => kind === 'remove-profiles'),
  };
}
