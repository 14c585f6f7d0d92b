// Rollouts: a policy or a rule is changed at once and takes effect ring by ring. What the change would do is simulated first, by
// ring; when more devices than that become non-compliant, the rollout halts by itself and somebody decides (resume, abort).
import { createHash } from 'node:crypto';
import { actorReference, systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { parseSettings } from '@gatehouse/core/settings/parse.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import { enqueue, type JobDefinition } from '../../kernel/jobs/jobs.ts';
import { raiseAlert } from '../alerts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { announceReachOf, type PolicyDeps, ruleAssignments, updatePolicy } from '../policies/index.ts';
import { type RuleChanges, updateRule } from '../rules/index.ts';
import {
  countTurnedDevices,
  deleteRollout,
  findRollout,
  insertRollout,
  lockRollout,
  type Ring,
  type RolloutRow,
  selectFormer,
  selectRollouts,
  updateRollout,
} from './rollout-queries.ts';
import { type SimulationDeps, simulateChange } from './simulate-change.ts';
import type { GroupName } from './simulate-queries.ts';

export type RolloutDeps = SimulationDeps & PolicyDeps;

export interface NewRollout {
  readonly item: { readonly kind: 'policy' | 'rule'; readonly id: string };
  /** Of a policy. */
  readonly settings?: unknown;
  /** Of a rule. */
  readonly changes?: Omit<RuleChanges, 'expectedVersion'> | undefined;
  readonly rings: readonly Ring[];
  readonly soakMinutes?: number | undefined;
  readonly tolerance?: number | undefined;
}

export const advanceRolloutKind = 'advance-rollout';
const minute = 60_000;
/** How often it is looked at between two rings. */
const everyMs = minute;

const noSuchRollout = () => new DomainError('not-found', 'There is no such rollout.');
const permissionFor = { policy: 'policies.manage', rule: 'rules.manage' } as const;

/** @throws DomainError `conflict` when the item is being rolled out already */
export async function startRollout(
  deps: RolloutDeps,
  principal: TenantPrincipal,
  { item, settings, changes, rings, soakMinutes = 60, tolerance = 10 }: NewRollout,
): Promise<RolloutPresentation> {
  requirePermission(principal, permissionFor[item.kind]);
  requirePermission(principal, 'simulations.run');
  assertRings(rings);
  const rolloutId = newId();
  const change =
    item.kind === 'policy'
      ? ({ kind: 'policy', policyId: item.id, settings: parseSettings(settings) } as const)
      : ({ kind: 'rule', ruleId: item.id, changes: changes ?? {} } as const);
  const byRing = rings.map(() => 0);
  const { base, at } = await simulateChange(deps, principal.organizationId, change, {
    horizonMs: 0,
    seenBy: principal,
    onOutcome: ({ row, before, after }, groups) => {
      const ring = before.compliant && !after.compliant ? ringOf(rings, rolloutId, row.id, groups) : -1;
      byRing[ring] = (byRing[ring] ?? 0) + 1;
    },
  });
  let sum = 0;
  const row: RolloutRow = {
    rollout_id: rolloutId,
    item_kind: item.kind,
    item_id: item.id,
    from_version: base?.version ?? 1,
    state: 'preparing',
    rings,
    ring: 0,
    reached_percent: 0,
    reached_groups: [],
    expected: rings.map((_, ring) => (sum += byRing[ring] ?? 0)),
    tolerance,
    soak_minutes: soakMinutes,
    not_compliant: 0,
    next_at: new Date(at),
    started_at: new Date(at),
    created_by: actorReference(principal),
  };
  const { organizationId } = principal;
  // First everybody is held at the version there is, then there is a new one, then the first ring gets it.
  if (!(await deps.database.withTenant(organizationId, (tx) => insertRollout(tx, row))))
    throw beingRolledOut();
  try {
    await save(deps, principal, change, row.from_version);
  } catch (error) {
    await deps.database.withTenant(organizationId, (tx) => deleteRollout(tx, rolloutId));
    throw error;
  }
  return deps.database.withTenant(organizationId, async (tx) => {
    await record(tx, principal, 'rollouts.start', row, { rings: rings.length, expected: sum });
    return present(await advance(deps, tx, { ...row, state: 'running' }));
  });
}

export const beingRolledOut = () =>
  new DomainError('conflict', 'This is being rolled out. Abort the rollout or wait for its end.', {
    reason: 'rollout-running',
  });

type Saved =
  | { readonly kind: 'policy'; readonly policyId: string; readonly settings: unknown }
  | {
      readonly kind: 'rule';
      readonly ruleId: string;
      readonly changes: Omit<RuleChanges, 'expectedVersion'>;
    };

async function save(
  { database, events, clock }: RolloutDeps,
  principal: TenantPrincipal,
  change: Saved,
  expectedVersion?: number,
): Promise<void> {
  const deps = { database, events, clock, ruleAssignments: ruleAssignments(events) };
  if (change.kind === 'policy')
    await updatePolicy(deps, principal, change.policyId, { settings: change.settings, expectedVersion });
  else await updateRule(deps, principal, change.ruleId, { ...change.changes, expectedVersion });
}

function assertRings(rings: readonly Ring[]): void {
  const shares = rings.flatMap((ring) => ('percent' in ring ? [ring.percent] : []));
  const rising = shares.every((share, index) => index === 0 || share > (shares[index - 1] ?? 0));
  const last = rings.at(-1);
  if (!rising || last === undefined || !('percent' in last) || last.percent !== 100)
    throw new DomainError(
      'invalid-input',
      'The shares of rings rise, and the last ring is everybody: 100 percent.',
    );
}

/** The same choice as in the statements that resolve policies. */
function ringOf(
  rings: readonly Ring[],
  rolloutId: string,
  deviceId: string,
  groups: readonly GroupName[],
): number {
  const hash = createHash('md5')
    .update(rolloutId + deviceId)
    .digest('hex');
  const place = Number.parseInt(hash.slice(0, 8), 16) % 100;
  return rings.findIndex((ring) =>
    'percent' in ring ? place < ring.percent : groups.some(({ id }) => id === ring.groupId),
  );
}

/** The next ring, or the end. */
async function advance(deps: RolloutDeps, tx: TenantTx, row: RolloutRow): Promise<RolloutRow> {
  const now = deps.clock.now();
  const ring = row.rings[row.ring];
  const next: RolloutRow =
    ring === undefined
      ? { ...row, state: 'done' }
      : {
          ...row,
          ring: row.ring + 1,
          reached_percent: 'percent' in ring ? ring.percent : row.reached_percent,
          reached_groups: 'percent' in ring ? row.reached_groups : [...row.reached_groups, ring.groupId],
          next_at: new Date(now + row.soak_minutes * minute),
        };
  await updateRollout(tx, next);
  if (next.state === 'running') {
    await announceReachOf(tx, deps.events, row.item_kind, row.item_id);
    await lookAgain(tx, next, now);
  }
  return next;
}

async function lookAgain(tx: TenantTx, row: RolloutRow, now: number): Promise<void> {
  await enqueue(tx, {
    kind: advanceRolloutKind,
    key: row.rollout_id,
    payload: { rolloutId: row.rollout_id },
    runAt: new Date(Math.max(now, Math.min(now + everyMs, row.next_at.getTime()))),
  });
}

/** Looks at a rollout: halts it, leads it to the next ring, or waits. */
export async function lookAtRollout(deps: RolloutDeps, tx: TenantTx, rolloutId: string): Promise<void> {
  const found = await lockRollout(tx, rolloutId);
  if (found?.state !== 'running') return;
  const row = { ...found, not_compliant: await countTurnedDevices(tx, found) };
  const expected = row.expected[row.ring - 1] ?? 0;
  const actor = systemActor('compliance', tx.organizationId);
  if (row.not_compliant > expected + row.tolerance) {
    await updateRollout(tx, { ...row, state: 'halted' });
    await record(tx, actor, 'rollouts.halt', row, { notCompliant: row.not_compliant, expected });
    await raiseAlert(deps, tx, {
      kind: 'rollout-halted',
      severity: 'critical',
      detail: { notCompliant: row.not_compliant, expected },
      more: { rolloutId, itemKind: row.item_kind, itemId: row.item_id, ring: row.ring },
    });
    return;
  }
  const now = deps.clock.now();
  if (now >= row.next_at.getTime()) {
    const next = await advance(deps, tx, row);
    await record(tx, actor, next.state === 'done' ? 'rollouts.finish' : 'rollouts.advance', next, {});
    return;
  }
  await updateRollout(tx, row);
  await lookAgain(tx, row, now);
}

/** Goes on although more devices than simulated are not compliant: what was counted is the new expectation. */
export async function resumeRollout(
  deps: RolloutDeps,
  principal: TenantPrincipal,
  rolloutId: string,
): Promise<RolloutPresentation> {
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await mine(tx, principal, rolloutId);
    if (row.state !== 'halted') throw new DomainError('conflict', 'The rollout is not halted.');
    const tolerance = Math.max(row.tolerance, row.not_compliant - Math.min(...row.expected) + row.tolerance);
    const resumed: RolloutRow = { ...row, state: 'running', tolerance };
    await updateRollout(tx, resumed);
    await record(tx, principal, 'rollouts.resume', row, { notCompliant: row.not_compliant });
    await lookAgain(tx, resumed, deps.clock.now());
    return present(resumed);
  });
}

/** Everybody gets back what was before: a new version with the former contents. */
export async function abortRollout(
  deps: RolloutDeps,
  principal: TenantPrincipal,
  rolloutId: string,
): Promise<RolloutPresentation> {
  const { organizationId } = principal;
  const { row, former } = await deps.database.withTenant(organizationId, async (tx) => {
    const found = await mine(tx, principal, rolloutId);
    if (found.state === 'done' || found.state === 'aborted')
      throw new DomainError('conflict', 'The rollout is over.');
    return { row: found, former: await selectFormer(tx, found) };
  });
  if (former) {
    const { settings, content, enabled } = former;
    await save(
      deps,
      principal,
      row.item_kind === 'policy'
        ? { kind: 'policy', policyId: row.item_id, settings }
        : { kind: 'rule', ruleId: row.item_id, changes: { ...content, enabled: enabled ?? true } },
    );
  }
  return deps.database.withTenant(organizationId, async (tx) => {
    const aborted: RolloutRow = { ...row, state: 'aborted' };
    await updateRollout(tx, aborted);
    await announceReachOf(tx, deps.events, row.item_kind, row.item_id);
    await record(tx, principal, 'rollouts.abort', row, { ring: row.ring });
    return present(aborted);
  });
}

async function mine(tx: TenantTx, principal: TenantPrincipal, rolloutId: string): Promise<RolloutRow> {
  requirePermission(principal, 'simulations.run');
  const row = await lockRollout(tx, rolloutId);
  if (!row) throw noSuchRollout();
  requirePermission(principal, permissionFor[row.item_kind]);
  return row;
}

export async function getRollout(
  deps: RolloutDeps,
  principal: TenantPrincipal,
  rolloutId: string,
): Promise<RolloutPresentation & { readonly actual: number[] }> {
  requirePermission(principal, 'simulations.run');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const row = await findRollout(tx, rolloutId);
      if (!row) throw noSuchRollout();
      return { ...present(row), actual: await countByRing(tx, row) };
    },
    { readOnly: true },
  );
}

/** What each reached ring and those before it came to, as `expected` says what they should. */
async function countByRing(tx: TenantTx, row: RolloutRow): Promise<number[]> {
  const counts: number[] = [];
  for (let ring = 1; ring <= row.ring; ring += 1) {
    const reached = row.rings.slice(0, ring);
    const percent = Math.max(0, ...reached.flatMap((each) => ('percent' in each ? [each.percent] : [])));
    const groups = reached.flatMap((each) => ('percent' in each ? [] : [each.groupId]));
    counts.push(await countTurnedDevices(tx, { ...row, reached_percent: percent, reached_groups: groups }));
  }
  return counts;
}

/** Newest first. */
export async function listRollouts(
  deps: RolloutDeps,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<RolloutPresentation>> {
  requirePermission(principal, 'simulations.run');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectRollouts(tx, before, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.rollout_id]);
}

export function advanceRolloutJob(deps: RolloutDeps): JobDefinition<{ readonly rolloutId: string }> {
  return {
    parse(input) {
      const { rolloutId } = (input ?? {}) as { readonly rolloutId?: unknown };
      if (typeof rolloutId !== 'string' || !isUuid(rolloutId)) throw new TypeError('rolloutId is not an id');
      return { rolloutId };
    },
    run: (tx, { rolloutId }) => lookAtRollout(deps, tx, rolloutId),
  };
}

async function record(
  tx: TenantTx,
  actor: Parameters<typeof recordAudit>[1]['actor'],
  action: string,
  { rollout_id, item_kind, item_id, ring }: RolloutRow,
  show: Record<string, number>,
): Promise<void> {
  await recordAudit(tx, {
    actor,
    action,
    target: { kind: 'rollout', id: rollout_id },
    outcome: 'done',
    show: { item: `${item_kind}:${item_id}`, ring, ...show },
  });
}

type RolloutPresentation = ReturnType<typeof present>;

function present(row: RolloutRow) {
  return {
    id: row.rollout_id,
    item: { kind: row.item_kind, id: row.item_id },
    fromVersion: row.from_version,
    state: row.state,
    rings: [...row.rings],
    ring: row.ring,
    expected: [...row.expected],
    tolerance: row.tolerance,
    soakMinutes: row.soak_minutes,
    notCompliant: row.not_compliant,
    nextAt: row.next_at.toISOString(),
    startedAt: row.started_at.toISOString(),
    createdBy: row.created_by,
  };
}
