// Expressions over devices: checked against the rights of whoever writes them (CEL-03), and compiled once.
import { type Compiled, compileExpression } from '@gatehouse/core/expressions/compile.ts';
import { factsReadBy } from '@gatehouse/core/expressions/device-environment.ts';
import { groupEnvironment, searchEnvironment } from '@gatehouse/core/expressions/search-environment.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import { requireSight } from '@gatehouse/core/facts/fact-rights.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { SetKind } from './queries.ts';

const mostRemembered = 2_000;
const remembered = new Map<string, Compiled>();

/** @throws DomainError `invalid-input` saying where the expression is wrong. */
export function compileFor(kind: SetKind, expression: string): Compiled {
  const key = `${kind} ${expression}`;
  const known = remembered.get(key);
  if (known) return known;
  const compiled = compileExpression(expression, kind === 'group' ? groupEnvironment : searchEnvironment);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, compiled);
  return compiled;
}

/**
 * For one who writes or asks it.
 * @throws DomainError `invalid-input`, `forbidden` when it asks for facts that he may not see.
 */
export function compileAs(
  principal: TenantPrincipal,
  kind: SetKind,
  expression: string,
): { readonly compiled: Compiled; readonly facts: readonly FactName[] } {
  const compiled = compileFor(kind, expression);
  const facts = factsReadBy(compiled);
  requireSight(principal, facts);
  return { compiled, facts };
}
