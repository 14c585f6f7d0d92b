/** Who else states a setting for the same devices, as lines that people read. */
import type { PolicyCollisions } from '@gatehouse/contracts/admin/policy-effects.ts';

type Setting = PolicyCollisions['settings'][number];
export type Outcome = Setting['outcomes'][number];

/** stricter: another suite's value holds. equal: it says the same. ours: ours holds. still: ours is gone, others remain. */
export type Verdict = 'stricter' | 'nearer' | 'equal' | 'ours' | 'still';

export interface Collision {
  readonly setting: string;
  readonly verdict: Verdict;
  readonly winner: string;
  readonly value: boolean | number | string;
  readonly rule: 'most-secure' | 'first';
  readonly devices: number;
  /** All who have a say, in order of rank. */
  readonly candidates: readonly {
    readonly suite: string;
    readonly suiteId: string;
    readonly version: number;
    readonly along: string;
    readonly value: boolean | number | string;
    readonly wins: boolean;
  }[];
}

/** One line for each outcome, those that we lose first. @param ours the suite's id */
export function collisionLines(collisions: PolicyCollisions, ours: string): readonly Collision[] {
  const order: readonly Verdict[] = ['stricter', 'nearer', 'still', 'equal', 'ours'];
  return collisions.settings
    .flatMap(({ setting, stated, outcomes }) =>
      outcomes.map((outcome): Collision => {
        const { winner, value, why, candidates, devices } = outcome;
        return {
          setting,
          verdict: verdictOf(outcome, stated, ours),
          winner: winner.policyName,
          value,
          rule: why === 'nearest' ? 'first' : 'most-secure',
          devices,
          candidates: candidates.map((candidate) => ({
            suite: candidate.policyName,
            suiteId: candidate.policyId,
            version: candidate.policyVersion,
            along: candidate.path.targetName,
            value: candidate.value,
            wins: candidate.policyId === winner.policyId && candidate.path.targetId === winner.path.targetId,
          })),
        };
      }),
    )
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || b.devices - a.devices);
}

function verdictOf({ winner, why, wins }: Outcome, stated: boolean, ours: string): Verdict {
  if (!stated) return 'still';
  if (winner.policyId === ours) return 'ours';
  if (wins) return 'equal';
  return why === 'nearest' ? 'nearer' : 'stricter';
}
