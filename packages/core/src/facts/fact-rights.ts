/** What one must be allowed to see to use a fact, be it by reading it or by asking with it (CEL-03). */
import type { Principal } from '../actor.ts';
import { DomainError } from '../errors.ts';
import type { Permission } from '../permissions/catalogue.ts';
import { factDefinition, type FactName } from './catalogue.ts';
import type { PrivacyClass } from './types.ts';

export const factPermission = {
  technical: 'devices.facts.read',
  personal: 'devices.facts.personal.read',
  sensitive: 'devices.facts.sensitive.read',
} as const satisfies Record<PrivacyClass, Permission>;

export function permissionToSee(fact: FactName): Permission {
  return factPermission[factDefinition(fact).privacy];
}

/**
 * For who writes or asks an expression: what one may not read one may not find out by asking either (CEL-03).
 * @throws DomainError `forbidden`
 */
export function requireSight(principal: Principal, facts: readonly FactName[]): void {
  const hidden = facts.filter((fact) => !principal.permissions.has(permissionToSee(fact)));
  if (hidden.length === 0) return;
  throw new DomainError('forbidden', `You may not see, and so not ask for: ${hidden.join(', ')}.`, {
    reason: 'facts-not-allowed',
  });
}
