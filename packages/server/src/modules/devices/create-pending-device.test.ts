import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '../../kernel/ids.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createPendingDevice } from './create-pending-device.ts';
import { registerDevice } from './register-device.ts';

describe('a new device', () => {
  let db: TestDatabase;
  const acme = newId();
  const user = newId();

  before(async () => {
    db = await openTestDatabase();
    const admin = await db.superuser();
    await admin.query(`insert into organizations (organization_id, slug, name) values ($1, 'acme', 'Acme')`, [
      acme,
    ]);
    await admin.query(
      `insert into users (organization_id, user_id, email, user_name) values ($1, $2, 'ann@acme.example', 'ann')`,
      [acme, user],
    );
  });
  after(() => db[Symbol.asyncDispose]());

  test('ENR-19, GAP-12: a pending device exists with every gate shut, before anything evaluates it', async () => {
    const { deviceId } = await db.database.withTenant(acme, (tx) =>
      createPendingDevice(tx, {
        userId: user,
        platform: 'linux',
        ownership: 'corporate',
        enrollmentId: null,
        name: 'laptop',
      }),
    );
    const admin = await db.superuser();
    const { rows } = await admin.query(
      `select d.state, p.registered, p.compliant, p.access_network, p.access_mail, p.access_vpn, p.user_name, p.guid,
         p.device_no = d.device_no as same_no, c.report_counter::int, i.value
       from devices d join device_posture p using (organization_id, device_id)
       join device_contacts c using (organization_id, device_id)
       join device_identifiers i using (organization_id, device_id) where device_id = $1`,
      [deviceId],
    );
    assert.deepEqual(rows, [
      {
        state: 'pending',
        registered: false,
        compliant: false,
        access_network: 'deny',
        access_mail: 'deny',
        access_vpn: 'deny',
        user_name: 'ann',
        guid: deviceId,
        same_no: true,
        report_counter: 0,
        value: deviceId,
      },
    ]);
    const register = () => db.database.withTenant(acme, (tx) => registerDevice(tx, deviceId));
    assert.equal(await register(), true);
    assert.equal(await register(), false);
  });
});
