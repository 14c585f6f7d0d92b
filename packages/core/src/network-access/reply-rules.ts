/**
 * What a RADIUS server is answered about a device: rules in order, the first that fits. A rule looks at the one stored decision, at
 * whose the device is and in which groups its user is, so that a network policy for private devices (NAC-38, POL-16) is a
 * handful of rows.
 */
import type { Ownership, Platform } from '../devices/device.ts';

/** `unknown`: no such device, or one whose enrolment is not finished. */
export const networkDecisions = ['allow', 'quarantine', 'deny', 'unknown'] as const;
export type NetworkDecision = (typeof networkDecisions)[number];

export interface ReplyAttribute {
  /** As the RADIUS server's dictionary has it. */
  readonly name: string;
  readonly value: string;
}

export type Reply =
  /** The device may come in, with these attributes; authentication still has to succeed. */
  | { readonly kind: 'accept'; readonly attributes: readonly ReplyAttribute[] }
  | { readonly kind: 'reject'; readonly message: string }
  /** The RADIUS server's own policy goes on, as for any device that is none of ours. */
  | { readonly kind: 'not-found' };

export interface ReplyRule {
  readonly name: string;
  /** Absent: every one. */
  readonly decisions?: readonly NetworkDecision[];
  readonly ownerships?: readonly Ownership[];
  readonly platforms?: readonly Platform[];
  /** The user has to be in one of them. */
  readonly groupIds?: readonly string[];
  readonly reply: Reply;
}

export interface NetworkSubject {
  readonly decision: NetworkDecision;
  /** Of a device that is known. */
  readonly ownership?: Ownership;
  readonly platform?: Platform;
  readonly groupIds?: readonly string[];
}

/** What holds where no rule fits: who may come in comes in, the others do not, strangers are left to the RADIUS server. */
const otherwise = {
  allow: { kind: 'accept', attributes: [] },
  quarantine: { kind: 'reject', message: 'This device does not meet the rules for this network.' },
  deny: { kind: 'reject', message: 'This device does not meet the rules for this network.' },
  unknown: { kind: 'not-found' },
} as const satisfies Record<NetworkDecision, Reply>;

export interface ChosenReply {
  /** undefined: none fitted. */
  readonly rule: string | undefined;
  readonly reply: Reply;
}

export function chooseReply(rules: readonly ReplyRule[], subject: NetworkSubject): ChosenReply {
  const rule = rules.find(
    ({ decisions, ownerships, platforms, groupIds }) =>
      (decisions?.includes(subject.decision) ?? true) &&
      (ownerships === undefined ||
        (subject.ownership !== undefined && ownerships.includes(subject.ownership))) &&
      (platforms === undefined || (subject.platform !== undefined && platforms.includes(subject.platform))) &&
      (groupIds?.some((id) => subject.groupIds?.includes(id)) ?? true),
  );
  return { rule: rule?.name, reply: rule?.reply ?? otherwise[subject.decision] };
}

const badness: Record<NetworkDecision, number> = { unknown: 0, allow: 1, quarantine: 2, deny: 3 };

/** Of devices that claim one address the worst under management counts (DEV-11); whoever has left speaks for nobody. */
export function worstSubject(subjects: readonly NetworkSubject[]): NetworkSubject {
  return subjects.toSorted((a, b) => badness[b.decision] - badness[a.decision])[0] ?? { decision: 'unknown' };
}
