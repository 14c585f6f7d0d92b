/** The protocol versions, oldest first, and which of two is newer. */
import { DecodeError } from '../decode-error.ts';

export const protocolVersions = ['2.5', '12.0', '12.1', '14.0', '14.1', '16.0', '16.1'] as const;
export type ProtocolVersion = (typeof protocolVersions)[number];

export function isProtocolVersion(text: string): text is ProtocolVersion {
  return protocolVersions.some((version) => version === text);
}

export function isAtLeast(version: ProtocolVersion, since: ProtocolVersion): boolean {
  return protocolVersions.indexOf(version) >= protocolVersions.indexOf(since);
}

/** From 14.0 on a refusal is a Status inside the answer; before, it is the HTTP status (MS-ASCMD section 2.2.2). */
export function saysStatusInside(version: ProtocolVersion): boolean {
  return isAtLeast(version, '14.0');
}

/** Of the first byte of the base64 query: the version times ten, from 12.1 on (MS-ASHTTP section 2.2.1.1.1.1.1). */
export function versionFromByte(byte: number): ProtocolVersion {
  const found = protocolVersions.find((version) => versionByte(version) === byte);
  if (found === undefined || !isAtLeast(found, '12.1'))
    throw new DecodeError(`version byte ${byte} is none of the base64 query`, {
      offset: 0,
      path: 'version',
      reason: 'unsupported-version',
    });
  return found;
}

export function versionByte(version: ProtocolVersion): number {
  return Number(version.replace('.', ''));
}
