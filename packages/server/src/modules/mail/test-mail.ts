// What the tests of mail share: two organizations, people, enrolled devices and the module over a real database.
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { mailPolicy } from '@gatehouse/core/mail/mail-policy.ts';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import type { Notice, Topic } from '../../kernel/notifications.ts';
import { evaluateDevice } from '../compliance/index.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { type Discovery, discoverMailDevice, type SeenMailDevice } from './discover.ts';
import type { MailDeps } from './mail-deps.ts';
import { acknowledgePolicy, issuePolicyKey } from './policy-keys.ts';
import { mailSubscriptions } from './reactions.ts';
import { createMailStandings } from './standings.ts';

export const hour = 3_600_000;

export async function openTestMail() {
  const db = await openTestDatabase();
  const admin = await superuserOf(db);
  const acme = await createTestFleet(db, 'acme');
  const other = await createTestFleet(db, 'other');
  const clock = { at: Date.UTC(2026, 10, 22, 12), now: () => clock.at };
  const news: (Notice & { readonly topic: Topic })[] = [];
  const notifications = { publish: (topic: Topic, notice: Notice) => void news.push({ topic, ...notice }) };
  const events = createEvents(mailSubscriptions, () => undefined);
  const sealer = {
    seal: async (_tx: TenantTx, column: string, row: string, value: Uint8Array) =>
      Buffer.from(`${column}/${row}/${Buffer.from(value).toString('base64')}`),
    open: async (_tx: TenantTx, column: string, row: string, sealed: Uint8Array) => {
      const text = Buffer.from(sealed).toString();
      if (!text.startsWith(`${column}/${row}/`)) throw new Error('sealed for another place');
      return Buffer.from(text.slice(column.length + row.length + 2), 'base64');
    },
  } as unknown as MailDeps['sealer'];
  const deps: MailDeps = {
    database: db.database,
    clock,
    events,
    notifications,
    sealer,
    reevaluate: (tx, deviceId, now) => evaluateDevice({ events, notifications }, tx, deviceId, now),
  };
  const ask = createMailStandings({ database: db.database, clock });

  const seen = (change: Partial<SeenMailDevice> = {}): SeenMailDevice => ({
    userId: acme.userId,
    login: 'ann@acme.example',
    deviceKey: Buffer.from('ANDROID123456'),
    deviceType: 'Android',
    protocolVersion: '14.1',
    userAgent: 'Android-Mail/8',
    ...change,
  });

  async function discover(change: Partial<SeenMailDevice> = {}, fleet: TestFleet = acme): Promise<string> {
    const found: Discovery = await discoverMailDevice(deps, fleet.organizationId, seen(change));
    if ('refused' in found) throw new Error(found.refused);
    return found.mailDeviceId;
  }

  return {
    db,
    deps,
    acme,
    other,
    clock,
    news,
    seen,
    discover,
    rows: async (text: string, values: readonly unknown[] = []) =>
      (await admin.query(text, values as unknown[])).rows,
    inTenant: <T>(work: (tx: TenantTx) => Promise<T>, fleet: TestFleet = acme) =>
      db.database.withTenant(fleet.organizationId, work),
    standing: (
      login: string,
      deviceKey: string | Uint8Array = 'ANDROID123456',
      fleet: TestFleet = acme,
    ): Promise<MailStanding> => ask(fleet.organizationId, { login, deviceKey: Buffer.from(deviceKey) }),
    /** Fetched and acknowledged, so that nothing but access is left to decide. */
    async provisioned(mailDeviceId: string, version: string, outcome: 'applied' | 'partly' = 'applied') {
      const temporaryKey = await issuePolicyKey(deps, acme.organizationId, mailDeviceId, version);
      const key = await acknowledgePolicy(deps, acme.organizationId, mailDeviceId, {
        temporaryKey: temporaryKey ?? 0,
        outcome,
      });
      if (key === undefined) throw new Error('no key');
      return key;
    },
    principal: (role = 'org-admin', fleet: TestFleet = acme): TenantPrincipal => ({
      kind: 'administrator',
      id: newId(),
      organizationId: fleet.organizationId,
      label: role,
      role,
      permissions: effectivePermissions(role),
      empoweredAt: 0,
    }),
    nothingDemanded: mailPolicy({}),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}

export type TestMail = Awaited<ReturnType<typeof openTestMail>>;
