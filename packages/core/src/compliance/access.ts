/**
 * The one access decision (idea 4). Network, mail, VPN, apps and content all get their answer here, so no two gates can
 * disagree. Without registration there is nothing; with doubt or grace there is quarantine; a broken rule that counts for
 * the gate denies.
 */
import { type Access, type Gate, gates, worstAccess } from './gate.ts';
import type { RuleKind } from './rule.ts';
import type { Evaluation, RuleStatus, RuleVerdict } from './verdict.ts';
import { type Message, say } from './wording/message.ts';

export interface AccessSubject {
  /** Enrolment is complete and management is in place (ENR-19, CMP-04). */
  readonly registered: boolean;
  /** An administrator shut the device out. */
  readonly blocked: boolean;
  /** null: not evaluated yet, so nothing is known to be right (GAP-12). */
  readonly evaluation: Evaluation | null;
}

export type AccessReason =
  | { readonly code: 'not-registered' | 'blocked' | 'not-evaluated'; readonly says: readonly Message[] }
  | {
      readonly code: 'rule';
      /** Of the verdict. */
      readonly id: string;
      readonly rule: RuleKind;
      readonly status: RuleStatus;
      readonly says: readonly Message[];
    };

export interface AccessDecision {
  readonly access: Access;
  /** Everything that stands against `allow`; empty exactly when access is allowed. */
  readonly reasons: readonly AccessReason[];
}

const accessByStatus = {
  compliant: 'allow',
  'in-grace': 'quarantine',
  unknown: 'quarantine',
  'not-compliant': 'deny',
} as const satisfies Record<RuleStatus, Access>;

export function decideAccess(subject: AccessSubject, gate: Gate): AccessDecision {
  if (!subject.registered) return deny('not-registered', [say('standing.unmanaged')]);
  if (subject.blocked) return deny('blocked', [say('standing.blocked')]);
  if (subject.evaluation === null) {
    const says = [say('standing.never-reported')];
    return { access: 'quarantine', reasons: [{ code: 'not-evaluated', says }] };
  }
  const against = subject.evaluation.verdicts.filter((verdict) => effectOn(verdict, gate) !== 'allow');
  return {
    access: worstAccess(against.map((verdict) => effectOn(verdict, gate))),
    reasons: against.map(({ id, rule, status, says }) => ({ code: 'rule', id, rule, status, says })),
  };
}

export function decideAllAccess(subject: AccessSubject): Readonly<Record<Gate, AccessDecision>> {
  return Object.fromEntries(gates.map((gate) => [gate, decideAccess(subject, gate)])) as Record<
    Gate,
    AccessDecision
  >;
}

type Effective = Pick<RuleVerdict, 'status' | 'gates' | 'restricts' | 'quarantines' | 'exception'>;

/**
 * What one verdict alone does to a gate: by its status where the rule counts for the gate, by the stages it has reached
 * wherever these say so, nothing while it is excepted.
 */
export function effectOn(verdict: Effective, gate: Gate): Access {
  if (verdict.exception !== null) return 'allow';
  if (verdict.restricts.includes(gate)) return 'deny';
  return worstAccess([
    verdict.gates.includes(gate) ? accessByStatus[verdict.status] : 'allow',
    verdict.quarantines ? 'quarantine' : 'allow',
  ]);
}

function deny(code: 'not-registered' | 'blocked', says: readonly Message[]): AccessDecision {
  return { access: 'deny', reasons: [{ code, says }] };
}
