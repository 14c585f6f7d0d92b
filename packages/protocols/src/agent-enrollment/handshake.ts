/**
 * The proofs of the enrolment handshake. Both sides hash M1 and M2 to the same transcript and prove knowledge of the code over
 * it, each with its own key and label, so that a proof can neither be reflected nor moved to another session. Every trusted value
 * of M2 (root, anchors, gateway) is in the transcript: substituting one breaks all three proofs.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { EnrollmentKeys } from './keys.ts';
import { type Field, lengthPrefixed } from './length-prefixed.ts';
import type { EnrollmentBegin, EnrollmentGrant, EnrollmentOffer, EnrollmentProof } from './messages.ts';

/** T1: 32 bytes. The server keeps it with the open enrolment, between M2 and M3. */
export function transcriptOf(begin: EnrollmentBegin, offer: Omit<EnrollmentOffer, 'serverMac'>): Uint8Array {
  const first = lengthPrefixed(begin.version, begin.locator, begin.deviceNonce);
  const second = lengthPrefixed(
    offer.serverNonce,
    offer.enrollmentId,
    offer.deviceRoot,
    offer.tlsAnchors,
    offer.csrProfile,
    offer.gateway,
    offer.expiresAt,
  );
  return sha256(lengthPrefixed(first, second));
}

export function makeOffer(
  serverKey: Uint8Array,
  begin: EnrollmentBegin,
  content: Omit<EnrollmentOffer, 'serverMac'>,
): { readonly offer: EnrollmentOffer; readonly transcript: Uint8Array } {
  const transcript = transcriptOf(begin, content);
  return { offer: { ...content, serverMac: macOf(serverKey, 'M2', transcript) }, transcript };
}

/** The device's check of M2. Undefined means: this is not the server that issued the code. Stop, keep nothing. */
export function acceptOffer(
  keys: EnrollmentKeys,
  begin: EnrollmentBegin,
  offer: EnrollmentOffer,
): { readonly transcript: Uint8Array } | undefined {
  const transcript = transcriptOf(begin, offer);
  return isEqual(offer.serverMac, macOf(keys.serverKey, 'M2', transcript)) ? { transcript } : undefined;
}

export function makeProof(
  deviceKey: Uint8Array,
  transcript: Uint8Array,
  content: Omit<EnrollmentProof, 'deviceMac'>,
): EnrollmentProof {
  return { ...content, deviceMac: deviceMacOf(deviceKey, transcript, content) };
}

/** The server's check of M3: the sender knows the code and saw this very offer. */
export function isProofGenuine(
  deviceKey: Uint8Array,
  transcript: Uint8Array,
  proof: EnrollmentProof,
): boolean {
  return isEqual(proof.deviceMac, deviceMacOf(deviceKey, transcript, proof));
}

function deviceMacOf(
  deviceKey: Uint8Array,
  transcript: Uint8Array,
  content: Omit<EnrollmentProof, 'deviceMac'>,
) {
  return macOf(deviceKey, 'M3', transcript, sha256(content.csr), sha256(content.claims));
}

export function makeGrant(
  serverKey: Uint8Array,
  transcript: Uint8Array,
  proof: EnrollmentProof,
  content: Omit<EnrollmentGrant, 'grantMac'>,
): EnrollmentGrant {
  return { ...content, grantMac: grantMacOf(serverKey, transcript, proof, content) };
}

/**
 * The device's check of M4. It covers the leaf; that the chain leads to the offered device root, that the leaf holds the device's own
 * key and that it names `deviceId` are for the caller to check with `verifyPath` and `findDeviceId`.
 */
export function isGrantGenuine(
  serverKey: Uint8Array,
  transcript: Uint8Array,
  proof: EnrollmentProof,
  grant: EnrollmentGrant,
): boolean {
  return isEqual(grant.grantMac, grantMacOf(serverKey, transcript, proof, grant));
}

function grantMacOf(
  serverKey: Uint8Array,
  transcript: Uint8Array,
  proof: EnrollmentProof,
  content: Omit<EnrollmentGrant, 'grantMac'>,
) {
  return macOf(serverKey, 'M4', transcript, proof.deviceMac, sha256(content.chain[0] ?? new Uint8Array()));
}

function macOf(key: Uint8Array, label: string, ...fields: readonly Field[]): Uint8Array {
  return new Uint8Array(
    createHmac('sha256', key)
      .update(lengthPrefixed(label, ...fields))
      .digest(),
  );
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** Constant time in the content; the length of a MAC is no secret. */
function isEqual(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
