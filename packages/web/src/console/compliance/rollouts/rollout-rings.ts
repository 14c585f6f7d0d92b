/** The rings of a rollout as columns: who is in each, what was predicted of it and what came of it. */
import type { Rollout } from '@gatehouse/contracts/admin/simulations.ts';

export interface RingColumn {
  readonly number: number;
  readonly share: { readonly percent: number } | { readonly groupId: string };
  readonly standing: 'reached' | 'current' | 'waiting';
  /** In all rings up to this one, as was simulated. */
  readonly predicted: number;
  /** Counted now; undefined: the ring was not reached, or nobody counted. */
  readonly actual: number | undefined;
  /** More than was predicted and allowed. */
  readonly tooMany: boolean;
}

export function ringColumns(rollout: Rollout): readonly RingColumn[] {
  const over = rollout.state === 'done' || rollout.state === 'aborted';
  return rollout.rings.map((share, index) => {
    const predicted = rollout.expected[index] ?? 0;
    const isReached = index < rollout.ring;
    const isCurrent = !over && index === rollout.ring - 1;
    const actual = isReached
      ? (rollout.actual?.[index] ?? (isCurrent ? rollout.notCompliant : undefined))
      : undefined;
    return {
      number: index + 1,
      share,
      standing: isCurrent ? 'current' : isReached ? 'reached' : 'waiting',
      predicted,
      actual,
      tooMany: actual !== undefined && actual > predicted + rollout.tolerance,
    };
  });
}

/** Of what stopped being compliant, as it was counted last, how many are well again; undefined: it was not rolled back. */
export function revertedOf(
  rollout: Rollout,
): { readonly back: number; readonly notBack: number } | undefined {
  if (rollout.state !== 'aborted') return undefined;
  const notBack = rollout.actual?.at(-1) ?? rollout.notCompliant;
  return { notBack, back: Math.max(0, rollout.notCompliant - notBack) };
}

export const rolloutMarks = {
  preparing: 'pending',
  running: 'pending',
  halted: 'bad',
  done: 'ok',
  aborted: 'unchecked',
} as const satisfies Record<Rollout['state'], string>;
