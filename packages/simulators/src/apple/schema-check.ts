/** What a device of this system and state would refuse by Apple’s schema: profiles, declarations, commands. */
import {
  type Problem,
  type Target,
  validateCommand,
  validateDeclaration,
  validateProfile,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { AppleCommand } from '@gatehouse/protocols/apple-mdm/index.ts';
import { isDictionary, type PlistDictionary, type PlistValue } from '@gatehouse/protocols/plist/index.ts';
import type { Declaration, DeviceState } from './device-state.ts';

export type ChannelKind = 'device' | 'user';

function targetOf(device: DeviceState, channel: ChannelKind): Target {
  const { systemName } = device.model;
  return {
    platform: systemName === 'iPadOS' ? 'iOS' : systemName,
    osVersion: device.systemVersion,
    supervised: device.supervised,
    enrollmentKind: device.automated ? 'automated' : 'device',
    channel,
  };
}

function firstError(problems: readonly Problem[]): string | undefined {
  const found = problems.find(({ severity }) => severity === 'error');
  return found && `${found.path} ${found.problem}`;
}

export function profileProblem(
  profile: PlistDictionary,
  device: DeviceState,
  channel: ChannelKind,
): string | undefined {
  return firstError(validateProfile(profile, targetOf(device, channel))) ?? danglingReference(profile);
}

export function commandProblem(
  { requestType, payload }: AppleCommand,
  device: DeviceState,
  channel: ChannelKind,
): string | undefined {
  const problems = validateCommand({ ...payload, RequestType: requestType }, targetOf(device, channel));
  // Devices leave out what they have no answer to.
  return firstError(problems.filter(({ path }) => !path.startsWith('$.Queries[')));
}

export function declarationProblem(
  { type, identifier, serverToken, payload }: Declaration,
  device: DeviceState,
  channel: ChannelKind,
): string | undefined {
  const whole = { Type: type, Identifier: identifier, ServerToken: serverToken, Payload: payload };
  return firstError(validateDeclaration(whole as PlistDictionary, targetOf(device, channel)));
}

/** Certificates are named by the UUID of their payload, which must be in the same profile. */
function danglingReference(profile: PlistDictionary): string | undefined {
  const payloads = Array.isArray(profile.PayloadContent) ? (profile.PayloadContent as PlistValue[]) : [];
  const here = new Set(payloads.map((payload) => (isDictionary(payload) ? payload.PayloadUUID : undefined)));
  const look = (value: PlistValue): string | undefined => {
    if (Array.isArray(value)) return first(value as readonly PlistValue[], look);
    if (!isDictionary(value)) return undefined;
    return first(Object.entries(value), ([key, inner]) => {
      if (!/(?:Certificate|Cert|CertificateAnchor|CertPayload)UUID$/.test(key)) return look(inner);
      const named = Array.isArray(inner) ? (inner as readonly PlistValue[]) : [inner];
      const missing = named.find((uuid) => !here.has(uuid));
      return missing === undefined ? undefined : `${key} names no payload of this profile`;
    });
  };
  return look(payloads);
}

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
