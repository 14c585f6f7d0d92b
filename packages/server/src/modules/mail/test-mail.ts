// What the tests of mail share: two organizations, people, enrolled devices and the module over a real database.
import { randomBytes } from 'node:crypto';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { JobDefinition, SingleJob } from '../../kernel/jobs/jobs.ts';
import { newId } from '../../kernel/ids.ts';
import type { Notice, Topic } from '../../kernel/notifications.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
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
  const keys = masterKeysOf([randomBytes(32)]);
  const deps: MailDeps = {
    database: db.database,
    clock,
    events,
    notifications,
    sealer: createSealer(() => keys),
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
    /** How often the audit record tells of this action upon this target, and with which outcome. */
    async entries(action: string, target: string): Promise<readonly string[]> {
      const { rows } = await admin.query(
        `select content ->> 'outcome' as outcome from audit_entries
         where content ->> 'action' = $1 and content -> 'target' ->> 'id' = $2 order by entry_id`,
        [action, target],
      );
      return rows.map((row) => row.outcome);
    },
    /** The payloads of the events of this name about this subject. */
    async told(name: string, subject: string): Promise<readonly Record<string, unknown>[]> {
      const { rows } = await admin.query(
        'select payload from events where name = $1 and subject_id = $2 order by event_id',
        [name, subject],
      );
      return rows.map((row) => row.payload);
    },
    async alerts(
      kind: string,
    ): Promise<readonly { summary: string; severity: string; occurrences: number }[]> {
      const text = 'select summary, severity, occurrences from alerts where kind = $1 order by created_at';
      return (await admin.query(text, [kind])).rows;
    },
    /** Runs the jobs of this kind that wait, as the worker does. */
    async runJobs(
      kind: string,
      definitions: Readonly<Record<string, JobDefinition<never>>>,
    ): Promise<number> {
      const { rows } = await admin.query(
        'delete from jobs where kind = $1 returning organization_id, payload',
        [kind],
      );
      const job = definitions[kind] as unknown as SingleJob;
      for (const { organization_id: organizationId, payload } of rows) {
        const parsed = job.parse(payload);
        await job.outside?.(organizationId, parsed);
        await db.database.withTenant(organizationId, async (tx) => job.run?.(tx, parsed));
      }
      return rows.length;
    },
    /** A report over its management, and the decision that follows. */
    async report(deviceId: string, facts: Parameters<TestFleet['report']>[2]): Promise<void> {
      await db.database.withTenant(acme.organizationId, async (tx) => {
        await acme.report(tx, deviceId, facts, clock.now());
        await deps.reevaluate(tx, deviceId, clock.now());
      });
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}

export type TestMail = Awaited<ReturnType<typeof openTestMail>>;
