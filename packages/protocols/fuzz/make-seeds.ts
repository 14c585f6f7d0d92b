/** Writes seeds/*.der. Run by hand when a profile changes: `node fuzz/make-seeds.ts`. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { signerFor } from '../src/x509/algorithms.ts';
import { buildCertificate, newSerial, onlyTheseHosts } from '../src/x509/build-certificate.ts';
import { buildCertificateRequest } from '../src/x509/certificate-request.ts';
import { parseCertificate } from '../src/x509/parse-certificate.ts';
import {
  day,
  issuedAt,
  newDeviceCertificate,
  newIssuing,
  newKey,
  newRoot,
  oddCertificate,
  spkiOf,
} from '../src/x509/test-authority.ts';

const directory = new URL('seeds/', import.meta.url);
mkdirSync(directory, { recursive: true });
const save = (name: string, bytes: Uint8Array) => writeFileSync(new URL(name, directory), bytes);

const root = newRoot();
const issuing = newIssuing(root);
save('device-root.der', root.certificate.der);
save('issuing-ca.der', issuing.certificate.der);
save('device-identity.der', newDeviceCertificate(issuing).der);

const trustKey = newKey();
const validity = { notBefore: issuedAt, notAfter: issuedAt + 90 * day };
const trust = buildCertificate({
  profile: 'server-trust-root',
  subject: { commonName: 'Gatehouse server trust', organization: 'Acme', country: 'CH' },
  issuer: 'self',
  serial: newSerial(randomBytes),
  ...validity,
  subjectPublicKey: spkiOf(trustKey),
  signer: signerFor(trustKey),
  nameConstraints: onlyTheseHosts({ dns: ['mdm.acme.example'], ip: ['192.0.2.7', '2001:db8::/32'] }),
});
save('server-trust-root.der', trust);
save(
  'server-tls.der',
  buildCertificate({
    profile: 'server-tls',
    subject: { commonName: 'mdm.acme.example' },
    issuer: parseCertificate(trust),
    serial: newSerial(randomBytes),
    ...validity,
    subjectPublicKey: spkiOf(newKey()),
    signer: signerFor(trustKey),
    names: [
      { kind: 'dns', value: 'mdm.acme.example' },
      { kind: 'ip', value: '192.0.2.7' },
      { kind: 'ip', value: '2001:db8::1' },
      { kind: 'email', value: 'root@mdm.acme.example' },
    ],
  }),
);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
save('rsa.der', oddCertificate({ issuer: root, key: rsa, notAfter: Date.UTC(2055, 0, 1) }));
save(
  'p192.der',
  oddCertificate({ issuer: root, key: generateKeyPairSync('ec', { namedCurve: 'prime192v1' }).privateKey }),
);

save('request-p256.der', buildCertificateRequest(newKey()));
save(
  'request-p384.der',
  buildCertificateRequest(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey),
);
save(
  'request-rsa.der',
  buildCertificateRequest(rsa, { commonName: 'x', organization: 'Acme', country: 'CH' }),
);
