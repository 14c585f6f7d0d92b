import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { encodeValue, sequence, time, unsignedInteger } from '../der/write-der.ts';
import { tag } from '../der/read-der.ts';
import { signerFor } from './algorithms.ts';
import { buildCrl, type RevokedCertificate } from './build-crl.ts';
import { encodeExtension } from './extensions.ts';
import { crlLimits, isCrlSignedBy, parseCrl } from './parse-crl.ts';
import { decodePem, encodePem } from './pem.ts';
import { day, issuedAt, newIssuing, newRoot } from './test-authority.ts';
import { openssl } from './test-openssl.ts';

const root = newRoot();
const issuing = newIssuing(root);

function list(revoked: readonly RevokedCertificate[]): Uint8Array {
  return buildCrl({
    issuer: issuing.certificate,
    signer: signerFor(issuing.key),
    number: 300,
    thisUpdate: issuedAt,
    nextUpdate: issuedAt + day,
    revoked,
  });
}

function refusal(der: Uint8Array): DecodeError {
  try {
    parseCrl(der);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error;
  }
  return assert.fail('it was accepted');
}

test('what we build reads the same, and its signature is the issuer’s alone', () => {
  const revoked: RevokedCertificate[] = [
    { serial: '4f00', revokedAt: issuedAt },
    { serial: '0a', revokedAt: issuedAt - day, reason: 'key-compromise' },
  ];
  const crl = parseCrl(list(revoked));
  assert.deepEqual(crl.revoked, revoked);
  assert.deepEqual([crl.thisUpdate, crl.nextUpdate, crl.number], [issuedAt, issuedAt + day, '012c']);
  assert.equal(crl.issuer.text, issuing.certificate.subject.text);
  assert.deepEqual(crl.authorityKeyIdentifier, issuing.certificate.subjectKeyIdentifier);
  assert.deepEqual(parseCrl(list([])).revoked, []);
  assert.equal(isCrlSignedBy(crl, issuing.certificate), true);
  assert.equal(isCrlSignedBy(crl, root.certificate), false);
});

test('a list that OpenSSL made says what OpenSSL put into it', () => {
  const config = `[ca]
default_ca = here
[here]
database = index.txt
crlnumber = number
default_md = sha256
default_crl_days = 7
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
`;
  const pem = openssl(
    {
      'ca.pem': encodePem('CERTIFICATE', issuing.certificate.der),
      'ca.key': issuing.key.export({ format: 'pem', type: 'pkcs8' }),
      'openssl.cnf': config,
      'index.txt':
        'R\t291231000000Z\t260102030405Z,CACompromise\t1F\tunknown\t/CN=one\nR\t291231000000Z\t260103000000Z\t2E\tunknown\t/CN=two\n',
      number: '0400\n',
    },
    ...['ca', '-config', 'openssl.cnf', '-gencrl', '-cert', 'ca.pem', '-keyfile', 'ca.key'],
  ).toString();
  const [der] = decodePem('X509 CRL', pem);
  assert.ok(der);
  const crl = parseCrl(der);
  assert.deepEqual(crl.revoked, [
    { serial: '1f', revokedAt: Date.UTC(2026, 0, 2, 3, 4, 5), reason: 'ca-compromise' },
    { serial: '2e', revokedAt: Date.UTC(2026, 0, 3) },
  ]);
  assert.deepEqual([crl.number, crl.unknownCriticalExtensions], ['0400', []]);
  assert.equal(isCrlSignedBy(crl, issuing.certificate), true);
});

test('an altered list does not verify, and what is not one says where', () => {
  const der = Buffer.from(list([{ serial: '4f00', revokedAt: issuedAt }]));
  const at = der.indexOf('4f00', 0, 'hex');
  der[at] = 0x4e;
  assert.equal(isCrlSignedBy(parseCrl(der), issuing.certificate), false);
  const wrong = refusal(issuing.certificate.der);
  assert.match(wrong.message, /certificateList\.tbsCertList/);
  assert.equal(typeof wrong.offset, 'number');
  for (let length = 0; length < der.length; length += 7) refusal(der.subarray(0, length));
});

test('a list has at most 1 MiB and 20,000 entries', () => {
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      serial: (index + 1).toString(16).padStart(6, '0'),
      revokedAt: issuedAt,
    }));
  assert.equal(parseCrl(list(entries(crlLimits.entries))).revoked.length, crlLimits.entries);
  assert.equal(refusal(list(entries(crlLimits.entries + 1))).reason, 'too-large');
  assert.equal(refusal(new Uint8Array(crlLimits.bytes + 1)).reason, 'too-large');
});

test('an unknown reason, a doubled extension and an unknown critical one are not passed over', () => {
  const good = Buffer.from(list([{ serial: '4f00', revokedAt: issuedAt, reason: 'superseded' }]));
  const at = good.indexOf('0a0104', 0, 'hex');
  assert.ok(at > 0);
  good[at + 2] = 7;
  assert.match(refusal(good).message, /unknown reason/);
  const critical = encodeExtension('1.2.3.4', true, encodeValue(tag.null, new Uint8Array()));
  assert.deepEqual(parseCrl(withExtensions(critical)).unknownCriticalExtensions, ['1.2.3.4']);
  assert.match(refusal(withExtensions(critical, critical)).message, /appears twice/);
});

/** A list with these extensions and no entries; its signature fits nothing. */
function withExtensions(...extensions: readonly Uint8Array[]): Uint8Array {
  const algorithm = Buffer.from('300a06082a8648ce3d040302', 'hex');
  const wrapper = encodeValue(0xa0, sequence(...extensions));
  const body = sequence(
    unsignedInteger(1),
    algorithm,
    issuing.certificate.subject.der,
    time(issuedAt),
    wrapper,
  );
  return sequence(body, algorithm, encodeValue(tag.bitString, Uint8Array.of(0, 1, 2)));
}
