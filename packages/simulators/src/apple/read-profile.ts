/** A configuration profile as a device takes it: signed or plain, its payloads checked for what every payload must have. */
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import { isDictionary, type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { ProfileRefused } from './carry-out.ts';
import type { DeviceState } from './device-state.ts';
import { type ChannelKind, profileProblem } from './schema-check.ts';

export interface Profile {
  readonly identifier: string;
  readonly uuid: string;
  readonly displayName: string;
  readonly removalDisallowed: boolean;
  readonly payloads: readonly PlistDictionary[];
  readonly isSigned: boolean;
  /** The whole of it, without its signature. */
  readonly plain: PlistDictionary;
}

/** @throws ProfileRefused */
export function readProfile(bytes: Uint8Array): Profile {
  try {
    const isSigned = bytes[0] === 0x30;
    const plain = isSigned ? verifyAttached(bytes, { maxBytes: 8 * 1024 * 1024 }).content : bytes;
    const profile = readPlist(plain);
    if (!isDictionary(profile) || profile.PayloadType !== 'Configuration')
      throw new ProfileRefused('This is not a configuration profile.');
    const { PayloadContent: content } = profile;
    const payloads = Array.isArray(content) ? content.filter((payload) => isDictionary(payload)) : [];
    for (const each of [profile, ...payloads]) requireIdentity(each);
    const uuids = new Set(payloads.map(({ PayloadUUID }) => PayloadUUID));
    if (uuids.size !== payloads.length) throw new ProfileRefused('Two payloads have the same PayloadUUID.');
    return {
      identifier: String(profile.PayloadIdentifier),
      uuid: String(profile.PayloadUUID),
      displayName: typeof profile.PayloadDisplayName === 'string' ? profile.PayloadDisplayName : '',
      removalDisallowed: profile.PayloadRemovalDisallowed === true,
      payloads,
      isSigned,
      plain: profile,
    };
  } catch (error) {
    if (error instanceof DecodeError)
      throw new ProfileRefused(`The profile cannot be read: ${error.message}`);
    throw error;
  }
}

function requireIdentity(payload: PlistDictionary): void {
  for (const key of ['PayloadType', 'PayloadIdentifier', 'PayloadUUID']) {
    if (typeof payload[key] !== 'string' || payload[key] === '')
      throw new ProfileRefused(`A payload has no ${key}.`);
  }
  if (payload.PayloadVersion !== 1) throw new ProfileRefused('A payload has no PayloadVersion of 1.');
}

/** The payload of a type, when the profile has exactly one. */
export function onePayload({ payloads }: Profile, type: string): PlistDictionary | undefined {
  const found = payloads.filter(({ PayloadType }) => PayloadType === type);
  if (found.length > 1) throw new ProfileRefused(`The profile has ${found.length} payloads ${type}.`);
  return found[0];
}

/** Refused for what this device would not take. @throws ProfileRefused */
export function requireUsable({ plain }: Profile, device: DeviceState, channel: ChannelKind): void {
  const problem = profileProblem(plain, device, channel);
  if (problem !== undefined) throw new ProfileRefused(`The profile is not usable: ${problem}.`);
}
