/**
 * Who a message is from. Five forms of key say it: a device by its UDID or, in user enrolment, by an identifier that is new
 * with each enrolment; and on either a user, named in one of three ways. All of it is a claim: the certificate says which
 * device really speaks.
 */
import type { PlistDictionary, PlistValue } from '../plist/index.ts';
import { type FieldsOf, optional, readFields, refuse, text } from './fields.ts';

export type EnrolmentKind =
  | 'device'
  /** A user of a Mac. */
  | 'user'
  /** A user of a Shared iPad: the account's name is the identity. */
  | 'shared-ipad-user'
  | 'user-enrolment'
  | 'user-enrolment-user';

export interface EnrolmentIdentity {
  readonly kind: EnrolmentKind;
  /** UDID, or in user enrolment the EnrollmentID. */
  readonly deviceKey: string;
  /** '' is the device channel, else what names the user within the device. */
  readonly channel: string;
  readonly userId?: string;
  readonly userShortName?: string;
  readonly userLongName?: string;
}

/** Every Shared iPad user has this UserID. */
export const sharedIpadUserId = 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF';

const shapes = {
  UDID: optional(text(128)),
  EnrollmentID: optional(text(128)),
  UserID: optional(text(128)),
  UserShortName: optional(text(256)),
  UserLongName: optional(text(256)),
  EnrollmentUserID: optional(text(128)),
} as const;

export const identityKeys: readonly string[] = Object.keys(shapes);

/** @throws DecodeError when nothing, or something contradictory, says who speaks. */
export function readIdentity(message: PlistDictionary, path: string): EnrolmentIdentity {
  const keys = readFields(message, shapes, path);
  const deviceKey = keys.UDID ?? keys.EnrollmentID;
  if (deviceKey === undefined) throw refuse('is missing', path, 'UDID');
  if (!/^[A-Za-z0-9._:-]+$/.test(deviceKey)) throw refuse('is not an identifier', path, 'UDID');
  // A Mac in user enrolment may send both, and is then known by the one that user enrolment gave it.
  const { kind, channel } = keys.EnrollmentID === undefined ? ofUdid(keys, path) : ofUserEnrolment(keys);
  const userId = kind === 'user-enrolment-user' ? keys.EnrollmentUserID : keys.UserID;
  return {
    kind,
    deviceKey: keys.EnrollmentID ?? deviceKey,
    channel,
    ...(channel === '' || userId === undefined ? {} : { userId }),
    ...(keys.UserShortName === undefined ? {} : { userShortName: keys.UserShortName }),
    ...(keys.UserLongName === undefined ? {} : { userLongName: keys.UserLongName }),
  };
}

type Keys = FieldsOf<typeof shapes>;
type Channel = Pick<EnrolmentIdentity, 'kind' | 'channel'>;

function ofUserEnrolment({ EnrollmentUserID: user }: Keys): Channel {
  return user === undefined || user === ''
    ? { kind: 'user-enrolment', channel: '' }
    : { kind: 'user-enrolment-user', channel: user };
}

function ofUdid({ UserID, UserShortName }: Keys, path: string): Channel {
  if (UserID === undefined || UserID === '') return { kind: 'device', channel: '' };
  if (UserID.toUpperCase() !== sharedIpadUserId) return { kind: 'user', channel: UserID };
  if (UserShortName === undefined || UserShortName === '') throw refuse('is missing', path, 'UserShortName');
  return { kind: 'shared-ipad-user', channel: UserShortName };
}

/** The keys as a device sends them. */
export function writeIdentity(identity: EnrolmentIdentity): Record<string, PlistValue> {
  const { kind, deviceKey, channel, userId, userShortName, userLongName } = identity;
  const byUdid = kind === 'device' || kind === 'user' || kind === 'shared-ipad-user';
  return {
    ...(byUdid ? { UDID: deviceKey } : { EnrollmentID: deviceKey }),
    ...(kind === 'user' ? { UserID: userId ?? channel } : {}),
    ...(kind === 'shared-ipad-user' ? { UserID: userId ?? sharedIpadUserId } : {}),
    ...(kind === 'user-enrolment-user' ? { EnrollmentUserID: userId ?? channel } : {}),
    ...(userShortName === undefined ? {} : { UserShortName: userShortName }),
    ...(userLongName === undefined ? {} : { UserLongName: userLongName }),
  };
}
