/** CMS against OpenSSL as the second implementation, in both directions, and against what must not pass. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { encodePem } from '../x509/pem.ts';
import { newDeviceCertificate, newIssuing, newKey, newRoot } from '../x509/test-authority.ts';
import { openssl } from '../x509/test-openssl.ts';
import {
  certificatesOnly,
  type DigestName,
  envelope,
  openEnvelope,
  parseSignedData,
  signAttached,
  signDetached,
  verifyAttached,
  verifyDetached,
} from './index.ts';

const issuing = newIssuing(newRoot());
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const keys: readonly (readonly [string, KeyObject])[] = [
  ['RSA-2048', rsaKey],
  ['P-256', newKey()],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
];
const content = Buffer.from('<plist><dict><key>Status</key><string>Idle</string></dict></plist>');
const rsaCertificate = newDeviceCertificate(issuing, rsaKey);

function files(key: KeyObject, certificate: Uint8Array) {
  return {
    'key.pem': key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    'cert.pem': encodePem('CERTIFICATE', certificate),
    'issuer.pem': encodePem('CERTIFICATE', issuing.certificate.der),
    content,
  };
}

for (const [name, key] of keys) {
  const certificate = newDeviceCertificate(issuing, key);

  test(`a ${name} signature by us verifies in OpenSSL, detached and attached`, () => {
    const chain = [issuing.certificate.der];
    const signed = { content, certificate: certificate.der, key, chain, signingTime: new Date() };
    const detached = signDetached(signed);
    const given = { ...files(key, certificate.der), detached, attached: signAttached(signed) };
    const verify = ['cms', '-verify', '-binary', '-noverify', '-inform', 'DER'];
    assert.deepEqual(openssl(given, ...verify, '-in', 'detached', '-content', 'content'), content);
    assert.deepEqual(openssl(given, ...verify, '-in', 'attached'), content);
  });

  test(`a ${name} signature by OpenSSL verifies here, detached and attached, streamed in BER too`, () => {
    const given = files(key, certificate.der);
    const sign = [
      'cms',
      '-sign',
      '-binary',
      '-outform',
      'DER',
      '-signer',
      'cert.pem',
      '-inkey',
      'key.pem',
      '-md',
      'sha256',
    ];
    const detached = openssl(given, ...sign, '-in', 'content', '-certfile', 'issuer.pem');
    const found = verifyDetached(detached, content);
    assert.deepEqual(Buffer.from(found.certificate), Buffer.from(certificate.der));
    assert.equal(found.fingerprint, certificate.fingerprint);
    assert.equal(found.certificates.length, 2);
    assert.equal(found.digest, 'sha256');
    assert.ok(Math.abs((found.signingTime?.getTime() ?? 0) - Date.now()) < 60_000);
    const attached = openssl(given, ...sign, '-in', 'content', '-nodetach');
    assert.deepEqual(Buffer.from(verifyAttached(attached).content), content);
    const streamed = openssl(given, ...sign, '-in', 'content', '-nodetach', '-stream');
    assert.equal(streamed[1], 0x80, 'OpenSSL streams with indefinite lengths');
    assert.deepEqual(Buffer.from(verifyAttached(streamed).content), content);
    const byKeyIdentifier = openssl(given, ...sign, '-in', 'content', '-keyid');
    assert.equal(verifyDetached(byKeyIdentifier, content).fingerprint, certificate.fingerprint);
  });
}

test('a message of the old openssl smime verifies here', () => {
  const sign = [
    'smime',
    '-sign',
    '-binary',
    '-outform',
    'DER',
    '-signer',
    'cert.pem',
    '-inkey',
    'key.pem',
    '-in',
    'content',
  ];
  const signed = openssl(files(rsaKey, rsaCertificate.der), ...sign, '-nodetach');
  assert.deepEqual(Buffer.from(verifyAttached(signed).content), content);
});

test('a signature over nothing at all verifies: an asset is asked for with an empty body', () => {
  const signature = signDetached({ content: new Uint8Array(), certificate: rsaCertificate.der, key: rsaKey });
  const found = verifyDetached(signature, new Uint8Array());
  assert.equal(found.fingerprint, rsaCertificate.fingerprint);
  assert.equal(found.signingTime, undefined);
});

test('certificates alone are read by OpenSSL, and here', () => {
  const bag = certificatesOnly([rsaCertificate.der, issuing.certificate.der]);
  const printed = openssl({ bag }, 'pkcs7', '-inform', 'DER', '-in', 'bag', '-print_certs').toString();
  assert.equal(printed.match(/BEGIN CERTIFICATE/g)?.length, 2);
  const parts = parseSignedData(bag);
  assert.deepEqual(
    parts.certificates.map((der) => Buffer.from(der)),
    [Buffer.from(rsaCertificate.der), Buffer.from(issuing.certificate.der)],
  );
  assert.equal(parts.signer, undefined);
});

for (const cipher of ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'] as const) {
  test(`an envelope under ${cipher} opens in OpenSSL, and one of OpenSSL here`, () => {
    const given = files(rsaKey, rsaCertificate.der);
    const ours = envelope({ content, recipient: rsaCertificate.der, cipher });
    const decrypt = ['cms', '-decrypt', '-inform', 'DER', '-recip', 'cert.pem', '-inkey', 'key.pem', '-in'];
    assert.deepEqual(openssl({ ...given, ours }, ...decrypt, 'ours'), content);
    const option =
      cipher === 'des-ede3-cbc'
        ? '-des3'
        : `-${cipher.replace('-cbc', '').replace('-', '').replace('-', '')}`;
    const opener = { certificate: rsaCertificate.der, key: rsaKey, allowed: [cipher] };
    for (const form of [[], ['-stream']]) {
      const encrypt = [
        'cms',
        '-encrypt',
        '-binary',
        '-outform',
        'DER',
        option,
        '-in',
        'content',
        ...form,
        'cert.pem',
      ];
      assert.deepEqual(Buffer.from(openEnvelope(openssl(given, ...encrypt), opener)), content);
    }
  });
}

test('an envelope round trip keeps every length of content', () => {
  for (let length = 0; length <= 50; length++) {
    const bytes = randomBytes(length);
    const opened = openEnvelope(envelope({ content: bytes, recipient: rsaCertificate.der }), {
      certificate: rsaCertificate.der,
      key: rsaKey,
    });
    assert.deepEqual(Buffer.from(opened), bytes);
  }
});

test('any content survives signing and verifying', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.constantFrom<DigestName>('sha256', 'sha384', 'sha512'),
      (bytes, digest) => {
        const signed = { content: bytes, certificate: rsaCertificate.der, key: rsaKey, digest };
        assert.deepEqual(Buffer.from(verifyAttached(signAttached(signed)).content), Buffer.from(bytes));
        assert.equal(verifyDetached(signDetached(signed), bytes).digest, digest);
      },
    ),
    { numRuns: 30 },
  );
});

test('altered messages throw DecodeError and nothing else', () => {
  const signed = { content, certificate: rsaCertificate.der, key: rsaKey, signingTime: new Date() };
  const opener = { certificate: rsaCertificate.der, key: rsaKey };
  const readers: readonly (readonly [Uint8Array, (bytes: Uint8Array) => unknown])[] = [
    [signAttached(signed), (bytes) => verifyAttached(bytes)],
    [signDetached(signed), (bytes) => verifyDetached(bytes, content)],
    [envelope({ content, recipient: rsaCertificate.der }), (bytes) => openEnvelope(bytes, opener)],
  ];
  for (const [bytes, read] of readers) {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(3), (at, value, how) => {
        const copy = Uint8Array.from(bytes);
        copy[at] = value;
        const altered =
          how === 0 ? copy.subarray(0, at) : how === 1 ? Buffer.concat([copy, Buffer.alloc(at)]) : copy;
        try {
          read(altered);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  }
});
