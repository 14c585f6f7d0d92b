// The whole server in this process, composed as the server program composes it and listening on all four listeners, on a
// real database. What it logs, at any level, is kept.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { type EnrollmentTicket, newComputer, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import type { LightMyRequestResponse } from 'fastify';
import { freePorts } from '../free-ports.ts';
import { type Application, createApplication } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { dataDirectoryMode, openDataDirectory } from '../../src/kernel/data-directory.ts';
import { openTestDatabase, type TestDatabase } from '../../src/kernel/db/test-database.ts';
import { createMetrics } from '../../src/kernel/http/metrics.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { createLog } from '../../src/kernel/log.ts';
import { openNotifications } from '../../src/kernel/notifications.ts';
import { purposeKey } from '../../src/kernel/purpose-key.ts';
import { masterKeysOf } from '../../src/kernel/sealed/master-key.ts';
import { createSealer, type Sealer } from '../../src/kernel/sealed/sealer.ts';
import { openServerTls } from '../../src/kernel/tls/index.ts';

export const listeners = ['main', 'device', 'operations', 'local'] as const;
export type Listener = (typeof listeners)[number];

export interface ComposedServer extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly sealer: Sealer;
  readonly application: Application;
  /** Of main and device; operations is plain HTTP. */
  readonly ports: Readonly<Record<Exclude<Listener, 'local'>, number>>;
  readonly localSocket: string;
  /** What a client must trust, PEM. */
  readonly ca: string;
  /** Its own certificate and key, PEM. */
  readonly identity: { readonly cert: string; readonly key: string };
  readonly logged: string[];
  /** Moves the server's clock. */
  advance(milliseconds: number): void;
  /** The operator at the server's own machine, in an organization if one is named. */
  operate(
    method: string,
    path: string,
    body?: unknown,
    organization?: string,
  ): Promise<LightMyRequestResponse>;
  /** A new organization, with a user in it. */
  addOrganization(slug: string): Promise<void>;
  addAdministrator(slug: string, email: string, role: string, password: string): Promise<string>;
  /** A simulated computer of the organization’s user, enrolled over the network. */
  enrol(slug: string): Promise<SimulatedAgent>;
}

export interface CompositionOptions {
  readonly env?: Readonly<Record<string, string>>;
}

export async function composeServer(options: CompositionOptions = {}): Promise<ComposedServer> {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-composed-'));
  chmodSync(root, dataDirectoryMode);
  const directory = openDataDirectory(root);
  const [main = 0, device = 0, operations = 0] = await freePorts(3);
  const config = readConfig({
    GATEHOUSE_DATA_DIR: root,
    GATEHOUSE_LISTEN: `127.0.0.1:${main}`,
    GATEHOUSE_DEVICE_LISTEN: `127.0.0.1:${device}`,
    GATEHOUSE_OPERATIONS_LISTEN: `127.0.0.1:${operations}`,
    ...options.env,
  });
  const db = await openTestDatabase({ poolSize: 10 });
  const logged: string[] = [];
  const log = createLog({ level: 'trace', console: (line) => void logged.push(line) });
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const notifications = await openNotifications(db.address, () => undefined);
  const keys = masterKeysOf([randomBytes(32)]);
  const kernel: Kernel = {
    config,
    directory,
    log,
    clock,
    metrics: createMetrics(),
    address: db.address,
    database: db.database,
    notifications,
    sealer: createSealer(() => keys),
    keyFor: (purpose) => purposeKey(keys.current.bytes, purpose),
    close: async () => undefined,
  };
  const addresses = [config.publicUrl, config.deviceUrl];
  const tls = openServerTls({ directory: directory.tls, addresses, clock: { now: Date.now }, log });
  const application = await createApplication(kernel, tls);
  const operate: ComposedServer['operate'] = (method, path, body, organization) => {
    const caller = `caller-${randomBytes(16).toString('hex')}`;
    writeFileSync(join(directory.run, caller), '', { flag: 'wx', mode: 0o600 });
    return application.local.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: {
        'gatehouse-caller': caller,
        ...(organization === undefined ? {} : { 'gatehouse-organization': organization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  };
  async function make<Made>(path: string, body: unknown, organization?: string): Promise<Made> {
    const answer = await operate('POST', path, body, organization);
    if (answer.statusCode !== 201) throw new Error(`${path}: ${answer.statusCode} ${answer.body}`);
    return answer.json() as Made;
  }
  const agents: SimulatedAgent[] = [];
  const localSocket = join(directory.run, 'local.sock');
  await application.main.listen(config.listen);
  await application.device.listen(config.deviceListen);
  await application.operations.listen(config.operationsListen);
  await application.local.listen({ path: localSocket });
  return {
    db,
    sealer: kernel.sealer,
    application,
    ports: { main, device, operations },
    localSocket,
    ca: tls.anchors.map((der) => encodePem('CERTIFICATE', der)).join(''),
    identity: { cert: String(tls.context.cert), key: String(tls.context.key) },
    logged,
    advance(milliseconds) {
      offset += milliseconds;
    },
    operate,
    async addOrganization(slug) {
      await make('/organizations', { slug, name: slug });
      await make('/users', { email: `user@${slug}.example` }, slug);
    },
    async addAdministrator(slug, email, role, password) {
      return (await make<{ id: string }>('/administrators', { email, role, password }, slug)).id;
    },
    async enrol(slug) {
      const order = { user: `user@${slug}.example`, platform: 'linux', ownership: 'corporate' };
      const agent = new SimulatedAgent({
        computer: newComputer(`${slug}-${agents.length}`, { platform: 'linux' }),
        now: clock.now,
      });
      agents.push(agent);
      await agent.enroll(await make<EnrollmentTicket>('/enrollments', order, slug));
      return agent;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(agents.map((agent) => agent.close()));
      await application.close();
      tls.close();
      await notifications.close();
      await db[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
