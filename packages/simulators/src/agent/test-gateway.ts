/** For tests: the server's half of the agent protocol over real mutual TLS on a loopback port, with an answer per route. */
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import type { CheckInRequest, CheckInResponse } from '@gatehouse/contracts/agent.ts';
import {
  decodeBegin,
  decodeProof,
  deriveEnrollmentKeys,
  encodeGrant,
  encodeOffer,
  enrollmentUrl,
  formatEnrollmentCode,
  isProofGenuine,
  makeGrant,
  makeOffer,
  newEnrollmentCode,
  publicHostOf,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import {
  buildCertificate,
  deviceIdentityNames,
  encodePem,
  newSerial,
  onlyTheseHosts,
  parseCertificate,
  parseCertificateRequest,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { newIssuing, newKey, newRoot, spkiOf } from '@gatehouse/protocols/x509/test-authority.ts';

export interface GatewayCall {
  readonly path: string;
  /** Common name of the certificate that the device showed. */
  readonly deviceId: string | undefined;
  readonly body: unknown;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The request is taken in and the line goes dead, as when a server dies. */
  readonly drop?: boolean;
}

export type Answer = (call: GatewayCall) => GatewayAnswer | Promise<GatewayAnswer>;

const hour = 3_600_000;
export const deviceId = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Takes the report, unless `more` says that a later one is known. */
export function checkInAnswer(call: GatewayCall, more: Partial<CheckInResponse> = {}): GatewayAnswer {
  const { counter } = reportOf(call);
  return {
    status: 200,
    body: { serverTime: Date.now(), counter, commands: [], nextCheckInSeconds: 3_600, ...more },
  };
}

export function reportOf(call: GatewayCall): CheckInRequest {
  return call.body as CheckInRequest;
}

/** `answer` speaks for everything behind the enrolment; the certificate is renewed here. */
export async function openTestGateway(answer: Answer) {
  const tls = serverCertificate();
  const root = newRoot();
  const issuing = newIssuing(root);
  const code = newEnrollmentCode(randomBytes);
  const codeText = formatEnrollmentCode(code);
  const calls: GatewayCall[] = [];

  const issue = (publicKey: Uint8Array) =>
    buildCertificate({
      profile: 'device-identity',
      ...deviceIdentityNames(deviceId),
      issuer: issuing.certificate,
      serial: newSerial(randomBytes),
      notBefore: Date.now() - hour,
      notAfter: Date.now() + 24 * hour,
      subjectPublicKey: publicKey,
      signer: signerFor(issuing.key),
    });
  const chainOf = (csr: Uint8Array) => [issue(parseCertificateRequest(csr).spki), issuing.certificate.der];

  let transcript: Uint8Array;
  const keys = () =>
    deriveEnrollmentKeys(code, { organizationSlug: 'acme', publicHost: publicHostOf(origin()) });
  const handshake: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
    '/agent/v1/enroll/acme/begin'(m1) {
      const made = makeOffer(keys().serverKey, decodeBegin(m1), {
        serverNonce: randomBytes(32),
        enrollmentId: 'e1',
        deviceRoot: root.certificate.der,
        tlsAnchors: [tls.root],
        csrProfile: 'ec-p256',
        gateway: origin(),
        expiresAt: Date.now() + hour,
      });
      transcript = made.transcript;
      return encodeOffer(made.offer);
    },
    '/agent/v1/enroll/acme/complete'(m3) {
      const proof = decodeProof(m3);
      if (!isProofGenuine(keys().deviceKey, transcript, proof)) throw new Error('the proof is not genuine');
      return encodeGrant(
        makeGrant(keys().serverKey, transcript, proof, { chain: chainOf(proof.csr), deviceId }),
      );
    },
  };

  const server = createServer(
    { cert: tls.certificate, key: tls.key, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const sent = Buffer.concat(chunks);
      const path = request.url ?? '';
      const shake = handshake[path];
      if (shake !== undefined) return response.end(shake(sent));
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const body: unknown = plain.length === 0 ? undefined : JSON.parse(plain.toString());
      if (path === '/agent/v1/certificate') {
        const chain = chainOf(Buffer.from((body as { csr: string }).csr, 'base64'));
        const encoded = chain.map((der) => Buffer.from(der).toString('base64'));
        return response.end(
          JSON.stringify({ chain: encoded, notAfter: Date.now() + 24 * hour, renewAfter: Date.now() }),
        );
      }
      const call = { path, deviceId: nameOf(request.socket as TLSSocket), body };
      calls.push(call);
      const given = await answer(call);
      if (given.drop === true) return request.socket.destroy();
      response.statusCode = given.status;
      return response.end(JSON.stringify(given.body));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = () => `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    calls,
    ticket: { url: enrollmentUrl(origin(), 'acme'), oneTimePassword: codeText },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function nameOf(socket: TLSSocket): string | undefined {
  const certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : parseCertificate(certificate.raw).subject.commonName;
}

function serverCertificate() {
  const hosts = { dns: ['localhost'], ip: [] };
  const valid = { notBefore: Date.now() - hour, notAfter: Date.now() + 24 * hour };
  const rootKey = newKey();
  const root = buildCertificate({
    profile: 'server-trust-root',
    subject: { commonName: 'Test server trust' },
    issuer: 'self',
    serial: newSerial(randomBytes),
    ...valid,
    subjectPublicKey: spkiOf(rootKey),
    signer: signerFor(rootKey),
    nameConstraints: onlyTheseHosts(hosts),
  });
  const key = newKey();
  const leaf = buildCertificate({
    profile: 'server-tls',
    subject: { commonName: 'localhost' },
    issuer: parseCertificate(root),
    serial: newSerial(randomBytes),
    ...valid,
    subjectPublicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    signer: signerFor(rootKey),
    names: [{ kind: 'dns', value: 'localhost' }],
  });
  return {
    root,
    certificate: encodePem('CERTIFICATE', leaf),
    key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}
