// For the tests of SCEP: the whole server, devices that wait for their certificate, and a client of ours whose every message can be
// bent before it leaves.
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { newSerial } from '@gatehouse/protocols/x509/index.ts';
import {
  encodeScepRequest,
  type NewScepRequest,
  selfSignedCertificate,
  transactionIdOf,
} from '@gatehouse/protocols/scep/index.ts';
import { buildCertificateRequest } from '@gatehouse/protocols/x509/index.ts';
import { createChallenge, type NewChallenge } from '../src/modules/certificates/index.ts';
import { createPendingDevice } from '../src/modules/devices/index.ts';
import { type ComposedServer, composeServer } from './security/composed-server.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Buffer;
}

export interface ScepWorld extends AsyncDisposable {
  readonly server: ComposedServer;
  url(slug: string): string;
  organizationId(slug: string): Promise<string>;
  /** A device of the organization's user that waits for its first certificate. */
  addDevice(slug: string): Promise<string>;
  challenge(slug: string, deviceId: string, options?: Partial<NewChallenge>): Promise<string>;
  get(path: string): Promise<HttpAnswer>;
  post(path: string, body: Uint8Array, type?: string): Promise<HttpAnswer>;
  /** To the listener of enrolled devices, under a client certificate, JSON. */
  device(
    path: string,
    identity: { readonly cert: string; readonly key: string },
    body: string,
  ): Promise<HttpAnswer>;
  caCertificate(slug: string): Promise<Uint8Array>;
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export async function openScepWorld(...slugs: readonly string[]): Promise<ScepWorld> {
  const server = await composeServer();
  for (const slug of slugs) await server.addOrganization(slug);
  const superuser = await server.db.superuser();
  const query = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
    (await superuser.query(text, [...values])).rows as Row[];
  const { database } = server.db;
  const organizationId = async (slug: string) => {
    const [row] = await query<{ organization_id: string }>(
      'select organization_id from gh.organizations where slug = $1',
      [slug],
    );
    return row?.organization_id ?? '';
  };
  const call = (path: string, method: string, body?: Uint8Array, type?: string, tls: object = {}) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: server.ports.main,
          servername: 'localhost',
          path,
          method,
          ca: server.ca,
          agent: false,
          ...tls,
          headers: {
            host: `localhost:${server.ports.main}`,
            ...(body === undefined ? {} : { 'content-type': type, 'content-length': body.length }),
          },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => void parts.push(part));
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              type: answer.headers['content-type'],
              body: Buffer.concat(parts),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const get = (path: string) => call(path, 'GET');
  return {
    server,
    url: (slug) => `https://localhost:${server.ports.main}/scep/${slug}`,
    organizationId,
    async addDevice(slug) {
      const id = await organizationId(slug);
      const [user] = await query<{ user_id: string }>(
        'select user_id from gh.users where organization_id = $1',
        [id],
      );
      return database.withTenant(id, async (tx) => {
        const device = {
          platform: 'ios',
          ownership: 'corporate',
          enrollmentId: null,
          name: 'phone',
        } as const;
        return (await createPendingDevice(tx, { ...device, userId: user?.user_id ?? null })).deviceId;
      });
    },
    async challenge(slug, deviceId, options = {}) {
      return database.withTenant(await organizationId(slug), (tx) =>
        createChallenge(tx, { clock: { now: Date.now } }, { deviceId, ...options }),
      );
    },
    get,
    post: (path, body, type = 'application/x-pki-message') => call(path, 'POST', body, type),
    device: (path, identity, body) =>
      call(path, 'POST', Buffer.from(body), 'application/json', { ...identity, port: server.ports.device }),
    caCertificate: async (slug) => (await get(`/scep/${slug}?operation=GetCACert`)).body,
    query,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Costly to make, and no test needs its own. */
export function rsaKeys(count: number, bits = 2048): KeyObject[] {
  return Array.from({ length: count }, () => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);
}

const validity = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 86_400_000 };

/** A first request as a device makes it; any part can be replaced. */
export function firstRequest(
  server: Uint8Array,
  key: KeyObject,
  commonName: string,
  challenge: string | undefined,
  changes: Partial<NewScepRequest> = {},
): { readonly bytes: Uint8Array; readonly request: NewScepRequest } {
  const subject = { commonName };
  const request: NewScepRequest = {
    type: 'PKCSReq',
    content: buildCertificateRequest(key, subject, challenge),
    server,
    certificate: selfSignedCertificate(key, subject, newSerial(randomBytes), validity),
    key,
    transactionId: transactionIdOf(key),
    senderNonce: randomBytes(16),
    ...changes,
  };
  return { bytes: encodeScepRequest(request), request };
}
