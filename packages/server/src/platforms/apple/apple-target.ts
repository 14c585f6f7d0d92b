// What the Apple platform knows of a device when it speaks to it: enough to say which words its system understands.
import type { Target } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';

export type AppleOs = Target['platform'];

/**
 * `device`: a person installed the profile. `automated`: Setup Assistant did, as the organization's device service said.
 * `user`: user enrolment, with its own identifiers and far fewer rights.
 */
export type AppleEnrollmentKind = NonNullable<Target['enrollmentKind']>;

export interface AppleTarget {
  readonly organizationId: string;
  readonly deviceId: string;
  /** '' is the device itself, else one of its users. */
  readonly channel: string;
  /** Which system it runs, told from what it is: see {@link osOfProduct}. */
  readonly os: AppleOs;
  /** As the device last said; undefined before it has said anything. */
  readonly osVersion: string | undefined;
  readonly product: string | undefined;
  readonly supervised: boolean;
  readonly sharedIpad: boolean;
  readonly enrollmentKind: AppleEnrollmentKind;
  /** What the enrolment profile asked for, where it has been looked up: see the catalogue's rights. */
  readonly accessRights?: number | undefined;
  /** Undefined in user enrolment. */
  readonly udid: string | undefined;
  /** Since when the channel speaks declarative management, ms since the epoch. */
  readonly declarativeSince: number | undefined;
  readonly awaitingConfiguration: boolean;
  /** What unlocks the device; opened from its seal with every call, undefined when the device never gave one. */
  unlockToken(): Promise<Uint8Array | undefined>;
}

/** Product names begin with the kind of thing they are: `iPhone17,1`, `MacBookPro18,3`, `AppleTV14,1`, `RealityDevice14,1`. */
const families: readonly (readonly [RegExp, AppleOs])[] = [
  [/^(?:iPhone|iPad|iPod)/, 'iOS'],
  [/^AppleTV/, 'tvOS'],
  [/^Reality(?:Device)?/, 'visionOS'],
  [/^Watch/, 'watchOS'],
  [/^(?:i?Mac|Xserve|VirtualMac|Parallels|VMware)/, 'macOS'],
];

/** @param fallback what the enrolment was for, when the product says nothing that is known. */
export function osOfProduct(product: string | undefined, fallback: AppleOs): AppleOs {
  return families.find(([pattern]) => product !== undefined && pattern.test(product))?.[1] ?? fallback;
}

/** The target in the words of the catalogue, for its validator. */
export function catalogueTarget(target: AppleTarget): Target {
  return {
    platform: target.os,
    ...(target.osVersion === undefined ? {} : { osVersion: target.osVersion }),
    supervised: target.supervised,
    enrollmentKind: target.enrollmentKind,
    channel: target.channel === '' ? 'device' : 'user',
    sharedIPad: target.sharedIpad,
    ...(target.accessRights === undefined ? {} : { accessRights: target.accessRights }),
  };
}
