// A transmitter of Shared Signals in this process, on a real database, with organizations whose devices change.
import { randomBytes } from 'node:crypto';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { BuiltInRole } from '@gatehouse/core/permissions/roles.ts';
import type { Client } from 'pg';
import { openSharedSignals, signalSubscriptions } from '../src/integrations/shared-signals/index.ts';
import { openTestDatabase, type TestDatabase } from '../src/kernel/db/test-database.ts';
import { createEvents } from '../src/kernel/events.ts';
import type { TenantPrincipal } from '../src/kernel/http/route.ts';
import { createHttpServer } from '../src/kernel/http/server.ts';
import { newId } from '../src/kernel/ids.ts';
import { startWorker, type Worker } from '../src/kernel/jobs/worker.ts';
import { createLog } from '../src/kernel/log.ts';
import { openNotifications } from '../src/kernel/notifications.ts';
import { createOutbound, type Outbound } from '../src/kernel/outbound/outbound.ts';
import { masterKeysOf } from '../src/kernel/sealed/master-key.ts';
import { createSealer } from '../src/kernel/sealed/sealer.ts';
import { createCredentialLocator, createToken } from '../src/modules/administrators/index.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../src/modules/devices/test-fleet.ts';
import { createOrganizationFinder, createSlugReader } from '../src/modules/organizations/index.ts';
import { registerSharedSignalsSurface } from '../src/surfaces/shared-signals.ts';
import { freePorts } from './free-ports.ts';
import { type SsfReceiver, startSsfReceiver } from './ssf-receiver.ts';

export const good = { registered: true, compliant: true, network: 'allow', mail: 'allow', vpn: 'allow' };
export const bad = { registered: true, compliant: false, network: 'quarantine', mail: 'deny', vpn: 'deny' };
export const blocked = { registered: true, compliant: false, network: 'deny', mail: 'deny', vpn: 'deny' };
export const gone = { registered: false, compliant: false, network: 'deny', mail: 'deny', vpn: 'deny' };

export interface SignalTenant {
  readonly fleet: TestFleet;
  readonly slug: string;
  readonly issuer: string;
  readonly administrator: TenantPrincipal;
  token(role?: BuiltInRole): Promise<{ id: string; token: string }>;
  /** A receiver with a token of its own. */
  receiver(): Promise<SsfReceiver>;
  /** What a decision that changed brings about. */
  change(deviceId: string, before: object, after: object): Promise<void>;
}

export interface SignalWorld extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly admin: Client;
  readonly clock: { now(): number; ahead(milliseconds: number): void };
  readonly url: URL;
  readonly deps: Parameters<typeof registerSharedSignalsSurface>[1];
  readonly events: ReturnType<typeof createEvents>;
  worker: Worker;
  restartWorker(): Promise<void>;
  task(name: string): Promise<void>;
  tenant(slug: string): Promise<SignalTenant>;
  /** What goes out trusts these receivers. */
  trust(receiver: SsfReceiver): void;
}

export async function openSignalWorld(): Promise<SignalWorld> {
  const db = await openTestDatabase({ poolSize: 16 });
  const admin = await superuserOf(db);
  const [port] = await freePorts(1);
  const url = new URL(`http://127.0.0.1:${port}`);
  let offset = 0;
  const clock = {
    now: () => Date.now() + offset,
    ahead: (milliseconds: number) => void (offset += milliseconds),
  };
  const { database } = db;
  const log = createLog({
    level: process.env['TEST_LOG'] ?? 'silent',
    console: (line) => void process.stderr.write(`${line}\n`),
  });
  const keys = masterKeysOf([randomBytes(32)]);
  const sealer = createSealer(() => keys);
  const notifications = await openNotifications(db.address, () => undefined);
  const wakes = { worker: () => undefined as void };
  const events = createEvents(signalSubscriptions, () => wakes.worker());
  let trusted = '';
  let outbound: Outbound = createOutbound({ allow: ['127.0.0.1'] });
  const open: { close(): Promise<void> }[] = [];
  const deps = {
    database,
    sealer,
    clock,
    log: log,
    events,
    notifications,
    outbound: { request: (...call: Parameters<Outbound['request']>) => outbound.request(...call) },
    publicUrl: url,
    slugOf: createSlugReader({ database }),
  };
  const signals = openSharedSignals(deps);
  const work = () => {
    const worker = startWorker({
      database,
      definitions: signals.jobs as never,
      log: log,
      pollMilliseconds: 100,
    });
    wakes.worker = worker.wake;
    return worker;
  };
  const server = createHttpServer({ log: log });
  const surface = {
    ...deps,
    signals,
    grantKey: randomBytes(32),
    findOrganization: createOrganizationFinder({ database }),
    locateCredential: createCredentialLocator(database),
  };
  registerSharedSignalsSurface(server, surface);
  await server.listen({ host: '127.0.0.1', port: Number(port) });
  const sweeping = setInterval(() => void signals.tasks[0]?.run().catch(() => undefined), 250);

  const world: SignalWorld = {
    db,
    admin,
    clock,
    url,
    deps: surface,
    events,
    worker: work(),
    async restartWorker() {
      await world.worker.stop();
      world.worker = work();
    },
    async task(name) {
      await signals.tasks.find((task) => task.name === name)?.run();
    },
    trust(receiver) {
      trusted += receiver.trust;
      const before = outbound;
      outbound = createOutbound({ allow: ['127.0.0.1'], trust: trusted });
      open.push(before);
    },
    async tenant(slug) {
      const fleet = await createTestFleet(db, slug);
      const { organizationId } = fleet;
      const issuer = new URL(`/ssf/${slug}`, url).href;
      const administrator: TenantPrincipal = {
        kind: 'local',
        id: '0',
        organizationId,
        label: 'test',
        role: 'org-admin',
        permissions: effectivePermissions('org-admin'),
        empoweredAt: null,
      };
      const tenant: SignalTenant = {
        fleet,
        slug,
        issuer,
        administrator,
        token: (role = 'nac-service') =>
          createToken(deps as never, administrator, { role, name: role, expiresInSeconds: 86_400 }),
        async receiver() {
          const receiver = await startSsfReceiver(issuer, (await tenant.token()).token);
          open.push(receiver);
          world.trust(receiver);
          return receiver;
        },
        change: (deviceId, before, after) =>
          database.withTenant(organizationId, (tx) =>
            events.emit(tx, {
              name: 'device.posture-changed',
              subjectId: deviceId,
              payload: { deviceId, before, after, causes: [], change: newId() },
            }),
          ),
      };
      return tenant;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweeping);
      await world.worker.stop();
      await signals.close();
      await server.close();
      await Promise.all(open.map((each) => each.close()));
      await outbound.close();
      await notifications.close();
      await db[Symbol.asyncDispose]();
    },
  };
  return world;
}
