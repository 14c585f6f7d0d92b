/**
 * A server for tests of the agent: both listeners over real TLS, the real handshake, and a memory of all that was said.
 * It shares the codecs with the agent, so the protocol itself is tested elsewhere, against vectors and the real server;
 * here the agent's behaviour is: queues, retries, exactly once.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import type {
  AgentCommand,
  CheckInRequest,
  CheckInResponse,
  CommandResultRequest,
} from '@gatehouse/contracts/agent.ts';
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
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import {
  buildCertificate,
  type Certificate,
  type CertificateContent,
  deviceIdentityNames,
  encodePem,
  newSerial,
  onlyTheseHosts,
  parseCertificate,
  parseCertificateRequest,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';

const day = 86_400_000;

interface Authority {
  readonly certificate: Certificate;
  readonly key: KeyObject;
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

function spkiOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

type Particulars = Pick<CertificateContent, 'profile' | 'subject'> & Partial<CertificateContent>;

function issue(
  by: Authority | undefined,
  key: KeyObject,
  particulars: Particulars,
  spki = spkiOf(key),
): Certificate {
  return parseCertificate(
    buildCertificate({
      issuer: by === undefined ? 'self' : by.certificate,
      serial: newSerial(randomBytes),
      notBefore: Date.now() - day,
      notAfter: Date.now() + 89 * day,
      subjectPublicKey: spki,
      signer: signerFor(by?.key ?? key),
      ...particulars,
    }),
  );
}

export interface FakeServerOptions {
  /** What a check-in is answered with, on top of the usual. */
  answer?(request: CheckInRequest): Partial<CheckInResponse>;
  /** Lets a request fail: a status and code, or `drop` to cut the connection after it was taken in. */
  trouble?(path: string, count: number): { status: number; code: string } | 'drop' | 'refuse' | undefined;
  readonly deviceCertificate?: { readonly notBefore: number; readonly notAfter: number };
}

export class FakeServer {
  readonly deviceId = randomUUID();
  readonly code = newEnrollmentCode(randomBytes);
  readonly checkIns: CheckInRequest[] = [];
  /** Counters in the order in which they were first taken in. */
  readonly counters: number[] = [];
  readonly results: { id: string; result: CommandResultRequest }[] = [];
  readonly begun: string[] = [];
  readonly claims: string[] = [];
  readonly certificates: string[] = [];
  readonly renewals: Certificate[] = [];
  readonly times: { path: string; at: number }[] = [];
  readonly unenrolled: unknown[] = [];
  options: FakeServerOptions;

  readonly #trustRoot: Authority;
  readonly #deviceRoot: Authority;
  readonly #issuing: Authority;
  readonly #publicServer: Server;
  readonly #deviceServer: Server;
  readonly #sockets = new Set<Duplex>();
  readonly #outstanding = new Map<string, AgentCommand>();
  readonly #held = new Set<() => void>();
  readonly #counts = new Map<string, number>();
  #transcript: Uint8Array | undefined;
  #ports = { main: 0, device: 0 };
  #unmanaged = false;

  private constructor(options: FakeServerOptions) {
    this.options = options;
    const trustKey = newKey();
    this.#trustRoot = {
      key: trustKey,
      certificate: issue(undefined, trustKey, {
        profile: 'server-trust-root',
        subject: { commonName: 'Test trust root' },
        nameConstraints: onlyTheseHosts({ dns: ['localhost'], ip: [] }),
      }),
    };
    const rootKey = newKey();
    this.#deviceRoot = {
      key: rootKey,
      certificate: issue(undefined, rootKey, {
        profile: 'device-root',
        subject: { commonName: 'Test device root' },
      }),
    };
    const issuingKey = newKey();
    this.#issuing = {
      key: issuingKey,
      certificate: issue(
        this.#deviceRoot,
        issuingKey,
        { profile: 'issuing-ca', subject: { commonName: 'Test issuing' } },
        spkiOf(issuingKey),
      ),
    };
    const tlsKey = newKey();
    const tls = issue(
      this.#trustRoot,
      tlsKey,
      {
        profile: 'server-tls',
        subject: { commonName: 'localhost' },
        names: [{ kind: 'dns', value: 'localhost' }],
      },
      spkiOf(tlsKey),
    );
    const identity = {
      key: tlsKey.export({ format: 'pem', type: 'pkcs8' }),
      cert: encodePem('CERTIFICATE', tls.der),
    };
    this.#publicServer = createServer(
      identity,
      (request, response) => void this.#onEnrollment(request, response),
    );
    this.#deviceServer = createServer(
      {
        ...identity,
        requestCert: true,
        rejectUnauthorized: false,
        ca: [encodePem('CERTIFICATE', this.#deviceRoot.certificate.der)],
      },
      (request, response) => void this.#onDevice(request, response),
    );
    for (const server of [this.#publicServer, this.#deviceServer]) {
      server.on('connection', (socket: Duplex) => {
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket));
      });
    }
  }

  static async start(options: FakeServerOptions = {}): Promise<FakeServer> {
    const server = new FakeServer(options);
    await server.up();
    return server;
  }

  get url(): string {
    return enrollmentUrl(`https://localhost:${this.#ports.main}`, 'acme');
  }

  get codeText(): string {
    return formatEnrollmentCode(this.code);
  }

  get gateway(): string {
    return `https://localhost:${this.#ports.device}`;
  }

  /** On the same ports as before. */
  async up(): Promise<void> {
    const listen = (server: Server, port: number) =>
      new Promise<number>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
      });
    this.#ports = {
      main: await listen(this.#publicServer, this.#ports.main),
      device: await listen(this.#deviceServer, this.#ports.device),
    };
  }

  async down(): Promise<void> {
    const closed = [this.#publicServer, this.#deviceServer].map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  command(name: string, params: Record<string, unknown> = {}, expiresAt = Date.now() + day): AgentCommand {
    const command = { id: randomUUID(), name, params, expiresAt };
    this.#outstanding.set(command.id, command);
    for (const release of this.#held) release();
    return command;
  }

  /** Hands a finished command over once more, as a restored backup would. */
  repeat(command: AgentCommand): void {
    this.#outstanding.set(command.id, command);
    for (const release of this.#held) release();
  }

  /** Lets go of held requests without a command. */
  nudge(): void {
    for (const release of this.#held) release();
  }

  endManagement(): void {
    this.#unmanaged = true;
    for (const release of this.#held) release();
  }

  resultOf(command: AgentCommand): CommandResultRequest | undefined {
    return this.results.find(({ id }) => id === command.id)?.result;
  }

  // ------------------------------------------------------------------------------------------------ enrolment

  async #onEnrollment(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const keys = deriveEnrollmentKeys(this.code, {
      organizationSlug: 'acme',
      publicHost: `localhost:${this.#ports.main}`,
    });
    const path = request.url ?? '';
    if (this.#isTroubled(path, request, response)) return;
    if (path.endsWith('/begin')) {
      this.begun.push(body.toString());
      const { offer, transcript } = makeOffer(keys.serverKey, decodeBegin(body), {
        serverNonce: randomBytes(32),
        enrollmentId: 'e1',
        deviceRoot: this.#deviceRoot.certificate.der,
        tlsAnchors: [this.#trustRoot.certificate.der],
        csrProfile: 'ec-p256',
        gateway: this.gateway,
        expiresAt: Date.now() + day,
      });
      this.#transcript = transcript;
      response.end(encodeOffer(offer));
      return;
    }
    const proof = decodeProof(body);
    if (this.#transcript === undefined || !isProofGenuine(keys.deviceKey, this.#transcript, proof)) {
      return refuse(response, 404, 'enrollment-refused');
    }
    this.claims.push(Buffer.from(proof.claims).toString());
    const leaf = this.#issueDevice(parseCertificateRequest(proof.csr).spki);
    const chain = [leaf.der, this.#issuing.certificate.der];
    response.end(
      encodeGrant(makeGrant(keys.serverKey, this.#transcript, proof, { chain, deviceId: this.deviceId })),
    );
  }

  #issueDevice(spki: Uint8Array, life = this.options.deviceCertificate): Certificate {
    return issue(
      this.#issuing,
      this.#issuing.key,
      { profile: 'device-identity', ...deviceIdentityNames(this.deviceId), ...life },
      spki,
    );
  }

  // ------------------------------------------------------------------------------------------------ agent protocol

  async #onDevice(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whether the agent wants to hear of more with the answer to a result changes nothing of what is asked.
    const path = (request.url ?? '').replace(/\?next=true$/, '');
    const body = await bodyOf(request);
    this.times.push({ path, at: Date.now() });
    const socket = request.socket as TLSSocket;
    const certificate = socket.getPeerCertificate();
    if (certificate?.raw === undefined || !socket.authorized)
      return refuse(response, 401, 'certificate-refused');
    this.certificates.push(parseCertificate(certificate.raw).fingerprint);
    if (this.#unmanaged) return refuse(response, 401, 'device-unmanaged');
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const trouble = this.#isTroubled(path, request, response, () => this.#take(path, plain));
    if (!trouble) await this.#answer(path, plain, response);
  }

  #take(path: string, body: Buffer): void {
    if (path === '/agent/v1/check-in') {
      const request = JSON.parse(body.toString()) as CheckInRequest;
      this.checkIns.push(request);
      if (!this.counters.includes(request.counter)) this.counters.push(request.counter);
    }
    const id = /\/commands\/([^/]+)\/result$/.exec(path)?.[1];
    if (id !== undefined) {
      this.results.push({ id, result: JSON.parse(body.toString()) as CommandResultRequest });
      this.#outstanding.delete(id);
    }
  }

  async #answer(path: string, body: Buffer, response: ServerResponse): Promise<void> {
    this.#take(path, body);
    const json = (value: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (path === '/agent/v1/check-in') {
      const request = this.checkIns.at(-1);
      const commands = [...this.#outstanding.values()];
      const counter = Math.max(...this.counters);
      const usual = { serverTime: Date.now(), counter, commands, nextCheckInSeconds: 3600 };
      json({ ...usual, ...(request === undefined ? {} : this.options.answer?.(request)) });
    } else if (path.startsWith('/agent/v1/commands?')) {
      const wait = Number(new URL(path, 'https://x').searchParams.get('wait'));
      if (this.#outstanding.size === 0) await this.#hold(wait);
      if (this.#unmanaged) return refuse(response, 401, 'device-unmanaged');
      json({ commands: [...this.#outstanding.values()] });
    } else if (path.endsWith('/result')) json({ state: 'acknowledged' });
    else if (path === '/agent/v1/certificate') {
      const { csr } = JSON.parse(body.toString()) as { csr: string };
      const leaf = this.#issueDevice(parseCertificateRequest(Buffer.from(csr, 'base64')).spki, {
        notBefore: Date.now() - 60_000,
        notAfter: Date.now() + 90 * day,
      });
      this.renewals.push(leaf);
      const chain = [leaf, this.#issuing.certificate, this.#deviceRoot.certificate];
      json({
        chain: chain.map(({ der }) => Buffer.from(der).toString('base64')),
        notAfter: leaf.notAfter,
        renewAfter: Date.now() + 60 * day,
      });
    } else if (path === '/agent/v1/unenroll') {
      this.unenrolled.push(JSON.parse(body.toString()));
      this.endManagement();
      json({ state: 'unmanaged' });
    } else refuse(response, 404, 'not-found');
  }

  #isTroubled(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    takeIn?: () => void,
  ): boolean {
    const count = (this.#counts.get(path) ?? 0) + 1;
    this.#counts.set(path, count);
    const trouble = this.options.trouble?.(path, count);
    if (trouble === undefined) return false;
    if (trouble === 'drop') {
      takeIn?.();
      request.socket.destroy();
    } else if (trouble === 'refuse') request.socket.destroy();
    else refuse(response, trouble.status, trouble.code);
    return true;
  }

  #hold(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const release = () => {
        clearTimeout(timer);
        this.#held.delete(release);
        resolve();
      };
      const timer = setTimeout(release, seconds * 1000);
      timer.unref();
      this.#held.add(release);
    });
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  response.end(JSON.stringify({ error: { code, message: `refused: ${code}` } }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
