/** What came of a request for mail, as it is counted and shown. */

export const mailOutcomes = [
  /** Relayed to the mail server, or answered by the stand-in. */
  'passed',
  /** Let through on a grant while nothing could be asked. */
  'granted',
  /** Sent for its policy, or given it. */
  'provisioned',
  'wiped',
  'blocked',
  'not-compliant',
  'unknown-device',
  'user-disabled',
  'not-provisionable',
  'too-many',
  /** Wrong password, or none. */
  'unauthenticated',
  /** Slowed or turned away, because of too many attempts. */
  'throttled',
  /** Against the protocol. */
  'malformed',
  /** The mail server does not want this client. */
  'server-refused',
  /** The mail server was away, too slow, or answered nonsense. */
  'server-failed',
  /** Nothing could be decided, and there was no grant. */
  'undecided',
] as const;
export type MailOutcome = (typeof mailOutcomes)[number];

/**
 * Whether the mail gateway itself lets the device synchronize (CMP-14). What a device's own posture denies says nothing of it:
 * otherwise a device could never mend what shut it out. undefined: this outcome does not tell.
 */
export function authorizedBy(outcome: MailOutcome): boolean | undefined {
  switch (outcome) {
    case 'passed':
    case 'granted':
      return true;
    case 'wiped':
    case 'blocked':
    case 'user-disabled':
    case 'not-provisionable':
    case 'server-refused':
      return false;
    case 'provisioned':
    case 'not-compliant':
    case 'unknown-device':
    case 'too-many':
    case 'unauthenticated':
    case 'throttled':
    case 'malformed':
    case 'server-failed':
    case 'undecided':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
