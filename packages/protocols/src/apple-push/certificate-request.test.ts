import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { isDictionary, readPlist } from '../plist/index.ts';
import { buildCertificateRequest, encodePem, parseCertificate } from '../x509/index.ts';
import { newRoot, oddCertificate } from '../x509/test-authority.ts';
import { readSignedPushRequest, signPushRequest } from './certificate-request.ts';
import { findPushTopic } from './push-certificate.ts';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const root = newRoot('Apple Root');
const vendorKey = rsa();
const vendor = oddCertificate({ issuer: root, key: vendorKey, commonName: 'MDM Vendor' });
const chain = [vendor, root.certificate.der];
const request = buildCertificateRequest(rsa(), { commonName: 'push' });
const file = signPushRequest(request, chain, vendorKey);

test('the file holds request, chain and signature in the form that Apple’s page asks for', () => {
  const plist = readPlist(Buffer.from(file, 'base64'));
  assert.ok(isDictionary(plist));
  assert.deepEqual(Object.keys(plist), [
    'PushCertRequestCSR',
    'PushCertCertificateChain',
    'PushCertSignature',
  ]);
  assert.equal(plist['PushCertRequestCSR'], Buffer.from(request).toString('base64'));
  const pem = String(plist['PushCertCertificateChain']);
  assert.equal(pem, chain.map((der) => encodePem('CERTIFICATE', der)).join(''));
  assert.ok(pem.split('\n').every((line) => line.length <= 64));
  // SHA-256 with RSA, PKCS#1 v1.5, over the DER
  const signature = Buffer.from(String(plist['PushCertSignature']), 'base64');
  assert.ok(verify('RSA-SHA256', request, createPublicKey(vendorKey), signature));
});

test('what is signed is read back, from base64 and from the plist itself', () => {
  for (const text of [file, ` ${file}\n`, Buffer.from(file, 'base64').toString('utf8')]) {
    const read = readSignedPushRequest(text);
    assert.deepEqual(Buffer.from(read.request), Buffer.from(request));
    assert.equal(read.chain.length, 2);
  }
});

test('a key that is not the vendor’s signs nothing', () => {
  assert.throws(() => signPushRequest(request, chain, rsa()), TypeError);
  assert.throws(() => signPushRequest(request, [], vendorKey), TypeError);
});

test('another request, another signer and a broken chain are refused', () => {
  const xml = Buffer.from(file, 'base64').toString('utf8');
  const other = Buffer.from(buildCertificateRequest(rsa())).toString('base64');
  const swapped = xml.replace(Buffer.from(request).toString('base64'), other);
  assert.throws(() => readSignedPushRequest(swapped), { reason: 'bad-signature' });
  const unchained = signPushRequest(request, [vendor, newRoot('Other').certificate.der], vendorKey);
  assert.throws(() => readSignedPushRequest(unchained), { reason: 'bad-signature' });
});

test('whatever is read as such a file gives a request or a DecodeError', () => {
  const xml = Buffer.from(file, 'base64');
  const mutated = fc.tuple(fc.nat(xml.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
    const bytes = Buffer.from(xml);
    bytes[at] = byte;
    return bytes.toString('base64');
  });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string(), fc.base64String()), (text) => {
      try {
        readSignedPushRequest(text);
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('a certificate without a topic in its subject is no push certificate', () => {
  assert.equal(findPushTopic(root.certificate), undefined);
  const named = parseCertificate(oddCertificate({ issuer: root, commonName: 'com.apple.mgmt.External.x' }));
  assert.equal(findPushTopic(named), undefined, 'a common name is not the user id');
});
