// Runs a simulation: the fleet in chunks, each in a transaction that only reads, the next one read while this one is judged. What
// is kept are counts and a bounded list, so that memory does not grow with the fleet; between handfuls of devices
// others get their turn.
import { setImmediate as othersFirst } from 'node:timers/promises';
import { factsOfRule } from '@gatehouse/core/compliance/parse-rule.ts';
import { requireSight } from '@gatehouse/core/facts/fact-rights.ts';
import type { Rule } from '@gatehouse/core/compliance/rule.ts';
import type { DeviceState, Platform } from '@gatehouse/core/devices/device.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { EffectivePolicy } from '../policies/index.ts';
import { stagedFor } from './posture.ts';
import { rulesOfPolicy } from './rules-of-policy.ts';
import { type RuleSet, rulesThatDiffer } from './rules-that-differ.ts';
import { type DeviceOutcome, sameDecision, simulateDevice, type SimulatedDevice } from './simulate-device.ts';
import {
  type GroupName,
  readChunk,
  readGroupNames,
  readLastNo,
  type SimulatedRow,
} from './simulate-queries.ts';
import { type PreparedChange, prepareChange, type SimulatedChange } from './simulated-change.ts';
import { type SimulationCounts, SimulationTally } from './simulation-tally.ts';

export interface SimulationDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}

export interface SimulationResult {
  readonly counts: SimulationCounts;
  readonly base: PreparedChange['base'];
  /** The first that change at once or later, by device number. */
  readonly outcomes: readonly DeviceOutcome[];
  readonly at: number;
}

export interface SimulationOptions {
  /** How far ahead deadlines are followed. */
  readonly horizonMs: number;
  /** Who is told: he must be allowed to see what new rules look at. */
  readonly seenBy?: TenantPrincipal;
  /** Hears of each device that changes, however many there are. */
  readonly onOutcome?: (outcome: DeviceOutcome, groups: readonly GroupName[]) => void;
}

const chunk = 1_000;
const handful = 100;
/** Devices whose outcomes are kept one by one. */
export const mostListed = 5_000;

/** @throws DomainError `not-found`, `invalid-input` */
export async function simulateChange(
  deps: SimulationDeps,
  organizationId: string,
  change: SimulatedChange,
  { horizonMs, seenBy, onOutcome }: SimulationOptions,
): Promise<SimulationResult> {
  const now = deps.clock.now();
  const [prepared, names, lastNo] = await deps.database.withTenant(
    organizationId,
    async (tx) => Promise.all([prepareChange(tx, change, now), readGroupNames(tx), readLastNo(tx)]),
    { readOnly: true },
  );
  // Whoever may not see a fact may not learn of it by asking what a rule over it would do (CEL-03).
  if (seenBy) requireSight(seenBy, prepared.newRules.flatMap(factsOfRule));
  const pairs: Pairs = new Map();
  const tally = new SimulationTally();
  const read = (after: number, upTo: number) =>
    deps.database.withTenant(
      organizationId,
      (tx) => readChunk(tx, { after, upTo, limit: chunk }, prepared.circle, prepared.needed),
      { readOnly: true },
    );

  /** @returns the first outcomes of a share of the fleet, by device number. */
  async function examine(from: number, upTo: number): Promise<readonly DeviceOutcome[]> {
    const outcomes: DeviceOutcome[] = [];
    let reading = read(from, upTo);
    for (;;) {
      const rows = await reading;
      const last = rows.at(-1);
      if (!last) return outcomes;
      const following = rows.length < chunk ? Promise.resolve([]) : read(last.no, upTo);
      // Its failure is thrown when it is awaited.
      following.catch(() => undefined);
      for (const [place, row] of rows.entries()) {
        if (place % handful === handful - 1) await othersFirst();
        const outcome = judge(row, prepared, pairs, now, now + horizonMs);
        if (outcome === undefined) continue;
        tally.judged += 1;
        if (!concerns(outcome)) continue;
        const groups = row.groupIds.flatMap((id) => names.get(id) ?? []);
        tally.add(outcome, groups);
        onOutcome?.(outcome, groups);
        if (outcomes.length < mostListed) outcomes.push({ ...outcome, row: named(row) });
      }
      tally.examined += rows.length;
      reading = following;
    }
  }

  // In two shares, so that the database reads for one while the other's answer is on its way and taken apart.
  const middle = Math.ceil(lastNo / 2);
  const shares = await Promise.all([examine(0, middle), examine(middle, Number.MAX_SAFE_INTEGER)]);
  const outcomes = shares.flat().slice(0, mostListed);
  return { counts: tally.counts(), base: prepared.base, outcomes, at: now };
}

/** Without its reports and verdicts: thousands are kept until the last device is judged. */
function named({ id, no, name, platform, userName }: SimulatedRow): SimulatedDevice {
  return { id, no, name, platform, userName };
}

/** What devices of one platform, reached by the same assignments before and by the same after, have in common. */
interface Pair {
  readonly policyVersion: string;
  readonly differing: ReadonlySet<string>;
  /** The rules that differ, as they are after the change, for devices of a standing. */
  rulesFor(state: DeviceState): readonly Rule[];
}

function judge(
  row: SimulatedRow,
  prepared: PreparedChange,
  pairs: Pairs,
  now: number,
  until: number,
): DeviceOutcome | undefined {
  const { groupIds } = row;
  const device = { deviceId: row.id, userId: row.userId, platform: row.platform };
  const old = prepared.before.resolve({ ...device, groupIds });
  const made = prepared.after.resolve({ ...device, groupIds: prepared.groupsAfter(row.userId, groupIds) });
  const pair = pairFor(pairs, old, made, row.platform, prepared);
  if (pair.differing.size === 0) return undefined;
  const { policyVersion, differing } = pair;
  const rules = pair.rulesFor(row.state);
  return simulateDevice({ row, rules, policyVersion, differing, overlay: prepared.overlay, now, until });
}

/** By what held before and by what shall hold: devices that the same assignments reach share both. */
type Pairs = Map<EffectivePolicy, Map<EffectivePolicy, Partial<Record<Platform, Pair>>>>;

function pairFor(
  pairs: Pairs,
  old: EffectivePolicy,
  made: EffectivePolicy,
  platform: Platform,
  prepared: PreparedChange,
): Pair {
  const ofOld: NonNullable<ReturnType<Pairs['get']>> = pairs.get(old) ?? new Map();
  const both = ofOld.get(made) ?? {};
  const pair = both[platform] ?? pairOf(old, made, platform, prepared);
  if (both[platform] === undefined) {
    both[platform] = pair;
    pairs.set(old, ofOld.set(made, both));
  }
  return pair;
}

function pairOf(
  old: EffectivePolicy,
  made: EffectivePolicy,
  platform: Platform,
  { changedFacts }: PreparedChange,
): Pair {
  const [before, after] = [ruleSetOf(old, platform), ruleSetOf(made, platform)];
  const differing = new Set(rulesThatDiffer(before, after));
  for (const { id, reads } of after.rules) {
    if (reads.some((fact) => changedFacts.includes(fact))) differing.add(id);
  }
  const rules = after.rules.filter(({ id }) => differing.has(id));
  const staged = new Map<DeviceState, readonly Rule[]>();
  return {
    policyVersion: after.policyVersion,
    differing,
    rulesFor(state) {
      const known = staged.get(state) ?? stagedFor(state, rules);
      staged.set(state, known);
      return known;
    },
  };
}

function ruleSetOf(policy: EffectivePolicy, platform: Platform): RuleSet {
  return {
    rules: rulesOfPolicy(policy, platform),
    values: policy.resolved.values,
    policyVersion: policy.version,
  };
}

function concerns({ before, after, later, escalation }: DeviceOutcome): boolean {
  return later.length > 0 || escalation !== null || !sameDecision(before, after);
}
