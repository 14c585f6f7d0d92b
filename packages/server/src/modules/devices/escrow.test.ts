import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { candidatesInEscrow, confirmEscrow, escrowForCommand, takeIntoEscrow } from './escrow.ts';
import { createTestFleet, superuserOf, type TestFleet } from './test-fleet.ts';

describe('keys and passwords in escrow', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const keys = masterKeysOf([randomBytes(32)]);
  const clock = { at: Date.UTC(2026, 10, 21, 12), now: () => (clock.at += 1_000) };
  const deps = { sealer: createSealer(() => keys), clock, events: createEvents({}, () => undefined) };
  before(async () => {
    db = await openTestDatabase();
    [acme, other] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'other')];
  });
  after(() => db[Symbol.asyncDispose]());

  const inside = <T>(work: Parameters<TestDatabase['database']['withTenant']>[1], fleet = acme): Promise<T> =>
    db.database.withTenant(fleet.organizationId, work) as Promise<T>;
  const kind = 'recovery-lock';
  const give = (deviceId: string, commandId: string, value: string) =>
    inside<string>((tx) => escrowForCommand(deps, tx, { deviceId, kind }, commandId, () => value));
  const confirm = (deviceId: string, commandId: string) =>
    inside((tx) => confirmEscrow(deps, tx, { deviceId, kind }, commandId));
  const candidates = async (deviceId: string, fleet = acme) =>
    (
      await inside<Awaited<ReturnType<typeof candidatesInEscrow>>>(
        (tx) => candidatesInEscrow(deps, tx, { deviceId, kind }),
        fleet,
      )
    ).map(({ value, confirmed }) => `${value}${confirmed ? ' confirmed' : ''}`);

  test('a command has one value, however often it is asked for', async () => {
    const [deviceId, commandId] = [await acme.addDevice(), newId()];
    assert.equal(await give(deviceId, commandId, 'one'), 'one');
    assert.equal(await give(deviceId, commandId, 'two'), 'one');
    assert.deepEqual(await candidates(deviceId), ['one']);
    const both = await Promise.all([give(deviceId, newId(), 'a'), give(deviceId, newId(), 'b')]);
    assert.deepEqual(both, ['a', 'b']);
  });

  test('what came after the last confirmed value is kept beside it, because either may be in force', async () => {
    const deviceId = await acme.addDevice();
    const first = newId();
    await give(deviceId, newId(), 'never used');
    await give(deviceId, first, 'first');
    await confirm(deviceId, first);
    assert.deepEqual(await candidates(deviceId), ['first confirmed']);
    await give(deviceId, newId(), 'second');
    assert.deepEqual(await candidates(deviceId), ['second', 'first confirmed']);
  });

  test('however many attempts fail, the confirmed value is not lost', async () => {
    const deviceId = await acme.addDevice();
    const good = newId();
    await give(deviceId, good, 'good');
    await confirm(deviceId, good);
    for (let attempt = 0; attempt < 30; attempt++) await give(deviceId, newId(), `attempt ${attempt}`);
    const held = await candidates(deviceId);
    assert.equal(held.length, 21);
    assert.equal(held[0], 'attempt 29');
    assert.equal(held.at(-1), 'good confirmed');
  });

  test('what the device tells again is not kept again; another value is', async () => {
    const deviceId = await acme.addDevice();
    const tell = (value: string) =>
      inside<boolean>((tx) => takeIntoEscrow(deps, tx, { deviceId, kind }, value));
    assert.deepEqual([await tell('a'), await tell('a'), await tell('b')], [true, false, true]);
    assert.deepEqual(await candidates(deviceId), ['b confirmed']);
  });

  test('APL-06 the other tenant sees none of it, and a value moved to another row does not open', async () => {
    const [deviceId, commandId] = [await acme.addDevice(), newId()];
    await give(deviceId, commandId, 'secret');
    assert.deepEqual(await candidates(deviceId, other), []);
    const admin = await superuserOf(db);
    const target = await acme.addDevice();
    await give(target, newId(), 'x');
    await admin.query(
      `update device_escrow t set sealed = s.sealed from device_escrow s where s.device_id = $1 and t.device_id = $2`,
      [deviceId, target],
    );
    await assert.rejects(candidates(target));
  });

  test('each value that is kept leaves an entry and an event, neither with the value', async () => {
    const [deviceId, commandId] = [await acme.addDevice(), newId()];
    await give(deviceId, commandId, 'V4LUE');
    const admin = await superuserOf(db);
    const entries = await admin.query(
      `select content::text as text from audit_entries where content -> 'target' ->> 'id' = $1`,
      [deviceId],
    );
    assert.equal(entries.rows.length, 1);
    assert.match(entries.rows[0].text, /devices.keep-in-escrow/);
    assert.doesNotMatch(entries.rows[0].text, /V4LUE/);
    const events = await admin.query(`select name, payload::text as text from events where subject_id = $1`, [
      deviceId,
    ]);
    assert.deepEqual(
      events.rows.map(({ name }) => name),
      ['device.escrowed'],
    );
    assert.doesNotMatch(events.rows[0].text, /V4LUE/);
  });
});
