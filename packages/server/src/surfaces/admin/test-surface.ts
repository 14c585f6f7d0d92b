// The whole admin surface on a real database, in memory, for tests: two organizations, each with an administrator of every
// role and something of every kind, so that a test can be anybody and try anything.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Principal } from '@gatehouse/core/actor.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { type BuiltInRole, builtInRoles } from '@gatehouse/core/permissions/roles.ts';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createServerTrial } from '../../integrations/mail-gateway/try-server.ts';
import { UpstreamError } from '../../integrations/mail-gateway/upstream/upstream-error.ts';
import { createIseCalls } from '../../integrations/network-access/ise-push/ise-calls.ts';
import { createEvents } from '../../kernel/events.ts';
import { createAddressList } from '../../kernel/http/address-list.ts';
import type { AdminRoute, TenantPrincipal } from '../../kernel/http/route.ts';
import { createHttpServer } from '../../kernel/http/server.ts';
import { createLog } from '../../kernel/log.ts';
import { OutboundError } from '../../kernel/outbound/outbound-error.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import {
  createAdministrator,
  createCredentialLocator,
  createKnownBrowsers,
  createPasskeyChallenges,
  createPasswords,
  createToken,
} from '../../modules/administrators/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { ensureAuthorities } from '../../modules/certificates/index.ts';
import { evaluateDevice } from '../../modules/compliance/index.ts';
import { holdersOfCertificates } from '../../modules/devices/index.ts';
import {
  createOrganization,
  createOrganizationFinder,
  createSlugReader,
} from '../../modules/organizations/index.ts';
import { ensureDefaults, resourceAssignments, ruleAssignments } from '../../modules/policies/index.ts';
import { appleSettingSupport } from '../../platforms/apple/desired-state/index.ts';
import { type AdminSurfaceDeps, registerAdminSurface } from '../admin.ts';
import { type AdminRoutesDeps, adminRoutes } from './routes.ts';

export const publicUrl = new URL('https://gatehouse.example');
export const goodPassword = 'plinth ocelot quaver tumbril';

export interface TestOrganization {
  readonly id: string;
  readonly slug: string;
  readonly administrators: Readonly<Record<BuiltInRole, { id: string; email: string; token: string }>>;
}

export interface TestAdminSurface extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly server: FastifyInstance;
  /** The same surface as the local socket serves it. */
  readonly local: FastifyInstance;
  readonly routes: readonly AdminRoute[];
  readonly deps: AdminSurfaceDeps & AdminRoutesDeps;
  readonly acme: TestOrganization;
  readonly globex: TestOrganization;
  /** Every line that was logged. */
  readonly logged: string[];
  /** Moves the clock. */
  advance(milliseconds: number): void;
  call(
    token: string | undefined,
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<LightMyRequestResponse>;
  /** The operator on the server's own machine, acting in an organization. */
  operator(organization: TestOrganization): TenantPrincipal;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
}

const localOperator: Principal = {
  kind: 'local',
  id: '1000',
  organizationId: null,
  label: 'operator',
  role: 'system-admin',
  permissions: new Set(permissions),
  empoweredAt: null,
};

export async function openTestAdminSurface(
  options: {
    /** Other surfaces beside it, before the server is ready. */
    readonly prepare?: (server: FastifyInstance, deps: AdminRoutesDeps) => void;
    /** Routes of the test's own. */
    readonly more?: readonly AdminRoute[];
  } = {},
): Promise<TestAdminSurface> {
  const db = await openTestDatabase();
  const logged: string[] = [];
  let offset = 0;
  const deps = createDeps(db, logged, () => Date.now() + offset);
  const routes = [...adminRoutes(deps), ...(options.more ?? [])];
  const server = createHttpServer({ log: deps.log });
  registerAdminSurface(server, deps, { routes });
  options.prepare?.(server, deps);
  const local = createHttpServer({ log: deps.log });
  registerAdminSurface(local, deps, { routes, localCaller: () => localOperator });
  await Promise.all([server.ready(), local.ready()]);
  const acme = await populate(deps, 'acme');
  const globex = await populate(deps, 'globex');
  return {
    db,
    server,
    local,
    routes,
    deps,
    acme,
    globex,
    logged,
    advance(milliseconds) {
      offset += milliseconds;
    },
    call: (token, method, path, { body, headers, payload } = {}) =>
      server.inject({
        method: method as 'GET',
        url: path.startsWith('/') ? `/api/v1${path}` : path,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
        ...(payload === undefined ? {} : { payload }),
      } satisfies InjectOptions),
    operator: (organization) => ({ ...localOperator, organizationId: organization.id }),
    async [Symbol.asyncDispose]() {
      await Promise.all([server.close(), local.close()]);
      await db[Symbol.asyncDispose]();
    },
  };
}

const callsNobody = () =>
  Promise.reject(new OutboundError('unreachable', 'No receiver is called in this test'));

function createDeps(
  db: TestDatabase,
  logged: string[],
  now: () => number,
): AdminSurfaceDeps & AdminRoutesDeps {
  const { database } = db;
  const keys = masterKeysOf([randomBytes(32)]);
  const sealer = createSealer(() => keys);
  const clock = { now };
  const notifications = { publish: () => undefined };
  const events = createEvents({}, () => undefined);
  const reevaluate: AdminRoutesDeps['reevaluate'] = (tx, deviceId, at) =>
    evaluateDevice({ events, notifications }, tx, deviceId, at);
  return {
    database,
    sealer,
    clock,
    events,
    notifications,
    log: createLog({ level: 'trace', console: (line) => logged.push(line) }),
    slugOf: createSlugReader({ database }),
    audit: recordAudit,
    resourceAssignments: resourceAssignments(events),
    ruleAssignments: ruleAssignments(events),
    checkContent: () => ({ problems: [] }),
    settingSupport: appleSettingSupport,
    desiredState: () => Promise.resolve([]),
    retryDesiredItem: () => Promise.resolve(false),
    carryOut: () => Promise.resolve([]),
    // Nobody is called: the tests of routes end at the door.
    trySender: { send: () => Promise.resolve({ outcome: 'closed' }), waiting: 0, close: () => undefined },
    iseCalls: createIseCalls({ request: callsNobody }),
    outbound: { request: callsNobody },
    findServices: () => Promise.resolve([]),
    tryMailServer: createServerTrial(
      { database: db.database, sealer },
      {
        pool: () => {
          throw new UpstreamError('unreachable', 'No mail server is called in this test');
        },
      },
    ),
    reachable: createAddressList(['192.0.2.0/24']),
    wakeTellers: () => undefined,
    onCreated: [
      (tx) => ensureDefaults(tx),
      async (tx) => {
        await ensureAuthorities(tx, { sealer, clock });
      },
    ],
    reevaluate,
    certificateHolders: holdersOfCertificates({ clock, events, notifications, reevaluate }),
    // Cheap ones: what the derivation costs is tested where it lives.
    passwords: createPasswords({ memory: 64, passes: 1 }),
    locateCredential: createCredentialLocator(database),
    findOrganization: createOrganizationFinder({ database }),
    knownBrowsers: createKnownBrowsers(randomBytes(32), now),
    passkeyChallenges: createPasskeyChallenges(randomBytes(32), now),
    publicUrl,
    ways: { linux: { agent: true }, macos: { agent: true } },
    sendMail: undefined,
    cursorKey: randomBytes(32),
    version: '0.0.0',
    wakeWorker: () => undefined,
    productVersion: '0.0.0',
    dataDirectory: tmpdir(),
    addressesInUse: [],
    ownAuthorities: () => [],
  };
}

async function populate(deps: AdminRoutesDeps, slug: string): Promise<TestOrganization> {
  const { id } = await createOrganization(deps, localOperator, { slug, name: `${slug} inc` });
  const operator: TenantPrincipal = { ...localOperator, organizationId: id };
  const administrators: Record<string, { id: string; email: string; token: string }> = {};
  for (const role of builtInRoles) {
    const email = `${role}@${slug}.example`;
    const created = await createAdministrator(deps, operator, { email, role, password: goodPassword });
    const holder: TenantPrincipal = { ...operator, kind: 'administrator', id: created.id };
    const { token } = await createToken(deps, holder, { role, name: role, expiresInSeconds: 86_400 });
    administrators[role] = { id: created.id, email, token };
  }
  return { id, slug, administrators: administrators as TestOrganization['administrators'] };
}
