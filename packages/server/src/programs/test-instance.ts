// For tests: an installation with two organizations and something of every kind that a backup must carry, end or keep out.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Principal } from '@gatehouse/core/actor.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { buildCertificateRequest } from '@gatehouse/protocols/x509/index.ts';
import type { DatabaseAddress } from '../kernel/db/address.ts';
import { type Database, openDatabase } from '../kernel/db/database.ts';
import { sql } from '../kernel/db/sql.ts';
import { openTestDatabase, type TestDatabase } from '../kernel/db/test-database.ts';
import { createEvents } from '../kernel/events.ts';
import type { TenantPrincipal } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { silentLog } from '../kernel/log.ts';
import { type MasterKeys, masterKeysOf } from '../kernel/sealed/master-key.ts';
import { createSealer } from '../kernel/sealed/sealer.ts';
import {
  createAdministrator,
  createCredentialLocator,
  createKnownBrowsers,
  createPasskeyChallenges,
  createPasswords,
  createToken,
  signIn,
} from '../modules/administrators/index.ts';
import { recordAudit } from '../modules/audit/index.ts';
import {
  createAuthorityDirectory,
  createCertificateVerifier,
  createRefusals,
  createStandings,
  ensureAuthorities,
  issueAgentCertificate,
  keyOfRequest,
  revokeDeviceCertificates,
} from '../modules/certificates/index.ts';
import { evaluateDevice } from '../modules/compliance/index.ts';
import { queueCommand } from '../modules/commands/index.ts';
import { createPendingDevice, registerDevice } from '../modules/devices/index.ts';
import { createEnrollment } from '../modules/enrollment/index.ts';
import { createOrganization, createOrganizationFinder } from '../modules/organizations/index.ts';
import { ensureDefaults } from '../modules/policies/index.ts';
import { subscriptions } from '../subscriptions.ts';

export const password = 'plinth ocelot quaver tumbril';
/** Plaintext of sealed values; must be nowhere in a backup, opened or not. */
export const sealedCanary = '73190428';

const operator: Principal = {
  kind: 'local',
  id: '1000',
  organizationId: null,
  label: 'operator',
  role: 'system-admin',
  permissions: new Set(permissions),
  empoweredAt: null,
};

const insertUser = sql(
  'test-instance-insert-user',
  'insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $3)',
);

/** The use-cases' surroundings on a database, as the server makes them. */
export function instanceOn(database: Database, keys: MasterKeys) {
  const clock = { now: () => Date.now() };
  const sealer = createSealer(() => keys);
  const notifications = { publish: () => undefined };
  const events = createEvents(subscriptions, () => undefined);
  const directory = createAuthorityDirectory({ database, clock });
  return {
    database,
    sealer,
    clock,
    notifications,
    events,
    log: silentLog,
    audit: recordAudit,
    onCreated: [
      (tx: Parameters<typeof ensureDefaults>[0]) => ensureDefaults(tx),
      async (tx: Parameters<typeof ensureAuthorities>[0]) =>
        void (await ensureAuthorities(tx, { sealer, clock })),
    ],
    reevaluate: (tx: Parameters<typeof evaluateDevice>[1], deviceId: string, at: number) =>
      evaluateDevice({ events, notifications }, tx, deviceId, at),
    passwords: createPasswords({ memory: 64, passes: 1 }),
    locateCredential: createCredentialLocator(database),
    findOrganization: createOrganizationFinder({ database }),
    knownBrowsers: createKnownBrowsers(randomBytes(32), clock.now),
    passkeyChallenges: createPasskeyChallenges(randomBytes(32), clock.now),
    publicUrl: new URL('https://mdm.example:8443'),
    deviceUrl: new URL('https://mdm.example:8444'),
    tlsAnchors: () => [randomBytes(200)],
    ways: { linux: { agent: true } } as const,
    refusals: createRefusals({ database, clock, log: silentLog }),
    verifier: createCertificateVerifier({ directory, clock }),
    standings: createStandings(database),
  };
}

export type Instance = ReturnType<typeof instanceOn>;

export interface PopulatedOrganization {
  readonly id: string;
  readonly slug: string;
  readonly token: string;
  readonly session: string;
  readonly setupUrl: string;
  readonly code: { readonly url: string; readonly oneTimePassword: string };
  readonly deviceId: string;
  readonly goodCertificate: Uint8Array;
  readonly revokedCertificate: Uint8Array;
  readonly queuedCommand: string;
  readonly userEmail: string;
}

export async function populate(instance: Instance, slug: string): Promise<PopulatedOrganization> {
  const { id } = await createOrganization(instance, operator, { slug, name: `${slug} inc` });
  const local: TenantPrincipal = { ...operator, organizationId: id };
  const email = `boss@${slug}.example`;
  await createAdministrator(instance, local, { email, role: 'org-admin', password });
  const invited = await createAdministrator(instance, local, {
    email: `new@${slug}.example`,
    role: 'auditor',
  });
  const { token } = await createToken(instance, local, { role: 'auditor', expiresInSeconds: 86_400 });
  const source = { requestId: newId(), address: '192.0.2.1', knownBrowser: undefined, session: undefined };
  const session = await signIn(instance, { organization: slug, email, password }, source);
  const userEmail = `ann-canary@${slug}.example`;
  const user = { id: newId() };
  await instance.database.withTenant(id, (tx) => tx.run(insertUser, [id, user.id, userEmail]));
  const code = await createEnrollment(instance, local, { user: user.id, platform: 'linux' });
  const good = await addDevice(instance, id, user.id, false);
  const revoked = await addDevice(instance, id, user.id, true);
  const command = await queueCommand(instance, local, {
    deviceId: good.deviceId,
    name: 'lock-device',
    params: { pin: sealedCanary },
  });
  return {
    id,
    slug,
    token,
    session: session.cookie,
    setupUrl: invited.setupUrl ?? '',
    code,
    deviceId: good.deviceId,
    goodCertificate: good.certificate,
    revokedCertificate: revoked.certificate,
    queuedCommand: command.id,
    userEmail,
  };
}

async function addDevice(
  instance: Instance,
  organizationId: string,
  userId: string,
  revoke: boolean,
): Promise<{ deviceId: string; certificate: Uint8Array }> {
  const csr = buildCertificateRequest(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const actor = { ...operator, organizationId };
  return instance.database.withTenant(organizationId, async (tx) => {
    const device = {
      userId,
      platform: 'linux',
      ownership: 'corporate',
      enrollmentId: null,
      name: 'laptop',
    } as const;
    const { deviceId } = await createPendingDevice(tx, device);
    await registerDevice(tx, deviceId);
    const issued = await issueAgentCertificate(tx, instance, { deviceId, key: keyOfRequest(csr), actor });
    await instance.reevaluate(tx, deviceId, Date.now());
    if (revoke) await revokeDeviceCertificates(tx, instance, { deviceId, reason: 'key-compromise', actor });
    return { deviceId, certificate: issued.certificate.der };
  });
}

export interface TestInstance extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly keys: MasterKeys;
  readonly instance: Instance;
  readonly acme: PopulatedOrganization;
  readonly globex: PopulatedOrganization;
}

export async function openTestInstance(): Promise<TestInstance> {
  const db = await openTestDatabase();
  const keys = masterKeysOf([randomBytes(32)]);
  const instance = instanceOn(db.database, keys);
  return {
    db,
    keys,
    instance,
    acme: await populate(instance, 'acme'),
    globex: await populate(instance, 'globex'),
    async [Symbol.asyncDispose]() {
      await instance.refusals.close();
      await db[Symbol.asyncDispose]();
    },
  };
}

/** The same on a database that a restore filled. */
export async function openInstanceOn(
  address: DatabaseAddress,
  keys: MasterKeys,
): Promise<{ readonly instance: Instance; close(): Promise<void> }> {
  const database = await openDatabase(address, { poolSize: 4 });
  const instance = instanceOn(database, keys);
  return {
    instance,
    async close() {
      await instance.refusals.close();
      await database.close();
    },
  };
}
