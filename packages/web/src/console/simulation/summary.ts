/** What a simulation says in a line each: whom it costs something first. */
import type { Simulation } from '@gatehouse/contracts/admin/simulations.ts';
import type { SimulatedEffect } from '../../api/operations/simulations.ts';

export type Counts = Simulation['counts'];

export interface SummaryLine {
  readonly key: 'becomeNotCompliant' | 'becomeCompliant' | 'loseGate' | 'gainGate' | 'escalate' | 'later';
  readonly count: number;
  readonly tone: 'bad' | 'ok' | 'grace' | 'plain';
  /** Of lines about a gate or an action: which. */
  readonly of?: string;
  /** The devices behind the number. */
  readonly effect: SimulatedEffect;
}

/** Lines without devices are left out, but for the two that everybody asks for. */
export function summaryLines(counts: Counts): readonly SummaryLine[] {
  const gates = Object.entries(counts.gates).flatMap(([gate, change]): SummaryLine[] => {
    const shut = change.quarantined + change.denied;
    return [
      ...(shut > 0
        ? [{ key: 'loseGate', count: shut, tone: 'bad', of: gate, effect: 'loses-access' } as const]
        : []),
      ...(change.allowed > 0
        ? [{ key: 'gainGate', count: change.allowed, tone: 'ok', of: gate, effect: 'gains-access' } as const]
        : []),
    ];
  });
  const escalating = Object.entries(counts.escalating).flatMap(([action, count]): SummaryLine[] =>
    count > 0 ? [{ key: 'escalate', count, tone: 'bad', of: action, effect: 'escalates' }] : [],
  );
  const last = counts.later.at(-1);
  return [
    {
      key: 'becomeNotCompliant',
      count: counts.becomeNotCompliant,
      tone: counts.becomeNotCompliant > 0 ? 'bad' : 'plain',
      effect: 'becomes-not-compliant',
    },
    {
      key: 'becomeCompliant',
      count: counts.becomeCompliant,
      tone: counts.becomeCompliant > 0 ? 'ok' : 'plain',
      effect: 'becomes-compliant',
    },
    ...gates,
    ...escalating,
    ...(last !== undefined && last.notCompliant + last.denied > 0
      ? [{ key: 'later', count: last.notCompliant + last.denied, tone: 'grace', effect: 'later' } as const]
      : []),
  ];
}

/** Nothing would be another way for anybody, now or within the horizon. */
export function isWithoutEffect(counts: Counts): boolean {
  return counts.changed === 0 && summaryLines(counts).every(({ count }) => count === 0);
}

/** @returns a number between 0 and 1; 0 of an empty fleet. */
export function shareOf(count: number, fleet: number): number {
  return fleet === 0 ? 0 : count / fleet;
}

/** Groups of devices by how many of them change, at most as many as one reads. */
export function mostConcerned<Share extends { readonly notCompliant: number; readonly losing: number }>(
  shares: readonly Share[],
  most = 8,
): readonly Share[] {
  const weight = (share: Share) => Math.max(share.notCompliant, share.losing);
  return shares
    .filter((share) => weight(share) > 0)
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, most);
}
