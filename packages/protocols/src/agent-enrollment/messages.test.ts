import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { decodeClaims, encodeClaims } from './claims.ts';
import { enrollmentUrl, parseEnrollmentUrl, publicHostOf } from './enrollment-url.ts';
import {
  decodeBegin,
  decodeGrant,
  decodeOffer,
  decodeProof,
  encodeBegin,
  encodeGrant,
  encodeOffer,
  encodeProof,
  enrollmentLimits,
} from './messages.ts';

const sized = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength });
const text = fc.string({ minLength: 1, maxLength: 100 });
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { noNullPrototype: true });
const list = fc.array(sized(1, 50), { minLength: 1, maxLength: 4 });

suite('each message comes back as it was sent', () => {
  test('M1', () => {
    fc.assert(
      fc.property(
        record({ version: fc.constant(1 as const), locator: sized(16), deviceNonce: sized(32) }),
        (message) => assert.deepEqual(decodeBegin(encodeBegin(message)), message),
      ),
    );
  });
  test('M2', () => {
    const offers = record({
      serverNonce: sized(32),
      enrollmentId: text,
      deviceRoot: sized(1, 100),
      tlsAnchors: list,
      csrProfile: text,
      gateway: text,
      expiresAt: fc.maxSafeNat(),
      serverMac: sized(32),
    });
    fc.assert(fc.property(offers, (message) => assert.deepEqual(decodeOffer(encodeOffer(message)), message)));
  });
  test('M3', () => {
    const proofs = record({
      enrollmentId: text,
      csr: sized(1, 300),
      claims: sized(0, 100),
      deviceMac: sized(32),
    });
    fc.assert(fc.property(proofs, (message) => assert.deepEqual(decodeProof(encodeProof(message)), message)));
  });
  test('M4', () => {
    const grants = record({ chain: list, deviceId: text, grantMac: sized(32) });
    fc.assert(fc.property(grants, (message) => assert.deepEqual(decodeGrant(encodeGrant(message)), message)));
  });
});

const begin = {
  v: 1,
  loc: Buffer.alloc(16).toString('base64url'),
  nd: Buffer.alloc(32).toString('base64url'),
};
const read = (json: unknown) => decodeBegin(Buffer.from(JSON.stringify(json)));

test('the wire form of M1 is as the handshake names it', () => {
  assert.deepEqual(read(begin), { version: 1, locator: new Uint8Array(16), deviceNonce: new Uint8Array(32) });
});

test('a message with a missing, extra, mistyped or missized field is refused with its path', () => {
  const cases: readonly [unknown, string][] = [
    [{ ...begin, v: 2 }, '$.v'],
    [{ ...begin, v: '1' }, '$.v'],
    [{ v: 1, loc: begin.loc }, '$.nd'],
    [{ ...begin, loc: 5 }, '$.loc'],
    [{ ...begin, loc: begin.nd }, '$.loc'],
    [{ ...begin, loc: `${begin.loc.slice(0, -1)}=` }, '$.loc'],
    [{ ...begin, loc: `${begin.loc} ` }, '$.loc'],
    [{ ...begin, loc: `${begin.loc.slice(0, -1)}B` }, '$.loc'],
    [{ ...begin, extra: 1 }, '$'],
    [[begin], '$'],
    [null, '$'],
  ];
  for (const [json, path] of cases) {
    assert.throws(
      () => read(json),
      (error) => error instanceof DecodeError && error.path === path,
      JSON.stringify(json),
    );
  }
});

test('HTTP-06 a message cannot carry a prototype', () => {
  const hostile = `{"__proto__":{"polluted":1},"v":1,"loc":"${begin.loc}","nd":"${begin.nd}"}`;
  assert.throws(() => decodeBegin(Buffer.from(hostile)), DecodeError);
  assert.throws(() => decodeClaims(Buffer.from('{"__proto__":"x"}')), DecodeError);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('certificates, lists and whole messages are bounded', () => {
  const grant = (chain: Uint8Array[]) => encodeGrant({ chain, deviceId: 'd', grantMac: new Uint8Array(32) });
  const largest = new Uint8Array(enrollmentLimits.certificateBytes);
  assert.equal(decodeGrant(grant([largest])).chain[0]?.length, largest.length);
  assert.throws(() => decodeGrant(grant([new Uint8Array(largest.length + 1)])), DecodeError);
  assert.equal(decodeGrant(grant(Array(10).fill(Uint8Array.of(1)))).chain.length, 10);
  assert.throws(() => decodeGrant(grant(Array(11).fill(Uint8Array.of(1)))), DecodeError);
  assert.throws(() => decodeGrant(grant([])), DecodeError);
  assert.throws(
    () => decodeGrant(Buffer.alloc(enrollmentLimits.messageBytes + 1, 0x20)),
    /too-large|exceeds/,
  );
});

test('claims are texts under any name, sorted when written, without prototype when read', () => {
  const bytes = encodeClaims({ 'os.name': 'Debian', 'device.model': 'X1' });
  assert.equal(Buffer.from(bytes).toString(), '{"device.model":"X1","os.name":"Debian"}');
  const claims = decodeClaims(bytes);
  assert.deepEqual({ ...claims }, { 'device.model': 'X1', 'os.name': 'Debian' });
  assert.equal(Object.getPrototypeOf(claims), null);
  for (const bad of ['[]', '{"a":1}', '{"a":{}}', 'null', `{"a":"${'x'.repeat(257)}"}`]) {
    assert.throws(() => decodeClaims(Buffer.from(bad)), DecodeError, bad);
  }
});

test('ENR-T07 the enrolment address takes a code only in its fragment', () => {
  assert.equal(
    enrollmentUrl('https://mdm.acme.example:8443/', 'acme'),
    'https://mdm.acme.example:8443/agent/v1/enroll/acme',
  );
  assert.deepEqual(parseEnrollmentUrl('https://MDM.acme.example:8443/agent/v1/enroll/acme#K7QMX-2'), {
    origin: 'https://mdm.acme.example:8443',
    publicHost: 'mdm.acme.example:8443',
    organizationSlug: 'acme',
    codeText: 'K7QMX-2',
  });
  assert.equal(publicHostOf('https://MDM.acme.example:443/'), 'mdm.acme.example');
  for (const bad of [
    'http://mdm.acme.example/agent/v1/enroll/acme',
    'https://mdm.acme.example/agent/v1/enroll/acme?code=K7QMX',
    'https://u:p@mdm.acme.example/agent/v1/enroll/acme',
    'https://mdm.acme.example/agent/v1/enroll/',
    'https://mdm.acme.example/agent/v1/enroll/a/b',
    'https://mdm.acme.example/agent/v1/enroll/acme#%',
    'mdm.acme.example',
  ]) {
    assert.throws(() => parseEnrollmentUrl(bad), DecodeError, bad);
  }
});
