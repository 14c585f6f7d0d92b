/** What a simulation means for saving, and the steps in which a rule is saved: at once, or ring by ring. */
import type { NewRule, RuleChanges } from '@gatehouse/contracts/admin/rules.ts';
import type { NewRollout, Simulation } from '@gatehouse/contracts/admin/simulations.ts';

/** Of a hundred devices: beyond it a rule catches so many that its author should look twice. */
const manyPercent = 20;

type Caution =
  | { readonly kind: 'catches-nobody' }
  | { readonly kind: 'catches-many'; readonly count: number; readonly percent: number };

/** What the numbers of a simulation should make somebody stop at. */
export function cautionAbout({
  fleet,
  counts,
}: Pick<Simulation, 'fleet'> & {
  readonly counts: Pick<Simulation['counts'], 'changed' | 'becomeNotCompliant' | 'newlyDenied'>;
}): Caution | undefined {
  if (counts.changed === 0) return { kind: 'catches-nobody' };
  const count = Math.max(counts.becomeNotCompliant, counts.newlyDenied);
  const percent = fleet === 0 ? 0 : (count / fleet) * 100;
  return percent > manyPercent ? { kind: 'catches-many', count, percent: Math.round(percent) } : undefined;
}

/** Shares of a hundred devices that somebody typed: `1, 10, 100`. undefined: they cannot be rings. */
export function ringsFrom(text: string): NewRollout['rings'] | undefined {
  const shares = text
    .split(/[\s,;%→>-]+/)
    .filter((part) => part !== '')
    .map(Number);
  const whole = shares.every((share) => Number.isInteger(share) && share >= 1 && share <= 100);
  const rising = shares.every((share, index) => index === 0 || share > (shares[index - 1] ?? 0));
  if (shares.length === 0 || shares.length > 20 || !whole || !rising || shares.at(-1) !== 100)
    return undefined;
  return shares.map((percent) => ({ percent }));
}

export interface Rings {
  readonly rings: NewRollout['rings'];
  readonly soakMinutes: number;
  readonly tolerance: number;
}

/** Everybody whom a ring reaches has the rule as it was before: a new one is therefore made asleep, and the rings wake it. */
export function rolloutOf(
  ruleId: string,
  changes: RuleChanges,
  { rings, soakMinutes, tolerance }: Rings,
): NewRollout {
  const {
    expectedVersion: _version,
    simulationId: _id,
    bound: _bound,
    confirmed: _confirmed,
    ...rest
  } = changes;
  return { item: { kind: 'rule', id: ruleId }, changes: rest, rings, soakMinutes, tolerance };
}

export const asleep = (rule: NewRule): NewRule => ({ ...rule, enabled: false });
