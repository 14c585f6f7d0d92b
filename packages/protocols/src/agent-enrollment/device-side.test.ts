import assert from 'node:assert/strict';
import { type KeyObject, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { decodePem, parseCertificate, parseCertificateRequest } from '../x509/index.ts';
import {
  day,
  deviceId,
  issuedAt,
  newDeviceCertificate,
  newIssuing,
  newKey,
  newRoot,
} from '../x509/test-authority.ts';
import { type EnrollmentCode, formatEnrollmentCode, newEnrollmentCode } from './code.ts';
import { DeviceEnrollment } from './device-side.ts';
import { isProofGenuine, makeGrant, makeOffer } from './handshake.ts';
import { deriveEnrollmentKeys } from './keys.ts';
import { decodeBegin, decodeProof, encodeGrant, encodeOffer } from './messages.ts';

const root = newRoot();
const issuing = newIssuing(root);
const scope = { organizationSlug: 'acme', publicHost: 'mdm.acme.example:8443' };
const url = 'https://mdm.acme.example:8443/agent/v1/enroll/acme';
const now = issuedAt + day;

/** The server's half, as the enrolment module plays it, with anything made wrong. */
function server(
  code: EnrollmentCode,
  wrong: { readonly key?: KeyObject; readonly chain?: readonly Uint8Array[]; readonly name?: string } = {},
) {
  const keys = deriveEnrollmentKeys(code, scope);
  let transcript: Uint8Array;
  return {
    offer(m1: Uint8Array): Uint8Array {
      const made = makeOffer(keys.serverKey, decodeBegin(m1), {
        serverNonce: randomBytes(32),
        enrollmentId: 'e1',
        deviceRoot: root.certificate.der,
        tlsAnchors: [root.certificate.der],
        csrProfile: 'ec-p256',
        gateway: 'https://mdm.acme.example:8444',
        expiresAt: now + day,
      });
      transcript = made.transcript;
      return encodeOffer(made.offer);
    },
    grant(m3: Uint8Array, deviceKey: KeyObject): Uint8Array {
      const proof = decodeProof(m3);
      assert.ok(isProofGenuine(keys.deviceKey, transcript, proof));
      parseCertificateRequest(proof.csr);
      const leaf = newDeviceCertificate(issuing, wrong.key ?? deviceKey).der;
      const chain = wrong.chain ?? [leaf, issuing.certificate.der];
      return encodeGrant(
        makeGrant(keys.serverKey, transcript, proof, { chain, deviceId: wrong.name ?? deviceId }),
      );
    },
  };
}

function device(code: EnrollmentCode) {
  return new DeviceEnrollment({ url, codeText: formatEnrollmentCode(code), randomBytes });
}

const refusedBecause = (reason: string) => (error: unknown) =>
  error instanceof DecodeError && error.reason === reason;

test('OTA-05, OTA-06, OTA-08: both halves meet and the device holds an identity of the organization', () => {
  const code = newEnrollmentCode(randomBytes);
  const [one, other] = [device(code), server(code)];
  const key = newKey();
  const trust = one.acceptOffer(other.offer(one.beginMessage()));
  assert.equal(trust.gateway, 'https://mdm.acme.example:8444');
  assert.deepEqual(
    decodePem('CERTIFICATE', trust.deviceRoot).map((der) => parseCertificate(der).fingerprint),
    [root.certificate.fingerprint],
  );
  const identity = one.acceptGrant(other.grant(one.proofMessage(key, { 'device.model': 'X' }), key), now);
  assert.equal(identity.deviceId, deviceId);
  assert.equal(identity.chain.length, 2);
  assert.equal(identity.notAfter, issuedAt + 90 * day);
});

test('ENR-T03 a server that does not know the code gets nothing but a nonce', () => {
  const one = device(newEnrollmentCode(randomBytes));
  const rogue = server(newEnrollmentCode(randomBytes));
  assert.throws(() => one.acceptOffer(rogue.offer(one.beginMessage())), refusedBecause('server-not-genuine'));
  assert.throws(() => one.proofMessage(newKey(), {}), TypeError);
});

test('ENR-T03 a certificate for another key, of another root, or naming another device is refused', () => {
  const strangers = newIssuing(newRoot('Acme device root'));
  const cases: readonly (readonly [Parameters<typeof server>[1], string])[] = [
    [{ key: newKey() }, 'wrong-certificate'],
    [{ chain: [newDeviceCertificate(strangers).der, strangers.certificate.der] }, 'wrong-certificate'],
    [{ chain: [issuing.certificate.der] }, 'wrong-certificate'],
    [{ name: '01890a5d-ac96-774b-bcce-b302099a8058' }, 'wrong-certificate'],
  ];
  for (const [wrong, reason] of cases) {
    const code = newEnrollmentCode(randomBytes);
    const [one, other] = [device(code), server(code, wrong)];
    const key = newKey();
    one.acceptOffer(other.offer(one.beginMessage()));
    const m4 = other.grant(one.proofMessage(key, {}), key);
    assert.throws(() => one.acceptGrant(m4, now), refusedBecause(reason));
  }
});

test('ENR-T03 a grant of another session with the same code is refused', () => {
  const code = newEnrollmentCode(randomBytes);
  const key = newKey();
  const [first, second] = [device(code), device(code)];
  const [one, other] = [server(code), server(code)];
  first.acceptOffer(one.offer(first.beginMessage()));
  second.acceptOffer(other.offer(second.beginMessage()));
  const grant = one.grant(first.proofMessage(key, {}), key);
  second.proofMessage(key, {});
  assert.throws(() => second.acceptGrant(grant, now), refusedBecause('grant-not-genuine'));
});

test('erasing leaves no key behind that could still judge an offer', () => {
  const code = newEnrollmentCode(randomBytes);
  const one = device(code);
  const offer = server(code).offer(one.beginMessage());
  one.erase();
  assert.throws(() => one.acceptOffer(offer), refusedBecause('server-not-genuine'));
});
