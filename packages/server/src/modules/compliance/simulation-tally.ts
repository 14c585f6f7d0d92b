// What comes of a change for a fleet, counted device by device: the numbers that a simulation answers with.
import { type Access, type Gate, gates } from '@gatehouse/core/compliance/gate.ts';
import {
  type Decision,
  type DeviceOutcome,
  type GraveAction,
  graveActions,
  sameDecision,
} from './simulate-device.ts';

export interface GateCount {
  /** Devices that get this answer and had another one. */
  readonly allowed: number;
  readonly quarantined: number;
  readonly denied: number;
}

export interface ShareCount {
  readonly key: string;
  readonly name: string;
  readonly notCompliant: number;
  readonly compliant: number;
  /** Devices for which some gate answers worse; and those for which one answers better and none worse. */
  readonly losing: number;
  readonly gaining: number;
}

export interface SimulationCounts {
  /** Devices that the change can concern; of these, those for which some rule becomes another or a fact would be. */
  readonly examined: number;
  readonly judged: number;
  /** Of those, devices whose decision changes at once. */
  readonly changed: number;
  readonly becomeNotCompliant: number;
  readonly becomeCompliant: number;
  readonly newlyDenied: number;
  readonly gates: Readonly<Record<Gate, GateCount>>;
  readonly escalating: Readonly<Record<GraveAction, number>>;
  readonly byPlatform: readonly ShareCount[];
  readonly byGroup: readonly ShareCount[];
  readonly byReason: readonly ShareCount[];
  /** What deadlines do afterwards, by the hour in which they end, ms since the epoch. */
  readonly later: readonly {
    readonly at: number;
    readonly notCompliant: number;
    readonly denied: number;
  }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const severity: Record<Access, number> = { allow: 0, quarantine: 1, deny: 2 };
const answers = { allow: 'allowed', quarantine: 'quarantined', deny: 'denied' } as const;
const hour = 3_600_000;
const mostShares = 50;
const mostHours = 200;

export class SimulationTally {
  examined = 0;
  judged = 0;
  #changed = 0;
  #becomeNotCompliant = 0;
  #becomeCompliant = 0;
  #newlyDenied = 0;
  readonly #gates = Object.fromEntries(
    gates.map((gate) => [gate, { allowed: 0, quarantined: 0, denied: 0 }]),
  ) as Record<Gate, Mutable<GateCount>>;
  readonly #escalating = Object.fromEntries(graveActions.map((action) => [action, 0])) as Record<
    GraveAction,
    number
  >;
  readonly #platforms = new Map<string, Mutable<ShareCount>>();
  readonly #groups = new Map<string, Mutable<ShareCount>>();
  readonly #reasons = new Map<string, Mutable<ShareCount>>();
  readonly #later = new Map<number, { notCompliant: number; denied: number }>();

  /** @param groups those of the device, for the account by group. */
  add(outcome: DeviceOutcome, groups: readonly { readonly id: string; readonly name: string }[]): void {
    const { row, before, after, reasons, escalation, later } = outcome;
    if (escalation !== null) this.#escalating[escalation.action] += 1;
    this.#countLater(after, later);
    if (sameDecision(before, after)) return;
    this.#changed += 1;
    if (before.compliant && !after.compliant) this.#becomeNotCompliant += 1;
    if (!before.compliant && after.compliant) this.#becomeCompliant += 1;
    if (isDenied(after) && !isDenied(before)) this.#newlyDenied += 1;
    for (const gate of gates) {
      if (before.access[gate] !== after.access[gate]) this.#gates[gate][answers[after.access[gate]]] += 1;
    }
    share(this.#platforms, row.platform, row.platform, before, after);
    for (const { id, name } of groups) share(this.#groups, id, name, before, after);
    for (const { id, name } of reasons) share(this.#reasons, id, name, before, after);
  }

  #countLater(after: Decision, later: DeviceOutcome['later']): void {
    let last = after;
    for (const { at, decision } of later) {
      const bucket = Math.ceil(at / hour) * hour;
      const counted = this.#later.get(bucket) ?? { notCompliant: 0, denied: 0 };
      if (last.compliant && !decision.compliant) counted.notCompliant += 1;
      if (!isDenied(last) && isDenied(decision)) counted.denied += 1;
      if (this.#later.size < mostHours || this.#later.has(bucket)) this.#later.set(bucket, counted);
      last = decision;
    }
  }

  counts(): SimulationCounts {
    return {
      examined: this.examined,
      judged: this.judged,
      changed: this.#changed,
      becomeNotCompliant: this.#becomeNotCompliant,
      becomeCompliant: this.#becomeCompliant,
      newlyDenied: this.#newlyDenied,
      gates: this.#gates,
      escalating: this.#escalating,
      byPlatform: largest(this.#platforms),
      byGroup: largest(this.#groups),
      byReason: largest(this.#reasons),
      later: [...this.#later]
        .map(([at, counted]) => ({ at, ...counted }))
        .filter(({ notCompliant, denied }) => notCompliant + denied > 0)
        .sort((a, b) => a.at - b.at),
    };
  }
}

export function isDenied({ access }: Decision): boolean {
  return gates.some((gate) => access[gate] === 'deny');
}

function share(
  shares: Map<string, Mutable<ShareCount>>,
  key: string,
  name: string,
  before: Decision,
  after: Decision,
): void {
  const counted = shares.get(key) ?? { key, name, notCompliant: 0, compliant: 0, losing: 0, gaining: 0 };
  if (before.compliant && !after.compliant) counted.notCompliant += 1;
  if (!before.compliant && after.compliant) counted.compliant += 1;
  const steps = gates.map((gate) => severity[after.access[gate]] - severity[before.access[gate]]);
  if (steps.some((step) => step > 0)) counted.losing += 1;
  else if (steps.some((step) => step < 0)) counted.gaining += 1;
  shares.set(key, counted);
}

function largest(shares: ReadonlyMap<string, ShareCount>): ShareCount[] {
  const size = (each: ShareCount) => each.losing + each.gaining + each.notCompliant + each.compliant;
  return [...shares.values()].sort((a, b) => size(b) - size(a)).slice(0, mostShares);
}
