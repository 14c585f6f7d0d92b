// For whoever writes an expression: what it may name, which values there are, and why a device is found or not.
import type {
  ExpressionName,
  ExpressionValues,
  MatchExplanation,
  MatchRequest,
} from '@gatehouse/contracts/admin/searches.ts';
import { compileExpression, evaluateExpression } from '@gatehouse/core/expressions/compile.ts';
import { factNamed } from '@gatehouse/core/expressions/device-environment.ts';
import { type KnownName, knownNames } from '@gatehouse/core/expressions/known-names.ts';
import { printExpression } from '@gatehouse/core/expressions/print.ts';
import {
  groupEnvironment,
  readsGroups,
  searchEnvironment,
  searchValues,
} from '@gatehouse/core/expressions/search-environment.ts';
import { type Node, parseSyntax } from '@gatehouse/core/expressions/syntax.ts';
import { factDefinition } from '@gatehouse/core/facts/catalogue.ts';
import { permissionToSee, requireSight } from '@gatehouse/core/facts/fact-rights.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { noSuchDevice } from '../devices/index.ts';
import { noteSearch } from './device-searches.ts';
import { compileAs } from './expressions.ts';
import { selectSearchedDevices } from './queries.ts';
import { toSearched } from './refresh-searches.ts';
import type { SearchDeps } from './search-deps.ts';
import { isCounted, selectFactValues, selectRecordedValues } from './value-queries.ts';

const mostValues = 20;

export function listNames(principal: TenantPrincipal): { readonly items: ExpressionName[] } {
  requirePermission(principal, 'devices.read');
  return { items: knownNames.map((each) => presentName(principal, each)) };
}

function presentName(principal: TenantPrincipal, { name, type, fact, ...rest }: KnownName): ExpressionName {
  const fields =
    type.kind === 'list' && type.item.kind === 'object'
      ? [...type.item.fields].map(([field, of]) => ({ name: field, type: of.kind }))
      : null;
  return {
    name,
    type: type.kind as ExpressionName['type'],
    unit: rest.unit ?? null,
    description: rest.description,
    privacy: fact === undefined ? null : factDefinition(fact).privacy,
    values: rest.values === undefined ? null : [...rest.values],
    fields,
    example: rest.example,
    inGroups: rest.inGroups,
    allowed: fact === undefined || principal.permissions.has(permissionToSee(fact)),
  };
}

/**
 * The values that there are, the most frequent first.
 * @throws DomainError `forbidden` for what one may not see, `not-found` for what has no simple values.
 */
export async function listValues(
  deps: SearchDeps,
  principal: TenantPrincipal,
  name: string,
): Promise<ExpressionValues> {
  requirePermission(principal, 'devices.read');
  const fact = factNamed(name);
  const asOf = new Date(deps.clock.now()).toISOString();
  if (fact !== undefined) {
    requireSight(principal, [fact]);
    await noteSearch(deps, principal, [fact]);
    const { scan } = factDefinition(fact);
    const rows = await deps.database.withTenant(
      principal.organizationId,
      (tx) => selectFactValues(tx, fact, scan, mostValues),
      { readOnly: true },
    );
    return {
      items: rows.map(({ value, devices }) => ({ value, devices })),
      known: rows[0]?.known ?? 0,
      asOf,
    };
  }
  if (!isCounted(name)) throw new DomainError('not-found', 'There are no values to choose from.');
  if (name === 'user.name') requirePermission(principal, 'users.read');
  if (name === 'device.groups') requirePermission(principal, 'groups.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectRecordedValues(tx, name, mostValues),
    { readOnly: true },
  );
  return { items: rows, known: rows.reduce((sum, { devices }) => sum + devices, 0), asOf };
}

/** @throws DomainError `invalid-input`, `forbidden`, `not-found` */
export async function explainMatch(
  deps: SearchDeps,
  principal: TenantPrincipal,
  { expression, deviceId, for: use }: MatchRequest,
): Promise<MatchExplanation> {
  requirePermission(principal, 'devices.read');
  const kind = use === 'group' ? 'group' : 'watch-list';
  const { compiled, facts } = compileAs(principal, kind, expression);
  await noteSearch(deps, principal, facts);
  const [row] = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectSearchedDevices(tx, [deviceId], facts, readsGroups(compiled)),
    { readOnly: true },
  );
  if (!row) throw noSuchDevice();
  const values = searchValues(toSearched(row, deps.clock.now()));
  const environment = use === 'group' ? groupEnvironment : searchEnvironment;
  const parts = conditions(parseSyntax(expression)).map((node) => {
    const text = printExpression(node);
    const part = compileExpression(text, environment);
    const answer = evaluateExpression(part, values);
    const isTold = typeof answer === 'boolean';
    return {
      at: node.at,
      text,
      answer: isTold ? (answer ? ('true' as const) : ('false' as const)) : ('unknown' as const),
      problem: isTold ? null : answer.error,
      reads: part.reads.map((name) => ({ name, value: shortened(values.get(name)) })),
    };
  });
  return { matches: evaluateExpression(compiled, values) === true, parts };
}

/** An inventory of apps is no answer that fits on a page. */
function shortened(value: unknown): unknown {
  if (value === undefined) return null;
  return Array.isArray(value) && value.length > 20 ? `${value.length}` : value;
}

/** What is joined by and, or and not. */
function conditions(node: Node): readonly Node[] {
  if (node.kind === 'all' || node.kind === 'any') return node.operands.flatMap(conditions);
  if (node.kind === 'unary' && node.operator === '!') return conditions(node.operand);
  return [node];
}
