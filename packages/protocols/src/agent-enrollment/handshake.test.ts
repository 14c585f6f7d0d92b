import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { formatEnrollmentCode, newEnrollmentCode, parseEnrollmentCode } from './code.ts';
import {
  acceptOffer,
  isGrantGenuine,
  isProofGenuine,
  makeGrant,
  makeOffer,
  makeProof,
  transcriptOf,
} from './handshake.ts';
import { deriveEnrollmentKeys } from './keys.ts';
import type { EnrollmentBegin, EnrollmentOffer } from './messages.ts';

interface Vector {
  readonly name: string;
  readonly code: string;
  readonly codeText: string;
  readonly organizationSlug: string;
  readonly publicHost: string;
  readonly locator: string;
  readonly serverKey: string;
  readonly deviceKey: string;
  readonly deviceNonce: string;
  readonly serverNonce: string;
  readonly enrollmentId: string;
  readonly deviceRoot: string;
  readonly tlsAnchors: readonly string[];
  readonly csrProfile: string;
  readonly gateway: string;
  readonly expiresAt: number;
  readonly csr: string;
  readonly claims: string;
  readonly chain: readonly string[];
  readonly transcript: string;
  readonly serverMac: string;
  readonly deviceMac: string;
  readonly grantMac: string;
}

const file = new URL('testdata/handshake-vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] };

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');

suite('section 3.4: the handshake as computed by an independent program', () => {
  for (const vector of vectors) {
    test(vector.name, () => {
      const code = { bytes: bytes(vector.code) };
      assert.equal(formatEnrollmentCode(code), vector.codeText);
      assert.equal(hex(parseEnrollmentCode(vector.codeText).bytes), vector.code);
      const keys = deriveEnrollmentKeys(code, vector);
      assert.equal(hex(keys.locator), vector.locator);
      assert.equal(hex(keys.serverKey), vector.serverKey);
      assert.equal(hex(keys.deviceKey), vector.deviceKey);
      const begin: EnrollmentBegin = {
        version: 1,
        locator: keys.locator,
        deviceNonce: bytes(vector.deviceNonce),
      };
      const { offer, transcript } = makeOffer(keys.serverKey, begin, {
        serverNonce: bytes(vector.serverNonce),
        enrollmentId: vector.enrollmentId,
        deviceRoot: bytes(vector.deviceRoot),
        tlsAnchors: vector.tlsAnchors.map(bytes),
        csrProfile: vector.csrProfile,
        gateway: vector.gateway,
        expiresAt: vector.expiresAt,
      });
      assert.equal(hex(transcript), vector.transcript);
      assert.equal(hex(offer.serverMac), vector.serverMac);
      const proof = makeProof(keys.deviceKey, transcript, {
        enrollmentId: vector.enrollmentId,
        csr: bytes(vector.csr),
        claims: new TextEncoder().encode(vector.claims),
      });
      assert.equal(hex(proof.deviceMac), vector.deviceMac);
      const grant = makeGrant(keys.serverKey, transcript, proof, {
        chain: vector.chain.map(bytes),
        deviceId: 'd',
      });
      assert.equal(hex(grant.grantMac), vector.grantMac);
    });
  }
});

const scope = { organizationSlug: 'acme', publicHost: 'mdm.acme.example:8443' };
const keys = deriveEnrollmentKeys(newEnrollmentCode(randomBytes), scope);
const begin: EnrollmentBegin = { version: 1, locator: keys.locator, deviceNonce: randomBytes(32) };
const { offer, transcript } = makeOffer(keys.serverKey, begin, {
  serverNonce: randomBytes(32),
  enrollmentId: 'e1',
  deviceRoot: randomBytes(300),
  tlsAnchors: [randomBytes(200), randomBytes(210)],
  csrProfile: 'ec-p256',
  gateway: 'https://mdm.acme.example:8444',
  expiresAt: 1_795_600_000_000,
});
const proof = makeProof(keys.deviceKey, transcript, {
  enrollmentId: 'e1',
  csr: randomBytes(300),
  claims: randomBytes(20),
});
const grant = makeGrant(keys.serverKey, transcript, proof, { chain: [randomBytes(400)], deviceId: 'd1' });

test('both sides accept each other over the same transcript', () => {
  assert.deepEqual(acceptOffer(keys, begin, offer)?.transcript, transcript);
  assert.ok(isProofGenuine(keys.deviceKey, transcript, proof));
  assert.ok(isGrantGenuine(keys.serverKey, transcript, proof, grant));
});

suite('ENR-T03 an offer with any field substituted is refused and changes the transcript', () => {
  const changes: { readonly [F in keyof EnrollmentOffer]: EnrollmentOffer[F] } = {
    serverNonce: randomBytes(32),
    enrollmentId: 'e2',
    deviceRoot: randomBytes(300),
    tlsAnchors: [randomBytes(200)],
    csrProfile: 'rsa-1024',
    gateway: 'https://evil.example',
    expiresAt: offer.expiresAt + 1,
    serverMac: randomBytes(32),
  };
  for (const field of Object.keys(changes) as (keyof EnrollmentOffer)[]) {
    test(`ENR-T03 ${field}`, () => {
      const changed = { ...offer, [field]: changes[field] };
      assert.equal(acceptOffer(keys, begin, changed), undefined);
      if (field !== 'serverMac') assert.notDeepEqual(transcriptOf(begin, changed), transcript);
    });
  }
  test('ENR-T03 the root moved among the anchors', () => {
    const [first, second] = offer.tlsAnchors;
    const moved = {
      ...offer,
      deviceRoot: first as Uint8Array,
      tlsAnchors: [offer.deviceRoot, second as Uint8Array],
    };
    assert.equal(acceptOffer(keys, begin, moved), undefined);
  });
  test('ENR-T03 bytes moved from one anchor to the next', () => {
    const joined = Buffer.concat([...offer.tlsAnchors]);
    assert.equal(
      acceptOffer(keys, begin, { ...offer, tlsAnchors: [joined.subarray(0, 201), joined.subarray(201)] }),
      undefined,
    );
    assert.equal(acceptOffer(keys, begin, { ...offer, tlsAnchors: [joined] }), undefined);
  });
});

test('ENR-T03 the proof of another code, tenant or host does not make an offer', () => {
  const code = newEnrollmentCode(randomBytes);
  const own = deriveEnrollmentKeys(code, scope);
  const others = [
    deriveEnrollmentKeys(newEnrollmentCode(randomBytes), scope),
    deriveEnrollmentKeys(code, { ...scope, organizationSlug: 'other' }),
    deriveEnrollmentKeys(code, { ...scope, publicHost: 'evil.example' }),
    deriveEnrollmentKeys(code, { organizationSlug: 'acmemdm', publicHost: '.acme.example:8443' }),
  ];
  for (const other of others) {
    assert.notDeepEqual(other.locator, own.locator);
    const forged = makeOffer(other.serverKey, begin, offer).offer;
    assert.equal(acceptOffer(own, begin, forged), undefined);
  }
});

test('ENR-T03 a proof sent back to its maker, or used for another message, is refused', () => {
  assert.equal(acceptOffer(keys, begin, { ...offer, serverMac: proof.deviceMac }), undefined);
  assert.equal(acceptOffer(keys, begin, { ...offer, serverMac: grant.grantMac }), undefined);
  assert.ok(!isGrantGenuine(keys.serverKey, transcript, proof, { ...grant, grantMac: proof.deviceMac }));
  assert.ok(!isGrantGenuine(keys.serverKey, transcript, proof, { ...grant, grantMac: offer.serverMac }));
  assert.ok(!isProofGenuine(keys.deviceKey, transcript, { ...proof, deviceMac: offer.serverMac }));
  assert.ok(
    !isProofGenuine(keys.deviceKey, transcript, {
      ...proof,
      deviceMac: makeProof(keys.serverKey, transcript, proof).deviceMac,
    }),
  );
});

test('ENR-T04 a proof replayed in another session, or moved to another request, is refused', () => {
  const later = makeOffer(keys.serverKey, { ...begin, deviceNonce: randomBytes(32) }, offer).transcript;
  assert.ok(!isProofGenuine(keys.deviceKey, later, proof));
  const laterServer = makeOffer(keys.serverKey, begin, { ...offer, serverNonce: randomBytes(32) }).transcript;
  assert.ok(!isProofGenuine(keys.deviceKey, laterServer, proof));
  assert.ok(!isProofGenuine(keys.deviceKey, transcript, { ...proof, csr: randomBytes(300) }));
  assert.ok(!isProofGenuine(keys.deviceKey, transcript, { ...proof, claims: randomBytes(20) }));
  const joined = Buffer.concat([proof.csr, proof.claims]);
  assert.ok(
    !isProofGenuine(keys.deviceKey, transcript, {
      ...proof,
      csr: joined.subarray(0, 301),
      claims: joined.subarray(301),
    }),
  );
});

test('a grant for another leaf or another proof is refused', () => {
  assert.ok(!isGrantGenuine(keys.serverKey, transcript, proof, { ...grant, chain: [randomBytes(400)] }));
  assert.ok(!isGrantGenuine(keys.serverKey, transcript, { ...proof, deviceMac: randomBytes(32) }, grant));
  assert.ok(!isGrantGenuine(keys.deviceKey, transcript, proof, grant));
});

test('a proof of the wrong length is refused, not an exception', () => {
  for (const size of [0, 16, 31, 33]) {
    assert.ok(!isProofGenuine(keys.deviceKey, transcript, { ...proof, deviceMac: new Uint8Array(size) }));
  }
});
