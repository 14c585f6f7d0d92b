import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createTestFleet, type TestFleet } from '../../modules/devices/test-fleet.ts';
import { createQuietContacts } from './queries.ts';

let db: TestDatabase;
let acme: TestFleet;
let globex: TestFleet;
const now = 1_790_000_000_123;

before(async () => {
  db = await openTestDatabase();
  [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
});
after(() => db[Symbol.asyncDispose]());

async function contactOf(deviceId: string) {
  const admin = await db.superuser();
  const { rows } = await admin.query(
    `select last_check_in_at, report_counter, clock_skew_seconds, acknowledged_policy_version from device_contacts
     where device_id = $1`,
    [deviceId],
  );
  await admin.end();
  return rows[0];
}

const contact = (deviceId: string, counter: number, at = now) => ({
  deviceId,
  now: at,
  report: { counter, sentAt: at + 5_000, acknowledgedPolicyVersion: `of "${deviceId}"` },
});

test('DEV-14 many devices are counted at once, each by its own report, and never backwards', async () => {
  const count = createQuietContacts(db.database);
  const ids = [await acme.addDevice(), await acme.addDevice(), await acme.addDevice()] as const;
  const first = ids.map((id, index) => count(acme.organizationId, contact(id, 10 + index, now + index)));
  assert.deepEqual(await Promise.all(first), [true, true, true]);
  for (const [index, id] of ids.entries()) {
    assert.deepEqual(await contactOf(id), {
      last_check_in_at: new Date(now + index),
      report_counter: String(10 + index),
      clock_skew_seconds: 5,
      acknowledged_policy_version: `of "${id}"`,
    });
  }
  const second = ids.map((id) => count(acme.organizationId, contact(id, 11, now - 1_000)));
  assert.deepEqual(await Promise.all(second), [true, false, false]);
  assert.deepEqual((await contactOf(ids[0])).last_check_in_at, new Date(now));
  assert.equal((await contactOf(ids[2])).report_counter, '12');
});

test('of two check-ins of one device at once one is counted, the other is looked at closely', async () => {
  const count = createQuietContacts(db.database);
  const id = await acme.addDevice();
  const both = [contact(id, 5), contact(id, 6)].map((each) => count(acme.organizationId, each));
  assert.deepEqual(await Promise.all(both), [true, false]);
  assert.equal((await contactOf(id)).report_counter, '5');
});

test('a device that is looked at closely at this moment holds up nobody else', async () => {
  const count = createQuietContacts(db.database);
  const [held, free] = [await acme.addDevice(), await acme.addDevice()] as const;
  const admin = await db.superuser();
  await admin.query('begin');
  await admin.query('select 1 from device_contacts where device_id = $1 for update', [held]);
  const both = [held, free].map((id) => count(acme.organizationId, contact(id, 7)));
  assert.deepEqual(await Promise.all(both), [false, true]);
  await admin.query('rollback');
  await admin.end();
});

test('DEV-02 a device of another organization is not counted', async () => {
  const count = createQuietContacts(db.database);
  const id = await globex.addDevice();
  assert.equal(await count(acme.organizationId, contact(id, 9)), false);
  assert.equal((await contactOf(id)).report_counter, '0');
});
