// Organizations, users and devices for the tests of the modules that work on them.
import type { Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { Client } from 'pg';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TestDatabase } from '../../kernel/db/test-database.ts';
import { newId } from '../../kernel/ids.ts';
import { createPendingDevice } from './create-pending-device.ts';
import { recordReport, type ReportOutcome } from './record-report.ts';
import { registerDevice } from './register-device.ts';

const superusers = new WeakMap<TestDatabase, Promise<Client>>();

/** One connection a database that row-level security does not bind: to arrange what no use-case makes, and to look. */
export function superuserOf(db: TestDatabase): Promise<Client> {
  const client = superusers.get(db) ?? db.superuser();
  superusers.set(db, client);
  return client;
}

export interface TestFleet {
  readonly organizationId: string;
  readonly userId: string;
  /** A registered device of the user, without any report. */
  addDevice(options?: { platform?: Platform; ownership?: Ownership; name?: string }): Promise<string>;
  /** The device's next report; facts by scan. */
  report(
    tx: TenantTx,
    deviceId: string,
    facts: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    at?: number,
  ): Promise<ReportOutcome>;
}

export async function createTestFleet(db: TestDatabase, slug: string): Promise<TestFleet> {
  const [organizationId, userId] = [newId(), newId()];
  const admin = await superuserOf(db);
  await admin.query('insert into organizations (organization_id, slug, name) values ($1, $2, $2)', [
    organizationId,
    slug,
  ]);
  await admin.query(
    'insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $4)',
    [organizationId, userId, `ann@${slug}.example`, `ann.${slug}`],
  );
  const counters = new Map<string, number>();
  return {
    organizationId,
    userId,
    addDevice: ({ platform = 'linux', ownership = 'corporate', name = 'laptop' } = {}) =>
      db.database.withTenant(organizationId, async (tx) => {
        const { deviceId } = await createPendingDevice(tx, {
          userId,
          platform,
          ownership,
          enrollmentId: null,
          name,
        });
        await registerDevice(tx, deviceId);
        return deviceId;
      }),
    report(tx, deviceId, facts, at = Date.now()) {
      const counter = (counters.get(deviceId) ?? 0) + 1;
      counters.set(deviceId, counter);
      const scans = Object.entries(facts).map(([scan, of]) => ({
        scan: scan as 'security',
        observedAt: at,
        facts: of,
      }));
      return recordReport(tx, { deviceId, counter, bootId: 'boot-1', sentAt: at, receivedAt: at, scans });
    },
  };
}
