/**
 * Key derivation of the enrolment handshake: from the code, and from what it is good for, come a public locator and two
 * independent MAC keys. Nothing is ever encrypted under the code, so a recorded exchange gives nothing to guess against but
 * 120 random bits.
 */
import { createHash, hkdfSync } from 'node:crypto';
import type { EnrollmentCode } from './code.ts';
import { lengthPrefixed } from './length-prefixed.ts';

/** Where a code is valid. A code tried at another tenant or host gives other keys. */
export interface EnrollmentScope {
  readonly organizationSlug: string;
  /** Host and, unless 443, port of the public address, in lower case: `mdm.acme.example:8443`. */
  readonly publicHost: string;
}

export interface EnrollmentKeys {
  /** 16 bytes that name the enrolment to the server without proving anything. */
  readonly locator: Uint8Array;
  /** The server proves with it that it knows the code. */
  readonly serverKey: Uint8Array;
  /** The device proves with it that it knows the code. */
  readonly deviceKey: Uint8Array;
}

export function deriveEnrollmentKeys(code: EnrollmentCode, scope: EnrollmentScope): EnrollmentKeys {
  const salt = createHash('sha256')
    .update(lengthPrefixed('gh-enrol-1', scope.organizationSlug, scope.publicHost))
    .digest();
  const expand = (label: string, size: number) =>
    new Uint8Array(hkdfSync('sha256', code.bytes, salt, label, size));
  return { locator: expand('locator', 16), serverKey: expand('server', 32), deviceKey: expand('device', 32) };
}
