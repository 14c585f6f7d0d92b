// Both listeners in this process on a real database, and Apple devices that check in over real TLS, with a client certificate or by
// signing their messages. They say exactly what a test makes them say; the simulator is the one that behaves like a device.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type AppleCommand,
  appleMediaTypes,
  type CommandReport,
  decodeCommand,
  encodeReport,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import { signDetached } from '@gatehouse/protocols/cms/index.ts';
import { type PlistDictionary, type PlistValue, writePlist } from '@gatehouse/protocols/plist/index.ts';
import { encodePem, parsePublicKey } from '@gatehouse/protocols/x509/index.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { Agent, request } from 'undici';
import { freePorts } from './free-ports.ts';
import { openTestDatabase } from '../src/kernel/db/test-database.ts';
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
  createChallenge,
  createRefusals,
  issueByChallenge,
  openScepAuthorities,
  scepAuthority,
} from '../src/modules/certificates/index.ts';
import { evaluateDevice } from '../src/modules/compliance/index.ts';
import { createPendingDevice } from '../src/modules/devices/index.ts';
import { createTestFleet, type TestFleet } from '../src/modules/devices/test-fleet.ts';
import { ensureDefaults } from '../src/modules/policies/index.ts';
import {
  type ApplePlatformOptions,
  createApplePlatform,
  noDeclarations,
} from '../src/platforms/apple/index.ts';
import { quickAppleAddress, registerAppleSurface } from '../src/surfaces/apple.ts';

export interface Identity {
  readonly deviceId: string;
  readonly key: KeyObject;
  /** DER */
  readonly certificate: Uint8Array;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface NewDevice {
  readonly platform?: 'ios' | 'macos';
  /** How the device shows who it is. */
  readonly by?: 'tls' | 'signature';
  readonly userId?: string;
  readonly udid?: string;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** How the identity is shown; by default the device's own way. */
  readonly by?: 'tls' | 'signature' | 'nobody';
  /** Signs these bytes instead of those that are sent. */
  readonly sign?: Uint8Array;
  readonly contentType?: string;
  /** The body goes in chunks, which Node’s server reads and the fast lane does not. */
  readonly inChunks?: boolean;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

export async function openAppleWorld(options: Partial<ApplePlatformOptions> = {}) {
  const db = await openTestDatabase({ poolSize: 10 });
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-apple-world-'));
  const [mainPort = 0, devicePort = 0] = await freePorts(2);
  const mainUrl = new URL(`https://localhost:${mainPort}`);
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
    addresses: [mainUrl, deviceUrl],
    clock: { now: () => Date.now() },
    log,
  });
  const refusals = createRefusals({ database, clock, log });
  const notifications = await openNotifications(db.address, () => undefined);
  const authorities = createAuthorityDirectory({ database, clock });
  const verifier = createCertificateVerifier({ directory: authorities, clock });
  const deps = {
    database,
    sealer,
    clock,
    log,
    events,
    notifications,
    refusals,
    verifier,
    reevaluate: (tx: Parameters<typeof evaluateDevice>[1], id: string, now: number) =>
      evaluateDevice({ events, notifications }, tx, id, now),
    declarations: noDeclarations,
    ...options,
  };
  const platform = createApplePlatform(deps);
  const main = createHttpServer({
    log,
    tls: { context: tls.context },
    quick: [quickAppleAddress(platform, log)],
  });
  registerAppleSurface(main, platform);
  const certificates = { header: 'rfc9440', trustedProxies: ['127.0.0.2'] } as const;
  const device = createHttpServer({
    log,
    tls: { context: tls.devices.context, requestCertificate: true },
    quick: [quickAppleAddress(platform, log, certificates)],
  });
  registerAppleSurface(device, platform, certificates);
  let quickAnswers = 0;
  for (const server of [main, device]) server.quickAnswers.add(() => (quickAnswers += 1));
  await main.listen({ host: '127.0.0.1', port: mainPort });
  await device.listen({ host: '127.0.0.1', port: devicePort });
  const ca = tls.anchors.map((der) => encodePem('CERTIFICATE', der)).join('');
  const agents: Agent[] = [];

  async function query<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const admin = await db.superuser();
    try {
      return (await admin.query(text, values)).rows as Row[];
    } finally {
      await admin.end();
    }
  }

  async function newFleet(slug: string): Promise<TestFleet> {
    const fleet = await createTestFleet(db, slug);
    await database.withTenant(fleet.organizationId, (tx) => ensureDefaults(tx));
    await scepAuthority(deps, fleet.organizationId);
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

  /** A certificate as SCEP gives it out, for an enrolment or to replace another. */
  async function certify(
    fleet: TestFleet,
    deviceId: string,
    renewalOf?: string,
    key: KeyObject = newKey(),
  ): Promise<Identity> {
    const { organizationId } = fleet;
    const challenge = await database.withTenant(organizationId, (tx) =>
      createChallenge(tx, deps, { deviceId, ...(renewalOf === undefined ? {} : { renewalOf }) }),
    );
    const authority = (await openScepAuthorities(deps, organizationId)).at(-1);
    if (authority === undefined) throw new Error('no authority');
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    const wish = {
      organizationId,
      key: parsePublicKey(spki),
      requestHash: createHash('sha256').update(spki).digest(),
      transactionId: newId(),
      commonName: undefined,
      requestId: newId(),
      authority,
    };
    return { deviceId, key, certificate: await issueByChallenge(deps, wish, challenge) };
  }

  async function newDevice(fleet: TestFleet, options: NewDevice = {}) {
    const { platform: of = 'ios', by = 'tls', userId = fleet.userId, udid = newUdid() } = options;
    const { deviceId } = await database.withTenant(fleet.organizationId, (tx) =>
      createPendingDevice(tx, { userId, platform: of, ownership: 'corporate', enrollmentId: null, name: '' }),
    );
    return deviceAs(await certify(fleet, deviceId), { udid, by });
  }

  function deviceAs(
    identity: Identity,
    { udid, by = 'tls' as 'tls' | 'signature' }: { udid: string; by?: 'tls' | 'signature' },
  ) {
    const agent = new Agent({
      connect: {
        ca,
        cert: encodePem('CERTIFICATE', identity.certificate),
        key: identity.key.export({ format: 'pem', type: 'pkcs8' }) as string,
      },
      connections: 4,
    });
    const plain = new Agent({ connect: { ca }, connections: 4 });
    agents.push(agent, plain);

    async function send(body: Uint8Array, type: string, how: SendOptions = {}): Promise<Reply> {
      const way = how.by ?? by;
      const signature = () =>
        Buffer.from(
          signDetached({
            content: how.sign ?? body,
            certificate: identity.certificate,
            key: identity.key,
            signingTime: new Date(clock.now()),
          }),
        ).toString('base64');
      const answer = await request(new URL('/apple/mdm', way === 'tls' ? deviceUrl : mainUrl), {
        method: 'PUT',
        dispatcher: way === 'tls' ? agent : plain,
        headers: {
          'content-type': how.contentType ?? type,
          ...(way === 'signature' ? { 'mdm-signature': signature() } : {}),
          ...how.headers,
        },
        body: how.inChunks === true ? Readable.from([body]) : body,
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: Buffer.from(await answer.body.arrayBuffer()),
      };
    }

    const checkIn = (
      message: Readonly<Record<string, PlistValue>>,
      how: SendOptions & { format?: 'binary' } = {},
    ) => send(writePlist({ UDID: udid, ...message }, how.format ?? 'xml'), appleMediaTypes.checkIn, how);
    const topic = 'com.apple.mgmt.External.3f2504e0-4f89-11d3-9a0c-0305e82c3301';
    const report = (
      change: Partial<CommandReport> & Pick<CommandReport, 'status'>,
      how: SendOptions = {},
    ): Promise<Reply> =>
      send(
        encodeReport({
          identity: { kind: 'device', deviceKey: udid, channel: '' },
          commandUuid: undefined,
          errorChain: [],
          response: {},
          ...change,
        }),
        `${appleMediaTypes.command}; charset=UTF-8`,
        how,
      );
    return {
      deviceId: identity.deviceId,
      identity,
      /** For what is asked by GET, with the client certificate. */
      dispatcher: agent,
      udid,
      topic,
      send,
      checkIn,
      report,
      authenticate: (change: PlistDictionary = {}, how?: SendOptions) =>
        checkIn(
          {
            MessageType: 'Authenticate',
            Topic: topic,
            DeviceName: 'Anna’s iPhone',
            Model: 'MYNQ3',
            ModelName: 'iPhone',
            ProductName: 'iPhone17,1',
            OSVersion: '18.1',
            BuildVersion: '22B83',
            SerialNumber: `C${udid.slice(-10)}`,
            ...change,
          },
          how,
        ),
      tokenUpdate: (change: PlistDictionary = {}, how?: SendOptions) =>
        checkIn(
          {
            MessageType: 'TokenUpdate',
            Topic: topic,
            PushMagic: `MAGIC-${udid}`,
            Token: randomBytes(32),
            UnlockToken: Buffer.from(`UNLOCK-${udid}`),
            AwaitingConfiguration: false,
            ...change,
          },
          how,
        ),
      poll: (how?: SendOptions) => report({ status: 'Idle' }, how),
      /** Authenticate, TokenUpdate, and the first poll: registered. */
      async enrol(): Promise<void> {
        for (const step of [this.authenticate, this.tokenUpdate, this.poll]) {
          const answer = await step();
          if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.toString()}`);
        }
      },
    };
  }

  function newUdid(): string {
    return `00008140-${randomBytes(8).toString('hex').toUpperCase()}`;
  }

  return {
    db,
    database,
    deps,
    platform,
    clock,
    logged,
    refusals,
    mainUrl,
    deviceUrl,
    ca,
    tls,
    query,
    newFleet,
    principal,
    certify,
    newDevice,
    deviceAs,
    newUdid,
    /** How many answers went over the fast lane. */
    quickAnswers: () => quickAnswers,
    setOffset(milliseconds: number) {
      offset = milliseconds;
    },
    async state(deviceId: string): Promise<string> {
      const [row] = await query<{ state: string }>('select state from devices where device_id = $1', [
        deviceId,
      ]);
      return row?.state ?? 'gone';
    },
    /** Entries of the audit record about one thing, newest last. */
    async audited(targetId: string): Promise<{ action: string; outcome: string; reason: string | null }[]> {
      await refusals.flush();
      return query(
        `select content ->> 'action' as action, content ->> 'outcome' as outcome, content ->> 'reason' as reason
         from audit_entries where content -> 'target' ->> 'id' = $1 order by entry_id`,
        [targetId],
      );
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.destroy()));
      await Promise.all([main.close(), device.close()]);
      await refusals.close();
      await notifications.close();
      tls.close();
      await db[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type AppleWorld = Awaited<ReturnType<typeof openAppleWorld>>;
export type AppleDevice = ReturnType<AppleWorld['deviceAs']>;

export function commandIn(reply: Reply): AppleCommand {
  if (reply.body.length === 0) throw new Error(`no command came: ${reply.status}`);
  return decodeCommand(reply.body);
}
