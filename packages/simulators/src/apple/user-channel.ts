/** Somebody signed in to a Mac: a channel of his own, with a token, profiles and declarations of his own. */
import { encodeCheckIn, type EnrolmentIdentity } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Conversation } from './conversation.ts';
import type { DeclarativeManagement } from './declarative-management.ts';
import type { DeviceState, PushIdentity } from './device-state.ts';

export interface SignedInUser {
  readonly id: string;
  readonly shortName: string;
  readonly longName: string;
}

export interface UserChannel {
  readonly user: SignedInUser;
  readonly push: PushIdentity;
  /** The device as this user has it: the same hardware, profiles of his own. */
  readonly state: DeviceState;
  readonly declarative: DeclarativeManagement;
  readonly conversation: Conversation;
}

export function userIdentity(udid: string, { id, shortName, longName }: SignedInUser): EnrolmentIdentity {
  return {
    kind: 'user',
    deviceKey: udid,
    channel: id,
    userId: id,
    userShortName: shortName,
    userLongName: longName,
  };
}

/** What the Mac sends when he signs in, so that the server can call him. */
export function signInMessage(identity: EnrolmentIdentity, topic: string, push: PushIdentity): Uint8Array {
  return encodeCheckIn({
    type: 'TokenUpdate',
    identity,
    fields: { Topic: topic, PushMagic: push.magic, Token: push.token, NotOnConsole: false },
    other: {},
  });
}

/** The same hardware with nothing on it that is the device's alone. */
export function stateOfUser(device: DeviceState): DeviceState {
  return { ...device, profiles: new Map(), declarations: new Map(), certificates: new Map() };
}
