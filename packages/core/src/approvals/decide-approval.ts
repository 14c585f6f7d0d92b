/**
 * Who may say yes to destruction that somebody else asked for (ADM-07). The answer binds a person to what that person saw:
 * the request as it was shown, once, while it is fresh, by somebody whose power the asker cannot have made.
 */
import type { Principal } from '../actor.ts';
import { defaultDestructiveLimits, type DestructiveLimits, isPowerOldEnough } from '../commands/guard.ts';
import type { ApprovalState } from './approval-state.ts';

export interface ApprovalQuestion {
  readonly approval: {
    readonly state: ApprovalState;
    /** As stored, and as it comes out of the stored request now. */
    readonly hash: string;
    readonly computedHash: string;
    /** Who stands behind the account or token that asked: `administrator:0193…`. */
    readonly askedBy: string;
    /** Who wrote or assigned the rule that it follows from, when the system asked: it is they who ask, in truth. */
    readonly authors?: readonly string[];
    readonly expiresAt: number;
  };
  readonly approver: Pick<Principal, 'kind' | 'empoweredAt'> & {
    /** Who stands behind the account or token; null when nobody is known to. */
    readonly person: string | null;
  };
  /** What the approver says that he saw. */
  readonly seenHash: string;
  readonly limits?: DestructiveLimits;
  readonly now: number;
}

export const approvalRefusals = {
  'already-decided': 'The request was decided already.',
  'approval-expired': 'The request has expired; it has to be made again.',
  'request-changed': 'The request is not what you were shown; look at it again.',
  'own-request': 'Nobody approves what they asked for themselves.',
  'own-rule': 'Nobody approves what follows from a rule that they wrote or assigned.',
  'nobody-behind':
    'A token without an account behind it approves nothing: nobody can tell whose hand it is in.',
  'approver-empowered-too-recently':
    'An account that was made, strengthened or set up anew less than 24 hours ago approves nothing.',
} as const satisfies Record<string, string>;
export type ApprovalRefusal = keyof typeof approvalRefusals;

/** @returns why not; undefined: the approver may. */
export function whyNotApprove(question: ApprovalQuestion): ApprovalRefusal | undefined {
  const { approval, approver, seenHash, now } = question;
  if (approval.state !== 'pending') return 'already-decided';
  // Written so that times which are no numbers refuse.
  if (!(now < approval.expiresAt)) return 'approval-expired';
  if (seenHash !== approval.hash || approval.computedHash !== approval.hash) return 'request-changed';
  if (approver.person === null) return 'nobody-behind';
  // The server's own operators count as one: what tells them apart is a number of the operating system.
  if (approver.person === approval.askedBy || (isLocal(approver.person) && isLocal(approval.askedBy)))
    return 'own-request';
  if (approval.authors?.includes(approver.person) === true) return 'own-rule';
  if (!isPowerOldEnough(approver, question.limits ?? defaultDestructiveLimits, now))
    return 'approver-empowered-too-recently';
  return undefined;
}

const isLocal = (person: string): boolean => person.startsWith('local:');
