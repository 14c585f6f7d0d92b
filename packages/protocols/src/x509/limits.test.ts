/** Every limit of the certificate readers, at the limit and one beyond. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { derLimits, readDer, tag } from '../der/read-der.ts';
import { readIntegerBytes, readOid } from '../der/read-values.ts';
import { encodeValue, explicit, octetString, sequence } from '../der/write-der.ts';
import { encodeExtension, extensionLimits } from './extensions.ts';
import { certificateLimits, parseCertificate } from './parse-certificate.ts';
import { decodePem, encodePem } from './pem.ts';
import { newRoot, oddCertificate } from './test-authority.ts';

const issuer = newRoot();

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.reason;
  }
  return 'accepted';
}

test('object identifiers of 128 bytes and integers of 1,024 bytes are the longest', () => {
  const identifier = (size: number) =>
    readDer(encodeValue(tag.oid, new Uint8Array(size).fill(1)), 'oid', 4096);
  assert.equal(
    reasonOf(() => readOid(identifier(derLimits.oidBytes))),
    'accepted',
  );
  assert.equal(
    reasonOf(() => readOid(identifier(derLimits.oidBytes + 1))),
    'too-large',
  );
  const integer = (size: number) =>
    readDer(encodeValue(tag.integer, new Uint8Array(size).fill(1)), 'integer', 4096);
  assert.equal(
    reasonOf(() => readIntegerBytes(integer(derLimits.integerBytes))),
    'accepted',
  );
  assert.equal(
    reasonOf(() => readIntegerBytes(integer(derLimits.integerBytes + 1))),
    'too-large',
  );
});

test('a certificate has at most 100 extensions and an extension at most 200 names', () => {
  const withExtensions = (count: number) => {
    const list = Array.from({ length: count }, (_, index) =>
      encodeExtension(`1.2.3.${index}`, false, octetString(new Uint8Array())),
    );
    return oddCertificate({ issuer, rawExtensions: explicit(3, sequence(...list)) });
  };
  assert.equal(
    reasonOf(() => parseCertificate(withExtensions(extensionLimits.extensions))),
    'accepted',
  );
  assert.equal(
    reasonOf(() => parseCertificate(withExtensions(extensionLimits.extensions + 1))),
    'too-large',
  );
  const withNames = (count: number) => {
    const subjectAlternativeNames = Array.from({ length: count }, () => ({
      kind: 'dns' as const,
      value: 'a.example',
    }));
    return oddCertificate({ issuer, extensions: { subjectAlternativeNames } });
  };
  assert.equal(
    reasonOf(() => parseCertificate(withNames(extensionLimits.names))),
    'accepted',
  );
  assert.equal(
    reasonOf(() => parseCertificate(withNames(extensionLimits.names + 1))),
    'too-large',
  );
});

test('a certificate of 16 KiB is read, one byte more is not', () => {
  const ofSize = (padding: number) => {
    const filler = encodeExtension('1.2.3', false, octetString(new Uint8Array(padding)));
    return oddCertificate({ issuer, rawExtensions: explicit(3, sequence(filler)) });
  };
  // ECDSA signatures vary by a byte or two, so the wanted length is met by trying.
  const exactly = (size: number) => {
    const around = ofSize(16_000).length - 16_000;
    for (let attempt = 0; attempt < 200; attempt++) {
      const der = ofSize(size - around + (attempt % 5) - 2);
      if (der.length === size) return der;
    }
    throw new Error(`no certificate of ${size} bytes`);
  };
  assert.equal(
    reasonOf(() => parseCertificate(exactly(certificateLimits.bytes))),
    'accepted',
  );
  assert.equal(
    reasonOf(() => parseCertificate(exactly(certificateLimits.bytes + 1))),
    'too-large',
  );
});

test('PEM text holds at most 20 blocks', () => {
  const blocks = (count: number) => encodePem('CERTIFICATE', Uint8Array.of(1)).repeat(count);
  assert.equal(decodePem('CERTIFICATE', blocks(20)).length, 20);
  assert.equal(
    reasonOf(() => decodePem('CERTIFICATE', blocks(21))),
    'too-large',
  );
});
