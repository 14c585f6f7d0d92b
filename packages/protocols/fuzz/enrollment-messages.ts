/** The messages of the enrolment handshake; a changed offer, proof or grant must not pass for the genuine one. */
import { deepStrictEqual } from 'node:assert/strict';
import { decodeClaims, encodeClaims } from '../src/agent-enrollment/claims.ts';
import {
  acceptOffer,
  isGrantGenuine,
  isProofGenuine,
  makeGrant,
  makeOffer,
  makeProof,
} from '../src/agent-enrollment/handshake.ts';
import { deriveEnrollmentKeys } from '../src/agent-enrollment/keys.ts';
import {
  decodeBegin,
  decodeGrant,
  decodeOffer,
  decodeProof,
  type EnrollmentBegin,
  encodeBegin,
  encodeGrant,
  encodeOffer,
  encodeProof,
} from '../src/agent-enrollment/messages.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';

const pattern = (size: number, start: number) =>
  Uint8Array.from({ length: size }, (_, index) => (index * 7 + start) & 0xff);

const keys = deriveEnrollmentKeys(
  { bytes: pattern(15, 1) },
  { organizationSlug: 'acme', publicHost: 'mdm.acme.example' },
);
const begin: EnrollmentBegin = { version: 1, locator: keys.locator, deviceNonce: pattern(32, 2) };
const { offer, transcript } = makeOffer(keys.serverKey, begin, {
  serverNonce: pattern(32, 3),
  enrollmentId: '01990000-0000-7000-8000-000000000001',
  deviceRoot: pattern(120, 4),
  tlsAnchors: [pattern(100, 5), pattern(110, 6)],
  csrProfile: 'ec-p256',
  gateway: 'https://mdm.acme.example:8444',
  expiresAt: 1_795_600_000_000,
});
const claims = encodeClaims({ 'device.model': 'X1', 'device.host-name': 'Müller 💻' });
const proof = makeProof(keys.deviceKey, transcript, {
  enrollmentId: offer.enrollmentId,
  csr: pattern(150, 7),
  claims,
});
const grant = makeGrant(keys.serverKey, transcript, proof, {
  chain: [pattern(140, 8), pattern(130, 9)],
  deviceId: 'd',
});

const dictionary = texts(
  '"v"',
  '"loc"',
  '"nd"',
  '"eid"',
  '"csr"',
  '"claims"',
  '"macS"',
  '"macD"',
  '"chain"',
  '"exp"',
  '"tlsAnchors"',

  '"__proto__":',
  '"constructor":{"prototype":{}}',
  'null',
  '[]',
  '{}',
  '1e999',
  '-1',
  '\\u0000',
  '\\ud800',
  '=',
  '\ufeff',
);
const inflate = inflateText('[', ']');

export const enrollmentBegin: FuzzTarget = {
  name: 'enrollment-begin',
  seeds: [encodeBegin(begin)],
  dictionary,
  inflate,
  run: (bytes) => void checkRoundTrip(bytes, decodeBegin, encodeBegin),
};

export const enrollmentOffer: FuzzTarget = {
  name: 'enrollment-offer',
  seeds: [encodeOffer(offer)],
  dictionary,
  inflate,
  run(bytes) {
    const read = checkRoundTrip(bytes, decodeOffer, encodeOffer);
    if (acceptOffer(keys, begin, read) !== undefined)
      deepStrictEqual(read, offer, 'a changed offer was accepted');
  },
};

export const enrollmentProof: FuzzTarget = {
  name: 'enrollment-proof',
  seeds: [encodeProof(proof)],
  dictionary,
  inflate,
  run(bytes) {
    const read = checkRoundTrip(bytes, decodeProof, encodeProof);
    if (!isProofGenuine(keys.deviceKey, transcript, read)) return;
    // The enrolment id only finds the transcript, which holds it too.
    deepStrictEqual(
      { ...read, enrollmentId: '' },
      { ...proof, enrollmentId: '' },
      'a changed proof was accepted',
    );
  },
};

export const enrollmentGrant: FuzzTarget = {
  name: 'enrollment-grant',
  seeds: [encodeGrant(grant)],
  dictionary,
  inflate,
  run(bytes) {
    const read = checkRoundTrip(bytes, decodeGrant, encodeGrant);
    if (!isGrantGenuine(keys.serverKey, transcript, proof, read)) return;
    deepStrictEqual(read.chain[0], grant.chain[0], 'a grant with another leaf was accepted');
  },
};

export const enrollmentClaims: FuzzTarget = {
  name: 'enrollment-claims',
  seeds: [claims, encodeClaims({}), encodeClaims({ a: '', constructor: 'x', toString: 'y' })],
  dictionary,
  inflate,
  run: (bytes) => void checkRoundTrip(bytes, decodeClaims, encodeClaims),
};
