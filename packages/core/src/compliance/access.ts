/**
 * The one access decision (idea 4). Network, mail, VPN, apps and content all get their answer here, so no two gates can
 * disagree. Without registration there is nothing; with doubt or grace there is quarantine; a broken rule that counts for
 * the gate denies.
 */
import type { Bar } from '../devices/device.ts';
import { type Access, type Gate, gates } from './gate.ts';
import type { RuleKind } from './rule.ts';
import type { Evaluation, RuleStatus, RuleVerdict } from './verdict.ts';
import { type Message, say } from './wording/message.ts';

export interface AccessSubject {
  /** Enrolment is complete and management is in place (ENR-19, CMP-04). */
  readonly registered: boolean;
  /** An administrator shut the device out. */
  readonly blocked: boolean;
  /** Why a device that is blocked may still be talked to; absent: it may not. */
  readonly bar?: Bar | null;
  /** null: not evaluated yet, so nothing is known to be right (GAP-12). */
  readonly evaluation: Evaluation | null;
}

export type AccessReason =
  | {
      readonly code: 'not-registered' | 'blocked' | 'barred' | 'not-evaluated';
      readonly says: readonly Message[];
    }
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

/** The answer alone, for whoever asks it of a whole fleet. */
export function accessOf(subject: AccessSubject, gate: Gate): Access {
  if (!subject.registered || subject.blocked) return 'deny';
  if (subject.evaluation === null) return 'quarantine';
  let worst: Access = 'allow';
  for (const verdict of subject.evaluation.verdicts) {
    const effect = effectOn(verdict, gate);
    if (effect === 'deny') return 'deny';
    if (effect === 'quarantine') worst = 'quarantine';
  }
  return worst;
}

export function decideAccess(subject: AccessSubject, gate: Gate): AccessDecision {
  const access = accessOf(subject, gate);
  if (!subject.registered)
    return { access, reasons: [{ code: 'not-registered', says: [say('standing.unmanaged')] }] };
  if (subject.blocked && subject.bar)
    return { access, reasons: [{ code: 'barred', says: [sayBarred(subject.bar)] }] };
  if (subject.blocked) return { access, reasons: [{ code: 'blocked', says: [say('standing.blocked')] }] };
  if (subject.evaluation === null) {
    const says = [say('standing.never-reported')];
    return { access, reasons: [{ code: 'not-evaluated', says }] };
  }
  const against = subject.evaluation.verdicts.filter((verdict) => effectOn(verdict, gate) !== 'allow');
  return {
    access,
    reasons: against.map(({ id, rule, status, says }) => ({ code: 'rule', id, rule, status, says })),
  };
}

/** Why a device is barred; with the reason where the reader is to know it. */
export function sayBarred({ cause, reason }: Bar): Message {
  if (cause === 'certificate') return say('standing.barred-certificate');
  return reason === null ? say('standing.barred') : say('standing.barred-because', { reason });
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
  const byStatus = verdict.gates.includes(gate) ? accessByStatus[verdict.status] : 'allow';
  return byStatus === 'allow' && verdict.quarantines ? 'quarantine' : byStatus;
}
