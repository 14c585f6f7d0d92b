/**
 * The one guard before commands that destroy or track (idea 8). Whoever asks (an administrator, a token, the network
 * controller, a job), the answer comes from here:
 *
 *   1. Ownership: unless a device is corporate, some commands need a permission of their own, which support staff lack
 *      (TEN-14, ACT-17). `unspecified` is treated as personal: doubt protects the person.
 *   2. Fresh power: an account, role or token that gained power less than 24 hours ago destroys nothing (ADM-06).
 *   3. Budget: in any window at most max(5, 1 % of the fleet) destructive commands an organization, whoever asks. What goes
 *      beyond it, and everything where an organization demands two people, is held until another person approves.
 *
 * The caller counts what was spent in the same transaction that spends, under a lock per organization.
 */
import type { Principal } from '../actor.ts';
import type { Ownership } from '../devices/device.ts';
import { type CommandName, commandDefinition } from './catalogue.ts';
import { hours } from './define-command.ts';

export interface DestructiveLimits {
  /** The larger of the two is the budget. */
  readonly minimumBudget: number;
  readonly fleetShare: number;
  readonly windowMs: number;
  /** How old power must be before it may destroy. */
  readonly powerAgeMs: number;
  /** Whether a second person is asked for what goes beyond the budget, or for everything that destroys. */
  readonly secondPerson: 'above-budget' | 'always';
  /** Of more devices than this the first is sent the command alone, and the others once it has answered. */
  readonly canaryAbove: number;
}

export const defaultDestructiveLimits: DestructiveLimits = {
  minimumBudget: 5,
  fleetShare: 0.01,
  windowMs: hours(1),
  powerAgeMs: hours(24),
  secondPerson: 'above-budget',
  canaryAbove: 5,
};

export interface DestructiveRequest {
  readonly command: CommandName;
  readonly ownership: Ownership;
  readonly actor: Pick<Principal, 'kind' | 'permissions' | 'empoweredAt'>;
  /** Destructive commands of the organization created in the window that ends now, cancelled ones included. */
  readonly spentInWindow: number;
  readonly fleetSize: number;
  readonly limits?: DestructiveLimits;
  readonly now: number;
}

export type DestructiveRefusal =
  | 'personal-device'
  | 'empowered-too-recently'
  | 'budget-spent'
  | 'second-person-required';

/** What another person may allow all the same. */
export function mayBeApproved(
  refusal: DestructiveRefusal,
): refusal is 'budget-spent' | 'second-person-required' {
  return refusal === 'budget-spent' || refusal === 'second-person-required';
}

export type DestructiveDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: DestructiveRefusal; readonly message: string };

/** How many destructive commands an organization may issue per window. */
export function destructiveBudget(fleetSize: number, limits: DestructiveLimits): number {
  return Math.max(limits.minimumBudget, Math.floor(fleetSize * limits.fleetShare));
}

/** Commands that neither destroy nor track pass. */
export function decideDestructive(request: DestructiveRequest): DestructiveDecision {
  const limits = request.limits ?? defaultDestructiveLimits;
  const definition = commandDefinition(request.command);
  const { personalPermission, destructive, title } = definition;

  if (
    request.ownership !== 'corporate' &&
    personalPermission !== undefined &&
    !request.actor.permissions.has(personalPermission)
  ) {
    return refuse(
      'personal-device',
      `"${title}" is for corporate devices; this one is ${request.ownership}.`,
    );
  }
  if (!destructive) return { allowed: true };
  if (!isPowerOldEnough(request.actor, limits, request.now)) {
    return refuse(
      'empowered-too-recently',
      `This account gained power less than ${limits.powerAgeMs / hours(1)} hours ago and may not destroy data yet.`,
    );
  }
  if (limits.secondPerson !== 'above-budget') {
    return refuse('second-person-required', 'Destroying data takes two people in this organization.');
  }
  const budget = destructiveBudget(request.fleetSize, limits);
  // Written so that a count or size that is not a number refuses.
  if (!(request.spentInWindow < budget)) {
    const minutes = Math.round(limits.windowMs / 60_000);
    return refuse('budget-spent', `The organization's ${budget} wipes per ${minutes} minutes are spent.`);
  }
  return { allowed: true };
}

/** Whoever came to power a moment ago may be whoever took the account: no destruction, and no approval of it (ADM-06, ADM-07). */
export function isPowerOldEnough(
  actor: Pick<Principal, 'kind' | 'empoweredAt'>,
  limits: Pick<DestructiveLimits, 'powerAgeMs'>,
  now: number,
): boolean {
  switch (actor.kind) {
    case 'administrator':
    case 'token':
      return actor.empoweredAt !== null && now - actor.empoweredAt >= limits.powerAgeMs;
    // The operator on the server's own machine, users acting on their own devices, rules: their power is not granted.
    case 'local':
    case 'user':
    case 'system':
      return actor.empoweredAt === null || now - actor.empoweredAt >= limits.powerAgeMs;
    // No device commands another.
    case 'device':
      return false;
    default:
      return actor.kind satisfies never;
  }
}

function refuse(reason: DestructiveRefusal, message: string): DestructiveDecision {
  return { allowed: false, reason, message };
}
