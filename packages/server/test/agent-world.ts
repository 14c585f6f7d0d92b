// Both listeners in this process on a real database, and computers that enrol and talk to them over real TLS. The clock stands
// still unless a test moves it.
import { randomBytes, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import {
  DeviceEnrollment,
  type DeviceIdentity,
  type EnrollmentTrust,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { Agent, request } from 'undici';
import { freePorts } from './free-ports.ts';
import { openTestDatabase, type TestDatabase } from '../src/kernel/db/test-database.ts';
import { createEvents } from '../src/kernel/events.ts';
import type { TenantPrincipal } from '../src/kernel/http/route.ts';
import { createHttpServer } from '../src/kernel/http/server.ts';
import { newId } from '../src/kernel/ids.ts';
import { createLog } from '../src/kernel/log.ts';
import { openNotifications } from '../src/kernel/notifications.ts';
import { masterKeysOf } from '../src/kernel/sealed/master-key.ts';
import { createSealer } from '../src/kernel/sealed/sealer.ts';
import { openServerTls } from '../src/kernel/tls/index.ts';
import {
  createAuthorityDirectory,
  createCertificateVerifier,
  createRefusals,
  createStandings,
} from '../src/modules/certificates/index.ts';
import { evaluateDevice } from '../src/modules/compliance/index.ts';
import { createTestFleet, type TestFleet } from '../src/modules/devices/test-fleet.ts';
import { createEnrollment } from '../src/modules/enrollment/index.ts';
import { createOrganizationFinder } from '../src/modules/organizations/index.ts';
import { ensureDefaults } from '../src/modules/policies/index.ts';
import { createAgentPlatform } from '../src/platforms/agent/index.ts';
import type { ClientCertificateOptions } from '../src/surfaces/client-certificate.ts';
import { registerDeviceSurface, registerEnrollmentSurface } from '../src/surfaces/device.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of many shapes
  readonly body: any;
}

/** A computer with its certificate. */
export interface Computer {
  readonly deviceId: string;
  readonly key: KeyObject;
  readonly identity: DeviceIdentity;
  readonly trust: EnrollmentTrust;
  counter: number;
  /** Over one kept connection per computer, unless `fresh`. */
  send(method: 'GET' | 'POST', path: string, body?: unknown, options?: SendOptions): Promise<Reply>;
  checkIn(change?: object, options?: SendOptions): Promise<Reply>;
  /** Checks in until it has nothing left to fetch: registered, its policy acknowledged. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly signal?: AbortSignal;
  readonly raw?: Uint8Array;
  readonly agent?: Agent;
}

export async function post(
  agent: Agent | undefined,
  url: URL,
  method: 'GET' | 'POST',
  body?: unknown,
  options: SendOptions = {},
) {
  const payload = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await request(url, {
    method,
    ...(agent ? { dispatcher: agent } : {}),
    headers: {
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(payload === undefined ? {} : { body: payload as string | Buffer }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: text === '' ? undefined : JSON.parse(text),
  } satisfies Reply;
}

export async function openAgentWorld() {
  const db = await openTestDatabase({ poolSize: 10 });
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-agent-world-'));
  const [publicPort, devicePort] = await freePorts(2);
  const publicUrl = new URL(`https://localhost:${publicPort}`);
  const deviceUrl = new URL(`https://localhost:${devicePort}`);
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const logged: string[] = [];
  const log = createLog({ level: 'debug', console: (line) => void logged.push(line) });
  const { database } = db;
  const masterKeys = masterKeysOf([randomBytes(32)]);
  const sealer = createSealer(() => masterKeys);
  const events = createEvents({}, () => undefined);
  const tls = openServerTls({
    directory,
    addresses: [publicUrl, deviceUrl],
    clock: { now: () => Date.now() },
    log,
  });
  const refusals = createRefusals({ database, clock, log });

  const ways = { linux: { agent: true }, macos: { agent: true } } as const;

  /** One server of possibly several on the same database. */
  async function openNode(
    ports: { public: number; device: number },
    certificates: ClientCertificateOptions = { header: undefined, trustedProxies: [] },
  ) {
    const notifications = await openNotifications(db.address, () => undefined);
    const platform = createAgentPlatform({
      database,
      sealer,
      clock,
      events,
      notifications,
      refusals,
      publicUrl,
      deviceUrl,
      tlsAnchors: () => tls.anchors,
      ways,
      findOrganization: createOrganizationFinder({ database }),
      verifier: createCertificateVerifier({
        directory: createAuthorityDirectory({ database, clock }),
        clock,
      }),
      standings: createStandings(database),
    });
    const main = createHttpServer({ log, tls: { context: tls.context } });
    registerEnrollmentSurface(main, platform);
    const device = createHttpServer({ log, tls: { context: tls.devices.context, requestCertificate: true } });
    registerDeviceSurface(device, platform, certificates);
    await main.listen({ host: '127.0.0.1', port: ports.public });
    await device.listen({ host: '127.0.0.1', port: ports.device });
    return {
      main,
      device,
      platform,
      notifications,
      async close() {
        platform.close();
        await Promise.all([main.close(), device.close()]);
        await notifications.close();
      },
    };
  }

  const node = await openNode({ public: publicPort ?? 0, device: devicePort ?? 0 });
  const closing: (() => Promise<unknown>)[] = [];
  const deps = {
    database,
    sealer,
    clock,
    events,
    notifications: node.notifications,
    refusals,
    publicUrl,
    ways,
    reevaluate: (tx: Parameters<typeof evaluateDevice>[1], id: string, now: number) =>
      evaluateDevice({ events, notifications: node.notifications }, tx, id, now),
  };

  async function newFleet(slug: string): Promise<TestFleet> {
    const fleet = await createTestFleet(db, slug);
    await database.withTenant(fleet.organizationId, (tx) => ensureDefaults(tx));
    return fleet;
  }

  function principal(fleet: TestFleet): TenantPrincipal {
    return {
      kind: 'administrator',
      id: newId(),
      organizationId: fleet.organizationId,
      label: 'admin@example',
      role: 'org-admin',
      permissions: effectivePermissions('org-admin'),
      empoweredAt: 0,
    };
  }

  async function newUser(fleet: TestFleet): Promise<string> {
    const id = newId();
    await query('insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $3)', [
      fleet.organizationId,
      id,
      `${id}@example`,
    ]);
    return id;
  }

  async function query<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const admin = await db.superuser();
    try {
      return (await admin.query(text, values)).rows as Row[];
    } finally {
      await admin.end();
    }
  }

  async function issueCode(fleet: TestFleet) {
    return createEnrollment(deps, principal(fleet), {
      user: await newUser(fleet),
      platform: 'linux',
      ownership: 'corporate',
    });
  }

  /** The whole handshake over HTTP: M1 and M2 over TLS that proves nothing, the rest over TLS under the anchors just proved. */
  async function enrol(code: { url: string; oneTimePassword: string }, key: KeyObject): Promise<Computer> {
    const handshake = new DeviceEnrollment({ url: code.url, codeText: code.oneTimePassword, randomBytes });
    const address = (path: string) =>
      new URL(path.replace('{organization}', handshake.organizationSlug), handshake.origin);
    const stranger = new Agent({ connect: { rejectUnauthorized: false } });
    const carry = async (agent: Agent, path: string, message: Uint8Array) => {
      const answer = await post(agent, address(path), 'POST', undefined, {
        raw: message,
        headers: { 'content-type': 'application/json' },
      });
      if (answer.status !== 200)
        throw Object.assign(new Error(answer.body?.error?.message), { reply: answer });
      return Buffer.from(JSON.stringify(answer.body));
    };
    const trust = handshake.acceptOffer(
      await carry(stranger, agentPaths.beginEnrollment, handshake.beginMessage()),
    );
    await stranger.close();
    const known = new Agent({ connect: { ca: [...trust.tlsAnchors] } });
    const grant = await carry(
      known,
      agentPaths.completeEnrollment,
      handshake.proofMessage(key, { 'device.host-name': 'lap' }),
    );
    await known.close();
    return newComputer(handshake.acceptGrant(grant, clock.now()), trust, key);
  }

  function newComputer(identity: DeviceIdentity, trust: EnrollmentTrust, key: KeyObject): Computer {
    const agent = connectAs(identity, trust, key);
    const computer: Computer = {
      deviceId: identity.deviceId,
      identity,
      trust,
      key,
      counter: 0,
      send: (method, path, body, options) =>
        post(options?.agent ?? agent, new URL(path, deviceUrl), method, body, options),
      checkIn(change = {}, options = {}) {
        computer.counter += 1;
        const report = {
          counter: computer.counter,
          bootId: 'boot-1',
          sentAt: clock.now(),
          scans: [],
          ...change,
        };
        return computer.send('POST', agentPaths.checkIn, report, options);
      },
      async settle() {
        const first = await computer.checkIn();
        const second = await computer.checkIn({ acknowledgedPolicyVersion: first.body.policy.version });
        if (second.status !== 200) throw new Error(`a check-in was answered with ${second.status}`);
      },
      close: () => agent.destroy(),
    };
    closing.push(() => agent.destroy());
    return computer;
  }

  return {
    db,
    database,
    clock,
    deps,
    node,
    tls,
    refusals,
    publicUrl,
    deviceUrl,
    logged,
    query,
    newFleet,
    principal,
    issueCode,
    enrol,
    newComputer,
    openNode,
    freePorts,
    /** Moves the clock by so many milliseconds from the true time. */
    setOffset(milliseconds: number) {
      offset = milliseconds;
    },
    async close() {
      for (const close of closing) await close();
      await node.close();
      await refusals.close();
      tls.close();
      await (db as TestDatabase)[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type AgentWorld = Awaited<ReturnType<typeof openAgentWorld>>;

export function connectAs(
  identity: Pick<DeviceIdentity, 'chain'>,
  trust: Pick<EnrollmentTrust, 'tlsAnchors'>,
  key: KeyObject,
): Agent {
  return new Agent({
    connect: {
      ca: [...trust.tlsAnchors],
      cert: identity.chain.join(''),
      key: key.export({ format: 'pem', type: 'pkcs8' }) as string,
    },
    connections: 6,
    pipelining: 1,
  });
}
