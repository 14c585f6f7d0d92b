import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { fromBER } from 'asn1js';
import { Certificate as PkijsCertificate } from 'pkijs';
import { costOf } from '../../../../tools/processor-time.ts';
import { signerFor } from './algorithms.ts';
import { buildCertificate, type CertificateContent, newSerial, onlyTheseHosts } from './build-certificate.ts';
import { buildCrl } from './build-crl.ts';
import { deviceIdentityNames, findDeviceId } from './device-identity.ts';
import { openssl } from './test-openssl.ts';
import { parseCertificate } from './parse-certificate.ts';
import { decodePem, encodePem } from './pem.ts';
import {
  day,
  deviceId,
  issuedAt,
  newDeviceCertificate,
  newIssuing,
  newKey,
  newRoot,
  oddCertificate,
  spkiOf,
} from './test-authority.ts';

const root = newRoot();
const issuing = newIssuing(root);

function pem(der: Uint8Array): string {
  return encodePem('CERTIFICATE', der);
}

test('OpenSSL verifies a device certificate along our chain, strictly and for its purpose', () => {
  const leaf = newDeviceCertificate(issuing);
  const files = {
    'root.pem': pem(root.certificate.der),
    'ca.pem': pem(issuing.certificate.der),
    'leaf.pem': pem(leaf.der),
  };
  const at = String(Math.floor((issuedAt + day) / 1000));
  const verify = ['verify', '-x509_strict', '-attime', at, '-CAfile', 'root.pem', '-untrusted', 'ca.pem'];
  assert.match(openssl(files, ...verify, '-purpose', 'sslclient', 'leaf.pem').toString(), /leaf\.pem: OK/);
  assert.throws(
    () => openssl(files, ...verify, '-purpose', 'sslserver', 'leaf.pem'),
    /unsuitable certificate purpose|unsupported/,
  );
});

test('OpenSSL prints the device certificate with exactly the extensions of its profile', () => {
  const leaf = newDeviceCertificate(issuing);
  const text = openssl(
    { 'leaf.pem': pem(leaf.der) },
    'x509',
    '-in',
    'leaf.pem',
    '-noout',
    '-text',
  ).toString();
  assert.match(text, new RegExp(`Subject: CN = ${deviceId}`));
  assert.match(text, /Issuer: O = Acme, CN = Acme issuing CA 1/);
  assert.match(text, /Basic Constraints: critical\n\s+CA:FALSE/);
  assert.match(text, /Key Usage: critical\n\s+Digital Signature\n/);
  assert.match(text, /Extended Key Usage: \n\s+TLS Web Client Authentication\n/);
  assert.match(text, new RegExp(`URI:urn:uuid:${deviceId}, URI:ID:Gatehouse:GUID:${deviceId}`));
  assert.equal(text.match(/X509v3 /g)?.length, 7, 'one heading and six extensions');
});

test('OpenSSL, which applies name constraints, accepts a server certificate only for the constrained names', () => {
  const key = newKey();
  const trust = parseCertificate(
    buildCertificate({
      profile: 'server-trust-root',
      subject: { commonName: 'Gatehouse server trust' },
      issuer: 'self',
      serial: newSerial(randomBytes),
      notBefore: issuedAt,
      notAfter: issuedAt + 3650 * day,
      subjectPublicKey: spkiOf(key),
      signer: signerFor(key),
      nameConstraints: onlyTheseHosts({ dns: ['localhost', 'mdm.acme.example'], ip: ['127.0.0.1', '::1'] }),
    }),
  );
  const serverLeaf = (names: CertificateContent['names']) =>
    buildCertificate({
      profile: 'server-tls',
      subject: { commonName: 'Gatehouse' },
      issuer: trust,
      serial: newSerial(randomBytes),
      notBefore: issuedAt,
      notAfter: issuedAt + 90 * day,
      subjectPublicKey: spkiOf(newKey()),
      signer: signerFor(key),
      names: names ?? [],
    });
  const at = String(issuedAt / 1000 + 60);
  const verify = ['verify', '-x509_strict', '-attime', at, '-purpose', 'sslserver', '-CAfile', 'root.pem'];
  const check = (names: CertificateContent['names']) =>
    openssl(
      { 'root.pem': pem(trust.der), 'leaf.pem': pem(serverLeaf(names)) },
      ...verify,
      'leaf.pem',
    ).toString();
  assert.match(
    check([
      { kind: 'dns', value: 'localhost' },
      { kind: 'dns', value: 'mdm.acme.example' },
      { kind: 'ip', value: '127.0.0.1' },
      { kind: 'ip', value: '::1' },
    ]),
    /OK/,
  );
  assert.throws(() => check([{ kind: 'dns', value: 'bank.example' }]), /permitted subtree violation/);
  assert.throws(() => check([{ kind: 'ip', value: '192.0.2.1' }]), /permitted subtree violation/);
});

test('constraints on host names alone exclude every address', () => {
  assert.deepEqual(onlyTheseHosts({ dns: ['a.example'], ip: [] }), {
    permitted: [{ kind: 'dns', value: 'a.example' }],
    excluded: [
      { kind: 'ip', value: '0.0.0.0/0' },
      { kind: 'ip', value: '::/0' },
    ],
  });
  assert.deepEqual(onlyTheseHosts({ dns: [], ip: ['::1'] }).excluded, [
    { kind: 'dns', value: '' },
    { kind: 'ip', value: '0.0.0.0/0' },
  ]);
});

test('our reading of a certificate agrees with what node:crypto and pkijs read', () => {
  const leaf = newDeviceCertificate(issuing);
  const node = new X509Certificate(leaf.der);
  assert.equal(leaf.serial, node.serialNumber.toLowerCase());
  assert.equal(leaf.notBefore, node.validFromDate.getTime());
  assert.equal(leaf.notAfter, node.validToDate.getTime());
  assert.equal(leaf.fingerprint, node.fingerprint256.replaceAll(':', '').toLowerCase());
  assert.equal(leaf.publicKey.curve, 'P-256');
  assert.deepEqual(leaf.subjectKeyIdentifier, leaf.publicKey.keyIdentifier);
  assert.deepEqual(leaf.authorityKeyIdentifier, issuing.certificate.subjectKeyIdentifier);
  const theirs = new PkijsCertificate({ schema: fromBER(leaf.der).result });
  assert.equal(theirs.signatureAlgorithm.algorithmId, leaf.signatureAlgorithm.oid);
  assert.deepEqual(new Uint8Array(theirs.tbsView), Uint8Array.from(leaf.toBeSigned));
  assert.equal(theirs.extensions?.length, 6);
});

test('validity from 2050 on is written as GeneralizedTime and read back', () => {
  const notAfter = Date.UTC(2051, 5, 1, 12, 30, 59);
  const der = oddCertificate({ issuer: root, notBefore: Date.UTC(2049, 11, 31, 23, 59, 59), notAfter });
  const certificate = parseCertificate(der);
  assert.equal(certificate.notBefore, Date.UTC(2049, 11, 31, 23, 59, 59));
  assert.equal(certificate.notAfter, notAfter);
  assert.equal(new X509Certificate(der).validToDate.getTime(), notAfter);
});

test('a device id is believed only when common name and both alternative names agree', () => {
  assert.equal(findDeviceId(newDeviceCertificate(issuing)), deviceId);
  const usage = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] } as const;
  const other = '01890a5d-ac96-774b-bcce-b302099a8058';
  const oddNames = [
    undefined,
    deviceIdentityNames(other).names,
    deviceIdentityNames(deviceId).names.slice(0, 1),
    [...deviceIdentityNames(deviceId).names, { kind: 'dns', value: 'x.example' }] as const,
    [...deviceIdentityNames(deviceId).names].toReversed(),
  ];
  for (const names of oddNames) {
    const extensions = names === undefined ? usage : { ...usage, subjectAlternativeNames: names };
    assert.equal(findDeviceId(parseCertificate(oddCertificate({ issuer: issuing, extensions }))), undefined);
  }
});

test('serials are 16 bytes, positive, and never share their top bits with the sign', () => {
  for (const fill of [0x00, 0x80, 0xff]) {
    const serial = newSerial((size) => new Uint8Array(size).fill(fill));
    assert.equal(serial.length, 16);
    assert.ok((serial[0] ?? 0) >= 0x40 && (serial[0] ?? 0) < 0x80);
  }
});

test('a profile used wrongly is a programming error, not a certificate', () => {
  const key = newKey();
  const content: CertificateContent = {
    profile: 'device-identity',
    ...deviceIdentityNames(deviceId),
    issuer: issuing.certificate,
    serial: newSerial(randomBytes),
    notBefore: issuedAt,
    notAfter: issuedAt + day,
    subjectPublicKey: spkiOf(key),
    signer: signerFor(issuing.key),
  };
  buildCertificate(content);
  assert.throws(() => buildCertificate({ ...content, issuer: 'self' }), TypeError);
  assert.throws(() => buildCertificate({ ...content, names: [] }), TypeError);
  assert.throws(() => buildCertificate({ ...content, serial: Uint8Array.of(1, 2, 3) }), TypeError);
  assert.throws(() => buildCertificate({ ...content, notAfter: issuedAt }), TypeError);
  assert.throws(
    () => buildCertificate({ ...content, profile: 'server-trust-root', issuer: 'self', names: [] }),
    TypeError,
  );
  assert.throws(
    () => buildCertificate({ ...content, nameConstraints: { permitted: [], excluded: [] } }),
    TypeError,
  );
});

test('OpenSSL accepts our revocation list and refuses the certificate on it', () => {
  const good = newDeviceCertificate(issuing);
  const revoked = newDeviceCertificate(issuing);
  const crl = buildCrl({
    issuer: issuing.certificate,
    signer: signerFor(issuing.key),
    number: 7,
    thisUpdate: issuedAt + day,
    nextUpdate: issuedAt + 2 * day,
    revoked: [
      { serial: revoked.serial, revokedAt: issuedAt + day, reason: 'key-compromise' },
      { serial: '4f00', revokedAt: issuedAt + day },
    ],
  });
  const files = {
    'chain.pem': pem(root.certificate.der) + pem(issuing.certificate.der),
    'list.pem': encodePem('X509 CRL', crl),
    'good.pem': pem(good.der),
    'revoked.pem': pem(revoked.der),
  };
  const text = openssl(files, 'crl', '-in', 'list.pem', '-noout', '-text', '-CAfile', 'chain.pem').toString();
  assert.match(text, /X509v3 CRL Number: \n\s+7\n/);
  assert.match(text, /X509v3 CRL Reason Code: \n\s+Key Compromise/);
  const verify = [
    'verify',
    '-attime',
    String((issuedAt + day) / 1000 + 60),
    '-crl_check',
    '-CAfile',
    'chain.pem',
  ];
  assert.match(openssl(files, ...verify, '-CRLfile', 'list.pem', 'good.pem').toString(), /OK/);
  assert.throws(
    () => openssl(files, ...verify, '-CRLfile', 'list.pem', 'revoked.pem'),
    /certificate revoked/,
  );
});

test('an empty revocation list is well formed too', () => {
  const crl = buildCrl({
    issuer: issuing.certificate,
    signer: signerFor(issuing.key),
    number: 1,
    thisUpdate: issuedAt,
    nextUpdate: issuedAt + day,
    revoked: [],
  });
  const text = openssl(
    { 'l.pem': encodePem('X509 CRL', crl) },
    'crl',
    '-in',
    'l.pem',
    '-noout',
    '-text',
  ).toString();
  assert.match(text, /No Revoked Certificates/);
});

test('PEM goes there and back, several blocks with text between them', () => {
  const text = `# chain\n${pem(issuing.certificate.der)}text\n${pem(root.certificate.der)}`;
  const blocks = decodePem('CERTIFICATE', text.replaceAll('\n', '\r\n'));
  assert.deepEqual(
    blocks.map((block) => parseCertificate(block).fingerprint),
    [issuing.certificate.fingerprint, root.certificate.fingerprint],
  );
  assert.throws(() => decodePem('CERTIFICATE', '-----BEGIN CERTIFICATE-----\nAAAA'), /without its end line/);
  assert.throws(
    () => decodePem('CERTIFICATE', '-----BEGIN CERTIFICATE-----\nA!==\n-----END CERTIFICATE-----'),
    /base64/,
  );
});

test('issuing is fast enough to be synchronous', () => {
  const key = newKey();
  const subjectPublicKey = spkiOf(key);
  const issue = () => {
    for (let count = 0; count < 50; count++) {
      buildCertificate({
        profile: 'device-identity',
        ...deviceIdentityNames(deviceId),
        issuer: issuing.certificate,
        serial: newSerial(randomBytes),
        notBefore: issuedAt,
        notAfter: issuedAt + 90 * day,
        subjectPublicKey,
        signer: signerFor(issuing.key),
      });
    }
  };
  const each = costOf(issue, 4) / 50;
  assert.ok(each < 5, `${each} ms a certificate`);
});
