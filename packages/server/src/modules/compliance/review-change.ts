// The port of policies and rules, filled: a change that is about to be saved is simulated. Bound to an earlier simulation, it must be that
// change and do what was said then; otherwise it may not shut out a large part of the fleet unless somebody says that he knows.
import { canonicalJson, type Json } from '@gatehouse/core/audit/canonical-json.ts';
import { parseRule } from '@gatehouse/core/compliance/parse-rule.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { readSettings } from '../organizations/index.ts';
import type { ReviewedChange } from '../policies/index.ts';
import { type Binding, findRule, type ReviewedRule } from '../rules/index.ts';
import { type SimulationDeps, type SimulationResult, simulateChange } from './simulate-change.ts';
import { isBeingRolledOut } from './rollout-queries.ts';
import { beingRolledOut } from './rollouts.ts';
import type { SimulatedChange } from './simulated-change.ts';
import { countFleet, findSimulation, type SimulationRow } from './simulation-queries.ts';

/** Below this many, the share of a small fleet says nothing: one telephone of five may be shut out by a person who sees it. */
const fewDevices = 20;

export function reviewChange(deps: SimulationDeps) {
  return async (
    principal: TenantPrincipal,
    change: ReviewedChange | ReviewedRule,
    binding: Binding,
  ): Promise<{ readonly baseVersion: number | null }> => {
    const { organizationId } = principal;
    const read = <T>(work: Parameters<typeof deps.database.withTenant<T>>[1]) =>
      deps.database.withTenant(organizationId, work, { readOnly: true });
    const itemId =
      change.kind === 'policy' ? change.policyId : change.kind === 'rule' ? change.ruleId : undefined;
    if (itemId !== undefined && (await read((tx) => isBeingRolledOut(tx, itemId)))) throw beingRolledOut();
    if (binding.simulationId === undefined && binding.confirmed === true) return { baseVersion: null };
    const bound =
      binding.simulationId === undefined
        ? undefined
        : await read((tx) => findSimulation(tx, binding.simulationId ?? ''));
    if (binding.simulationId !== undefined && !bound)
      throw new DomainError('not-found', 'There is no such simulation.');
    if (bound && nameOf(await asSaved(bound.change, change, read)) !== nameOf(change)) {
      throw new DomainError('conflict', 'This is not the change that was simulated.', {
        reason: 'simulation-differs',
      });
    }
    const result = await simulateChange(deps, organizationId, change as SimulatedChange, { horizonMs: 0 });
    if (bound) assertAsSimulated(bound, result, binding);
    else {
      const [fleet, { largestUnconfirmedPercent }] = await read(
        async (tx) => [await countFleet(tx), await readSettings(tx)] as const,
      );
      assertFewLosers(result, fleet, largestUnconfirmedPercent);
    }
    return { baseVersion: result.base?.version ?? null };
  };
}

type Read = <T>(work: (tx: TenantTx) => Promise<T>) => Promise<T>;

/**
 * A new rule is simulated together with its first assignment, and saved in two steps: the rule, which does nothing by itself, and
 * the assignment. What was simulated is that assignment, if the rule is the one that was made.
 */
async function asSaved(
  simulated: unknown,
  change: ReviewedChange | ReviewedRule,
  read: Read,
): Promise<unknown> {
  const { kind, rule, target, platform } = simulated as Extract<SimulatedChange, { kind: 'new-rule' }>;
  if (kind !== 'new-rule' || change.kind !== 'assignment-added' || change.item.kind !== 'rule')
    return simulated;
  const made = await read((tx) => findRule(tx, change.item.id));
  if (made?.version !== 1 || !made.enabled) return simulated;
  const same = canonicalJson(plain(parseRule(rule))) === canonicalJson(plain(made.content));
  return same ? { kind: change.kind, item: change.item, target, platform } : simulated;
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** What is absent and what is null mean the same. */
function nameOf(change: unknown): string {
  const said = JSON.parse(JSON.stringify(change)) as Readonly<Record<string, Json>>;
  return canonicalJson({ platform: null, priority: 0, ...said });
}

const compared = ['becomeNotCompliant', 'becomeCompliant', 'newlyDenied'] as const;

function assertAsSimulated(
  { counts: simulated, base_version: version }: SimulationRow,
  { counts, base }: SimulationResult,
  { bound = 0 }: Binding,
): void {
  const numbers = (of: typeof simulated) => Object.fromEntries(compared.map((name) => [name, of[name]]));
  const moved = compared.some((name) => Math.abs(counts[name] - simulated[name]) > bound);
  if (!moved && (version === null || version === (base?.version ?? null))) return;
  throw new DomainError('conflict', 'The change would do something else by now than was simulated.', {
    reason: 'simulation-outdated',
    detail: { simulated: numbers(simulated), now: numbers(counts) },
  });
}

function assertFewLosers({ counts }: SimulationResult, fleet: number, percent: number): void {
  const { newlyDenied, becomeNotCompliant } = counts;
  if (newlyDenied < fewDevices || newlyDenied * 100 <= fleet * percent) return;
  throw new DomainError(
    'conflict',
    `This would shut out ${newlyDenied} of ${fleet} devices. Simulate it and save it bound to the simulation, or confirm it.`,
    { reason: 'catches-many', detail: { newlyDenied, becomeNotCompliant, fleet, percent } },
  );
}
