// Rules are made, changed and deleted here: read against their forms, each change a new version, and the devices that have
// the rule are evaluated again.
import { actorReference } from '@gatehouse/core/actor.ts';
import { factsOfRule, parseRule, type RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import { ruleWarnings } from '@gatehouse/core/compliance/rule-warnings.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requireSight } from '@gatehouse/core/facts/fact-rights.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { presentRule, type RulePresentation } from './present-rule.ts';
import {
  deleteRuleRow,
  insertRule,
  insertVersion,
  isNameTaken,
  lockRule,
  type RuleRow,
  selectOthers,
  updateRuleRow,
} from './queries.ts';
import type { Binding, RuleDeps } from './rule-deps.ts';

/** How a rule weighs; what is absent is as its kind says, or stays as it is. */
interface Weight {
  readonly severity?: unknown;
  readonly purpose?: unknown;
  readonly gates?: unknown;
  readonly graceMinutes?: unknown;
  readonly maximumFactAgeHours?: unknown;
  readonly whenUnknown?: unknown;
  readonly stages?: unknown;
}

export interface NewRule extends Weight {
  readonly name: string;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly kind: string;
  readonly demand: unknown;
}

export interface RuleChanges extends Weight, Binding {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly demand?: unknown;
  /** The version that the caller read: somebody else's change in between is a conflict, not a loss. */
  readonly expectedVersion?: number | undefined;
}

export type SavedRule = RulePresentation & { readonly warnings: readonly string[] };

export const noSuchRule = () => new DomainError('not-found', 'There is no such rule.');
const nameTaken = () => new DomainError('conflict', 'Another rule has this name.', { reason: 'name-taken' });

/** @throws DomainError `invalid-input` naming all that is wrong, `forbidden` for facts that the author may not see (CEL-03). */
export async function createRule(
  deps: RuleDeps,
  principal: TenantPrincipal,
  input: NewRule,
): Promise<SavedRule> {
  requirePermission(principal, 'rules.manage');
  const { name, description = '', enabled = true } = input;
  const content = parseRule(input);
  requireSight(principal, factsOfRule(content));
  const [ruleId, now] = [newId(), new Date(deps.clock.now())];
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await insertRule(tx, { rule_id: ruleId, name, description, enabled, content }, now);
    if (!row) throw nameTaken();
    await insertVersion(tx, row, actorReference(principal), now);
    await record(deps, tx, principal, 'create', row);
    return withWarnings(tx, row);
  });
}

/** Any change makes a new version, so that what a device was judged by can always be told. */
export async function updateRule(
  deps: RuleDeps,
  principal: TenantPrincipal,
  ruleId: string,
  { simulationId, bound, confirmed, expectedVersion: expected, ...changes }: RuleChanges,
): Promise<SavedRule> {
  requirePermission(principal, 'rules.manage');
  const now = new Date(deps.clock.now());
  const binding = { simulationId, bound, confirmed };
  const reviewed = await deps.review?.(principal, { kind: 'rule', ruleId, changes }, binding);
  const expectedVersion = expected ?? reviewed?.baseVersion ?? undefined;
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockRule(tx, ruleId);
    if (!before) throw noSuchRule();
    if (expectedVersion !== undefined && expectedVersion !== before.version) {
      throw new DomainError('conflict', 'The rule has been changed meanwhile.', {
        reason: 'version-changed',
        detail: { version: before.version },
      });
    }
    const { name } = changes;
    if (name !== undefined && name !== before.name && (await isNameTaken(tx, name, ruleId)))
      throw nameTaken();
    const changed = changedRule(before, changes);
    requireSight(principal, factsOfRule(changed.content));
    const row = await updateRuleRow(tx, changed, now);
    if (!row) throw noSuchRule();
    await insertVersion(tx, row, actorReference(principal), now);
    await deps.ruleAssignments.announce(tx, ruleId);
    await record(deps, tx, principal, 'update', row);
    return withWarnings(tx, row);
  });
}

/** The rule as it would be. @throws DomainError `invalid-input` */
export function changedRule(
  before: RuleRow,
  { name, description, enabled, ...changes }: Omit<RuleChanges, keyof Binding | 'expectedVersion'>,
): RuleRow {
  return {
    ...before,
    name: name ?? before.name,
    description: description ?? before.description,
    enabled: enabled ?? before.enabled,
    content: merged(before.content, changes),
  };
}

function merged(before: RuleContent, changes: Weight & { readonly demand?: unknown }): RuleContent {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return parseRule({ ...before, ...Object.fromEntries(given), kind: before.kind });
}

/** Its assignments go with it, and the devices that have it are evaluated without it. Its versions stay on record. */
export async function deleteRule(
  deps: RuleDeps,
  principal: TenantPrincipal,
  ruleId: string,
  binding: Binding = {},
): Promise<void> {
  requirePermission(principal, 'rules.manage');
  await deps.review?.(principal, { kind: 'rule', ruleId, changes: null }, binding);
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockRule(tx, ruleId);
    if (!row) throw noSuchRule();
    await deps.ruleAssignments.withdraw(tx, ruleId);
    await deleteRuleRow(tx, ruleId);
    await record(deps, tx, principal, 'delete', row);
  });
}

async function withWarnings(tx: TenantTx, row: RuleRow): Promise<SavedRule> {
  const others = await selectOthers(tx, row.kind, row.rule_id);
  const named = others.map(({ name, content }) => ({ ...content, name }));
  return { ...presentRule(row), warnings: [...ruleWarnings(row.content, named)] };
}

async function record(
  deps: RuleDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  verb: 'create' | 'update' | 'delete',
  { rule_id: id, name, kind, version, enabled, content }: RuleRow,
): Promise<void> {
  const past = { create: 'created', update: 'updated', delete: 'deleted' }[verb];
  const { severity, purpose, gates, stages } = content;
  const actions = [...new Set(stages.flatMap((stage) => stage.actions.map((action) => action.kind)))];
  await Promise.all([
    recordAudit(tx, {
      actor: principal,
      action: `rules.${verb}`,
      target: { kind: 'rule', id },
      outcome: 'done',
      // The demand is in the versions.
      show: { name, kind, version, enabled, severity, purpose, gates: gates.join(), actions: actions.join() },
    }),
    deps.events.emit(tx, { name: `rule.${past}`, subjectId: id, payload: { name, kind, version } }),
  ]);
}
