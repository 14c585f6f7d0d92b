/** Whether something of the catalogue may be used on a device, and in plain words why not. */
import { compareVersions } from './os-version.ts';
import type { Complaint } from './problem.ts';
import { accessRight } from './rights.ts';
import type { Mode, Platform, Support, SupportByPlatform } from './schema.ts';

/** What is known of the device. What is left out is not held against it: no version means the newest. */
export interface Target {
  readonly platform: Platform;
  readonly osVersion?: string;
  /** A Mac from macOS 11 on is supervised by any device enrolment; others only by automated enrolment or by hand. */
  readonly supervised?: boolean;
  /** `automated` is automated device enrolment, `user` account-driven user enrolment. */
  readonly enrollmentKind?: 'device' | 'automated' | 'user';
  readonly channel?: 'device' | 'user';
  readonly sharedIPad?: boolean;
  /** Sum of the bits the MDM profile was installed with: see rights.ts. */
  readonly accessRights?: number;
}

/** A type's own support says all platforms it is for; one that it does not name is none. */
export function typeComplaints(os: SupportByPlatform | undefined, target: Target): Complaint[] {
  if (os === undefined) return [];
  const support = os[target.platform];
  return support === undefined ? [notOn(target)] : supportComplaints(support, target);
}

/** A key's support only says what differs from the type's. */
export function keyComplaints(os: SupportByPlatform | undefined, target: Target): Complaint[] {
  const support = os?.[target.platform];
  return support === undefined ? [] : supportComplaints(support, target);
}

function supportComplaints(support: Support, target: Target): Complaint[] {
  if (support.introduced === 'n/a') return [notOn(target)];
  return [
    ...versionComplaints(support, target),
    ...managementComplaints(support, target),
    ...userEnrollmentComplaints(support.userEnrollment?.mode, target),
    ...sharedIPadComplaints(support.sharedIPad?.mode, target),
    ...channelComplaints(support, target),
    ...declarativeComplaints(support, target),
    ...rightComplaints(support, target),
  ];
}

const notOn = ({ platform }: Target): Complaint => ({
  kind: 'not-supported',
  problem: `is not available on ${platform}`,
});

function versionComplaints(support: Support, { platform, osVersion }: Target): Complaint[] {
  const complaints: Complaint[] = [];
  const reached = (version: string): boolean =>
    osVersion === undefined || compareVersions(osVersion, version) >= 0;
  const { introduced, deprecated } = support;
  if (introduced !== undefined && !reached(introduced)) {
    complaints.push({ kind: 'not-supported', problem: `needs ${platform} ${introduced}` });
  }
  const removed = removedIn(support);
  if (removed !== undefined && reached(removed)) {
    complaints.push({ kind: 'removed', problem: `is gone since ${platform} ${removed}` });
  } else if (deprecated !== undefined && reached(deprecated)) {
    complaints.push({
      kind: 'deprecated',
      problem: `is deprecated since ${platform} ${deprecated}`,
      warning: true,
    });
  }
  return complaints;
}

/** The schema says "removed in 0" of the frame around the keys of a manifest, which is very much in use. */
export function removedIn({ removed }: Support): string | undefined {
  return removed === '0' ? undefined : removed;
}

function managementComplaints(support: Support, target: Target): Complaint[] {
  const complaints: Complaint[] = [];
  if (support.supervised === true && target.supervised === false) {
    complaints.push({ kind: 'needs-supervision', problem: 'needs a supervised device' });
  }
  const kind = target.enrollmentKind;
  if (support.automated === true && kind !== undefined && kind !== 'automated') {
    complaints.push({ kind: 'needs-automated-enrollment', problem: 'needs automated device enrolment' });
  }
  return complaints;
}

function userEnrollmentComplaints(mode: Mode | undefined, { enrollmentKind }: Target): Complaint[] {
  if (mode === undefined || enrollmentKind === undefined) return [];
  const complaint = modeComplaint(mode, enrollmentKind === 'user', 'in user enrolment');
  return complaint === undefined ? [] : [{ kind: 'user-enrollment', ...complaint }];
}

function sharedIPadComplaints(mode: Mode | undefined, { sharedIPad, platform }: Target): Complaint[] {
  if (mode === undefined || sharedIPad === undefined || platform !== 'iOS') return [];
  const complaint = modeComplaint(mode, sharedIPad, 'on a Shared iPad');
  return complaint === undefined ? [] : [{ kind: 'shared-ipad', ...complaint }];
}

function modeComplaint(mode: Mode, inside: boolean, place: string): Omit<Complaint, 'kind'> | undefined {
  switch (mode) {
    case 'forbidden':
      return inside ? { problem: `is not allowed ${place}` } : undefined;
    case 'ignored':
      return inside ? { problem: `has no effect ${place}`, warning: true } : undefined;
    case 'required':
      return inside ? undefined : { problem: `is only for use ${place}` };
    case 'allowed':
      return undefined;
  }
}

function channelComplaints(support: Support, target: Target): Complaint[] {
  const { deviceChannel, userChannel } = target.sharedIPad === true ? (support.sharedIPad ?? {}) : support;
  if (target.channel === 'user' && userChannel === false) {
    return [{ kind: 'channel', problem: 'is not for the user channel' }];
  }
  if (target.channel === 'device' && deviceChannel === false) {
    return [{ kind: 'channel', problem: 'is not for the device channel' }];
  }
  return [];
}

/** Declarations and status items name enrolments and scopes in a way of their own. */
function declarativeComplaints(support: Support, target: Target): Complaint[] {
  const complaints: Complaint[] = [];
  const kind = declarativeEnrollment(target);
  if (kind !== undefined && support.enrollments !== undefined && !support.enrollments.includes(kind)) {
    complaints.push(
      kind === 'device' && support.enrollments.includes('supervised')
        ? { kind: 'needs-supervision', problem: 'needs a supervised device' }
        : kind === 'user'
          ? { kind: 'user-enrollment', problem: 'is not allowed in user enrolment' }
          : { kind: 'not-supported', problem: `is not for ${kind} enrolment` },
    );
  }
  const scopes = (target.sharedIPad === true ? support.sharedIPad?.scopes : undefined) ?? support.scopes;
  const scope = target.channel === 'user' ? 'user' : target.channel === 'device' ? 'system' : undefined;
  if (scope !== undefined && scopes !== undefined && !scopes.includes(scope)) {
    complaints.push({ kind: 'channel', problem: `is not for the ${target.channel ?? ''} channel` });
  }
  return complaints;
}

function declarativeEnrollment({ enrollmentKind, supervised }: Target): string | undefined {
  if (enrollmentKind === 'user') return 'user';
  return supervised === undefined ? undefined : supervised ? 'supervised' : 'device';
}

function rightComplaints(support: Support, target: Target): Complaint[] {
  // user enrolment ignores the rights of the profile
  if (target.accessRights === undefined || target.enrollmentKind === 'user') return [];
  const right = accessRight(support.right);
  if (right === undefined || (target.accessRights & right.bit) !== 0) return [];
  return [{ kind: 'access-right', problem: `needs the access right to ${right.allows} (${right.bit})` }];
}

/**
 * Whether a required key may be missed. One that only some devices know is demanded only of a device that is known to
 * know it.
 */
export function isDemanded(os: SupportByPlatform | undefined, target: Target | undefined): boolean {
  if (target === undefined) return Object.values(os ?? {}).every((support) => !isConditional(support));
  const support = os?.[target.platform];
  if (support === undefined) return true;
  if (keyComplaints(os, target).some(({ kind }) => kind !== 'deprecated')) return false;
  const { enrollmentKind, supervised, sharedIPad } = target;
  const mode = support.userEnrollment?.mode;
  if (enrollmentKind === undefined && mode !== undefined && mode !== 'allowed') return false;
  if (support.sharedIPad?.mode === 'required' && sharedIPad !== true) return false;
  return support.supervised !== true || supervised === true;
}

function isConditional(support: Support): boolean {
  const mode = support.userEnrollment?.mode ?? 'allowed';
  return (
    support.introduced === 'n/a' ||
    removedIn(support) !== undefined ||
    support.supervised === true ||
    mode !== 'allowed' ||
    support.sharedIPad?.mode === 'required'
  );
}
