import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { signerFor } from './algorithms.ts';
import { buildCertificate, newSerial } from './build-certificate.ts';
import {
  buildCertificateRequest,
  certificateRequestLimits,
  parseCertificateRequest,
} from './certificate-request.ts';
import { deviceIdentityNames, findDeviceId } from './device-identity.ts';
import { openssl } from './test-openssl.ts';
import { parseCertificate } from './parse-certificate.ts';
import { day, deviceId, issuedAt, newIssuing, newKey, newRoot, spkiOf } from './test-authority.ts';

function reasonOf(der: Uint8Array): string {
  try {
    parseCertificateRequest(der);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return `${error.reason}: ${error.message}`;
  }
  return 'accepted';
}

function requestFor(key: string): Buffer {
  return openssl({ 'k.pem': key }, 'req', '-new', '-key', 'k.pem', '-subj', '/CN=x', '-outform', 'DER');
}

function rsaKey(bits: number, exponent: number): string {
  return openssl(
    {},
    'genpkey',
    '-algorithm',
    'RSA',
    '-pkeyopt',
    `rsa_keygen_bits:${bits}`,
    '-pkeyopt',
    `rsa_keygen_pubexp:${exponent}`,
  ).toString();
}

function ecKey(curve: string): string {
  return openssl({}, 'ecparam', '-name', curve, '-genkey', '-noout').toString();
}

test('OpenSSL verifies a request of ours, and ours reads its key', () => {
  const key = newKey();
  const der = buildCertificateRequest(key, { commonName: 'pending' });
  const text = openssl(
    { 'r.der': der },
    'req',
    '-inform',
    'DER',
    '-in',
    'r.der',
    '-verify',
    '-noout',
    '-text',
  ).toString();
  assert.match(text, /Subject: CN = pending/);
  const facts = parseCertificateRequest(der);
  assert.equal(facts.curve, 'P-256');
  assert.deepEqual(Buffer.from(facts.spki), spkiOf(key));
});

test('requests made by OpenSSL with good keys are accepted', () => {
  assert.equal(parseCertificateRequest(requestFor(ecKey('secp384r1'))).curve, 'P-384');
  const rsa = parseCertificateRequest(requestFor(rsaKey(2048, 65537)));
  assert.deepEqual([rsa.kind, rsa.bits, rsa.exponent], ['rsa', 2048, 65537]);
});

suite('ENR-T06 weak keys are refused by name', () => {
  const cases: readonly [string, () => string, RegExp][] = [
    ['RSA 1024', () => rsaKey(1024, 65537), /weak-key: RSA key of 1024 bits is too short/],
    ['RSA 2047', () => rsaKey(2047, 65537), /weak-key: RSA key of 2047 bits is too short/],
    ['RSA exponent 3', () => rsaKey(2048, 3), /weak-key: RSA exponent 3 is not accepted/],
    ['P-192', () => ecKey('prime192v1'), /weak-key: curve P-192 is not accepted/],
    ['P-224', () => ecKey('secp224r1'), /weak-key: curve P-224 is not accepted/],
    ['P-521', () => ecKey('secp521r1'), /weak-key: curve P-521 is not accepted/],
    ['secp256k1', () => ecKey('secp256k1'), /weak-key: curve secp256k1 is not accepted/],
    [
      'Ed25519',
      () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      /weak-key: key type ed25519 is not accepted/,
    ],
  ];
  for (const [name, key, expected] of cases) {
    test(`ENR-T06 ${name}`, () => assert.match(reasonOf(requestFor(key())), expected));
  }

  test('ENR-T06 explicit curve parameters', () => {
    const key = openssl(
      {},
      'ecparam',
      '-name',
      'prime256v1',
      '-genkey',
      '-noout',
      '-param_enc',
      'explicit',
    ).toString();
    assert.match(reasonOf(requestFor(key)), /weak-key: an EC key must name its curve/);
  });

  test('ENR-T06 exponent 1 and an even exponent', () => {
    // No tool makes such keys, so the exponent 01 00 01 in a good request is overwritten; the key is judged before the signature.
    const good = requestFor(rsaKey(2048, 65537));
    const at = good.indexOf(Buffer.from([0x02, 0x03, 0x01, 0x00, 0x01])) + 2;
    const withExponent = (...bytes: number[]) => {
      const changed = Buffer.from(good);
      changed.set(bytes, at);
      return changed;
    };
    assert.match(reasonOf(withExponent(0x01, 0x00, 0x02)), /weak-key: RSA exponent 65538/);
    assert.match(reasonOf(withExponent(0x00, 0x80, 0x01)), /weak-key: RSA exponent 32769/);
  });

  test('ENR-T06 a point that is not on the curve', () => {
    const der = Buffer.from(buildCertificateRequest(newKey()));
    const at = der.indexOf(Buffer.from([0x03, 0x42, 0x00, 0x04])) + 10;
    der[at] = (der[at] ?? 0) ^ 1;
    assert.match(reasonOf(der), /weak-key: public key is not usable|bad-signature/);
  });
});

test('a request signed by another key is refused: its sender does not hold the key', () => {
  const der = Buffer.from(buildCertificateRequest(newKey()));
  const other = spkiOf(newKey());
  const swapped = Buffer.concat([der]);
  other.copy(swapped, der.indexOf(other.subarray(0, 26)));
  assert.match(reasonOf(swapped), /bad-signature/);
});

test('a request signed with SHA-1 is refused', () => {
  const key = ecKey('prime256v1');
  const der = openssl(
    { 'k.pem': key },
    'req',
    '-new',
    '-sha1',
    '-key',
    'k.pem',
    '-subj',
    '/CN=x',
    '-outform',
    'DER',
  );
  assert.match(reasonOf(der), /weak-signature/);
});

test('ENR-T05 only the key is taken from a request that asks for more', () => {
  const config = `[req]\ndistinguished_name=dn\nreq_extensions=ext\nprompt=no\n[dn]\nCN=admin\n[ext]
basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:bank.example\n`;
  const privateKey = ecKey('prime256v1');
  const request = openssl(
    { 'k.pem': privateKey, 'c.cnf': config },
    'req',
    '-new',
    '-key',
    'k.pem',
    '-config',
    'c.cnf',
    '-outform',
    'DER',
  );
  const issuing = newIssuing(newRoot());
  const certificate = parseCertificate(
    buildCertificate({
      profile: 'device-identity',
      ...deviceIdentityNames(deviceId),
      issuer: issuing.certificate,
      serial: newSerial(randomBytes),
      notBefore: issuedAt,
      notAfter: issuedAt + 90 * day,
      subjectPublicKey: parseCertificateRequest(request).spki,
      signer: signerFor(issuing.key),
    }),
  );
  assert.deepEqual(Buffer.from(certificate.publicKey.spki), spkiOf(createPrivateKey(privateKey)));
  assert.equal(findDeviceId(certificate), deviceId);
  assert.deepEqual(certificate.basicConstraints, { ca: false, pathLength: undefined });
  assert.deepEqual(certificate.keyUsage, ['digitalSignature']);
  assert.deepEqual(certificate.extendedKeyUsage, ['clientAuth']);
  assert.deepEqual(certificate.subject.attributes, [{ type: 'CN', value: deviceId }]);
});

test('a request at the size limit is looked at, one byte more is too large', () => {
  const filler = (size: number) => {
    const bytes = Buffer.alloc(size);
    bytes.set([0x30, 0x82, (size - 4) >> 8, (size - 4) & 0xff]);
    return bytes;
  };
  assert.match(reasonOf(filler(certificateRequestLimits.bytes)), /malformed/);
  assert.match(reasonOf(filler(certificateRequestLimits.bytes + 1)), /too-large/);
});
