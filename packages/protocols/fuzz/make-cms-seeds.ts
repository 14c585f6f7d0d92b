/**
 * Writes the seeds of CMS and SCEP. What Debian's `scepclient` and strongSwan's `pki --scep` send is captured by standing in for the
 * server, so both programs must be installed. Run by hand: `node fuzz/make-cms-seeds.ts`.
 */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificatesOnly, envelope, signAttached, signDetached } from '../src/cms/index.ts';
import {
  encodeCapabilities,
  encodeScepMessage,
  encodeScepRequest,
  selfSignedCertificate,
  transactionIdOf,
} from '../src/scep/index.ts';
import { signerFor } from '../src/x509/algorithms.ts';
import { buildCertificate, newSerial } from '../src/x509/build-certificate.ts';
import { buildCertificateRequest } from '../src/x509/certificate-request.ts';
import { encodePem } from '../src/x509/pem.ts';
import {
  day,
  deviceId,
  issuedAt,
  newDeviceCertificate,
  newIssuing,
  newRoot,
  spkiOf,
} from '../src/x509/test-authority.ts';
import { openssl } from '../src/x509/test-openssl.ts';

const save = (name: string, bytes: Uint8Array) =>
  writeFileSync(new URL(`seeds/${name}`, import.meta.url), bytes);
const rsaKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const issuing = newIssuing(newRoot());
const key = rsaKey();
const { der: certificate } = newDeviceCertificate(issuing, key);
const body = Buffer.from('<plist version="1.0"><dict><key>Status</key><string>Idle</string></dict></plist>');
const chain = [issuing.certificate.der];
save('cms-body.xml', body);
save(
  'cms-detached.der',
  signDetached({ content: body, certificate, key, chain, signingTime: new Date(issuedAt) }),
);
save('cms-attached.der', signAttached({ content: body, certificate, key, chain }));
const files = {
  body,
  'key.pem': key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  'cert.pem': encodePem('CERTIFICATE', certificate),
};
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
  '-in',
  'body',
];
save('cms-attached-ber.der', openssl(files, ...sign, '-nodetach', '-stream'));
save('cms-certificates.der', certificatesOnly([certificate, ...chain]));

const serverKey = rsaKey();
const server = buildCertificate({
  profile: 'scep-authority',
  subject: { organization: 'Acme', commonName: 'Acme device CA' },
  issuer: 'self',
  serial: newSerial(randomBytes),
  notBefore: issuedAt,
  notAfter: issuedAt + 3650 * day,
  subjectPublicKey: spkiOf(serverKey),
  signer: signerFor(serverKey),
});
save('scep-server.der', server);
save('scep-server-key.der', serverKey.export({ format: 'der', type: 'pkcs8' }));
save('cms-envelope.der', envelope({ content: body, recipient: server }));
save(
  'cms-envelope-ber.der',
  openssl(
    { body, 'cert.pem': encodePem('CERTIFICATE', server) },
    'cms',
    '-encrypt',
    '-binary',
    '-outform',
    'DER',
    '-aes128',
    '-stream',
    '-in',
    'body',
    'cert.pem',
  ),
);

const subject = { commonName: deviceId };
const request = {
  type: 'PKCSReq',
  content: buildCertificateRequest(key, subject, 'secret'),
  server,
  certificate: selfSignedCertificate(key, subject, newSerial(randomBytes), {
    notBefore: issuedAt,
    notAfter: issuedAt + day,
  }),
  key,
  transactionId: transactionIdOf(key),
  senderNonce: randomBytes(16),
} as const;
save('request-challenge.der', request.content);
save('scep-request.der', encodeScepRequest(request));
const answer = {
  type: 'CertRep',
  transactionId: request.transactionId,
  senderNonce: randomBytes(16),
  recipientNonce: request.senderNonce,
  certificate: server,
  key: serverKey,
} as const;
const bag = envelope({ content: certificatesOnly([certificate]), recipient: request.certificate });
save('scep-success.der', encodeScepMessage({ ...answer, status: 'success', envelope: bag }));
save(
  'scep-failure.der',
  encodeScepMessage({ ...answer, status: 'failure', failure: 'badRequest', failureText: 'no' }),
);

/** Captures what a client posts. */
async function capture(
  name: string,
  client: (url: string, directory: string) => Promise<unknown>,
): Promise<void> {
  const listener = createServer((question, reply) => {
    const operation = /operation=(\w+)/.exec(question.url ?? '')?.[1];
    if (operation === 'GetCACaps') {
      reply.end(
        encodeCapabilities(['POSTPKIOperation', 'Renewal', 'SHA-256', 'SHA-384', 'AES', 'SCEPStandard']),
      );
      return;
    }
    if (operation === 'GetCACert') {
      reply.setHeader('content-type', 'application/x-x509-ca-cert').end(server);
      return;
    }
    const parts: Buffer[] = [];
    question.on('data', (part: Buffer) => void parts.push(part));
    question.on('end', () => {
      save(name, Buffer.concat(parts));
      reply.writeHead(500).end();
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-capture-'));
  writeFileSync(join(directory, 'ca.pem'), encodePem('CERTIFICATE', server));
  writeFileSync(join(directory, 'key.pem'), key.export({ format: 'pem', type: 'pkcs1' }));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/scep/acme`;
  // The client is told nothing good, and says so.
  await client(url, directory).catch(() => undefined);
  listener.close();
  rmSync(directory, { recursive: true });
}

const run = promisify(execFile);
await capture('scep-scepclient.der', (url, cwd) =>
  run(
    'scepclient',
    [
      '-private-key',
      'k.pem',
      '-certificate',
      'c.pem',
      '-server-url',
      url,
      '-challenge',
      'secret',
      '-cn',
      deviceId,
    ],
    { cwd },
  ),
);
await capture('scep-strongswan.der', (url, cwd) =>
  run(
    'pki',
    [
      '--scep',
      '--url',
      url,
      '--in',
      'key.pem',
      '--dn',
      `CN=${deviceId}`,
      '--password',
      'secret',
      '--cacert-enc',
      'ca.pem',
      '--cacert-sig',
      'ca.pem',
      '--cacert',
      'ca.pem',
    ],
    { cwd, timeout: 10_000 },
  ),
);
