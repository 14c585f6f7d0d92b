import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import type { FactSource } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import { shutOutClones } from './change-standing.ts';
import { loadFacts } from './load-facts.ts';
import { recordFacts } from './record-facts.ts';
import { recordReport, recordReports } from './record-report.ts';
import { createTestFleet, superuserOf, type TestFleet } from './test-fleet.ts';

describe('a report', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const t0 = Date.UTC(2026, 10, 21, 12);
  const minute = 60_000;

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
  });
  after(() => db[Symbol.asyncDispose]());

  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[]) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const send = (
    deviceId: string,
    counter: number,
    observedAt: number,
    facts: Record<string, unknown>,
    receivedAt = observedAt,
  ) =>
    inAcme((tx) =>
      recordReport(tx, {
        deviceId,
        counter,
        bootId: 'boot-1',
        sentAt: receivedAt,
        receivedAt,
        scans: [{ scan: 'security', observedAt, facts }],
      }),
    );
  const value = async (deviceId: string, fact: Parameters<Awaited<ReturnType<typeof loadFacts>>['get']>[0]) =>
    (await inAcme((tx) => loadFacts(tx, deviceId))).get(fact)?.value;

  test('DEV-14 those of many devices are recorded together: in order, and what is wrong with one is its own affair', async () => {
    const [good, wrong, blocked, late, gone] = await Promise.all(
      Array.from({ length: 5 }, () => acme.addDevice()),
    );
    const foreign = await other.addDevice();
    const ids = [good, wrong, blocked, late, gone, foreign] as string[];
    for (const id of ids.slice(0, 5)) await send(id, 5, t0, { 'storage.encrypted': true });
    await rows(`update gh.devices set state = 'blocked' where device_id = $1`, [blocked]);
    await rows(`update gh.devices set state = 'unmanaged' where device_id = $1`, [gone]);
    const at = t0 + minute;
    const reports = ids.map((deviceId) => ({
      deviceId,
      counter: deviceId === late ? 4 : 6,
      bootId: 'boot-1',
      sentAt: at,
      receivedAt: at,
      scans: [
        {
          scan: 'security' as const,
          observedAt: at,
          facts: { 'storage.encrypted': deviceId === wrong ? 'perhaps' : false },
        },
      ],
    }));
    const outcomes = await inAcme((tx) => recordReports(tx, reports));
    assert.deepEqual(
      outcomes.map((each) => (isDomainError(each) ? each.code : each.outcome)),
      ['applied', 'unprocessable', 'forbidden', 'outdated', 'gone', 'not-found'],
    );
    const known = await rows(
      `select c.device_id, c.report_counter::int as counter, f.facts ->> 'storage.encrypted' as encrypted,
         (select count(*)::int from gh.fact_changes h where h.device_id = c.device_id) as history
       from gh.device_contacts c left join gh.device_facts f on f.device_id = c.device_id where c.device_id = any ($1)`,
      [ids],
    );
    const of = (id: string | undefined) => {
      const { device_id: _, ...rest } = known.find((row) => row.device_id === id) ?? {};
      return rest;
    };
    assert.deepEqual(of(good), { counter: 6, encrypted: 'false', history: 1 });
    for (const id of [wrong, blocked, late, gone])
      assert.deepEqual(of(id), { counter: 5, encrypted: 'true', history: 0 });
    assert.deepEqual(of(foreign), { counter: 0, encrypted: null, history: 0 });
    const again = await inAcme((tx) => recordReports(tx, reports.slice(0, 1)));
    assert.equal(isDomainError(again[0]) ? '' : again[0]?.outcome, 'repeated');
  });

  test('says which facts changed and keeps the changes of single values as history', async () => {
    const device = await acme.addDevice();
    const first = await send(device, 1, t0, { 'storage.encrypted': true, 'passcode.set': true });
    assert.deepEqual([...first.changed].sort(), ['passcode.set', 'storage.encrypted']);
    const second = await send(device, 2, t0 + minute, { 'storage.encrypted': false, 'passcode.set': true });
    assert.deepEqual(second.changed, ['storage.encrypted']);
    assert.deepEqual(
      await rows('select fact, source, before, after from fact_changes where device_id = $1', [device]),
      [{ fact: 'storage.encrypted', source: 'agent', before: true, after: false }],
    );
  });

  test('DEV-14 an older report sent late changes nothing, whatever the order of arrival', async () => {
    const device = await acme.addDevice();
    assert.equal((await send(device, 7, t0 + minute, { 'integrity.compromised': true })).outcome, 'applied');
    const late = await send(device, 6, t0, { 'integrity.compromised': false }, t0 + 2 * minute);
    assert.equal(late.outcome, 'outdated');
    assert.equal(await value(device, 'integrity.compromised'), true);
    // A newer counter around an older scan: the observation's age decides.
    const mixed = await send(device, 8, t0, { 'integrity.compromised': false }, t0 + 3 * minute);
    assert.equal(mixed.outcome, 'applied');
    assert.deepEqual(mixed.changed, []);
    assert.equal(await value(device, 'integrity.compromised'), true);
  });

  test('DEV-07, DEV-14: the same counter again is the same report and applied once', async () => {
    const device = await acme.addDevice();
    await send(device, 1, t0, { 'passcode.set': false });
    const again = await send(device, 1, t0 + minute, { 'passcode.set': true });
    assert.equal(again.outcome, 'repeated');
    assert.equal(await value(device, 'passcode.set'), false);
  });

  test('DEV-14 of two reports at once the one with the higher counter stays', async () => {
    for (let round = 0; round < 10; round += 1) {
      const device = await acme.addDevice();
      await Promise.all([
        send(device, 2, t0 + 2, { 'passcode.minimum-length': 12 }),
        send(device, 1, t0 + 1, { 'passcode.minimum-length': 4 }),
      ]);
      assert.equal(await value(device, 'passcode.minimum-length'), 12);
    }
  });

  test('DEV-08 a report from an earlier boot betrays a second machine with the same key; restarts do not', async () => {
    const device = await acme.addDevice();
    let counter = 0;
    const from = async (bootId: string) => {
      counter += 1;
      const at = t0 + counter;
      const { clonedKey } = await inAcme((tx) =>
        recordReport(tx, { deviceId: device, counter, bootId, sentAt: at, receivedAt: at, scans: [] }),
      );
      return clonedKey;
    };
    for (const boot of ['a', 'a', 'b', 'b', 'c'])
      assert.equal(await from(boot), false, `restart into ${boot}`);
    assert.equal(await from('b'), true);
    const blocked: string[] = [];
    const deps = {
      clock: { now: () => t0 },
      events: createEvents({}, () => undefined),
      notifications: { publish: (topic: string) => void blocked.push(topic) },
      reevaluate: async () => undefined,
    };
    for (let time = 0; time < 2; time += 1) {
      assert.equal(await inAcme((tx) => shutOutClones(deps, tx, device)), true);
    }
    assert.deepEqual(blocked, ['device-refused']);
    const [{ state }] = await rows('select state from devices where device_id = $1', [device]);
    assert.equal(state, 'blocked');
  });

  test('DEV-13 the server’s clock decides: a device a day off reports facts of the right age, and its skew is kept', async () => {
    for (const skew of [86_400_000, -86_400_000]) {
      const device = await acme.addDevice();
      await inAcme((tx) =>
        recordReport(tx, {
          deviceId: device,
          counter: 1,
          bootId: 'b',
          sentAt: t0 + skew,
          receivedAt: t0,
          scans: [{ scan: 'security', observedAt: t0 + skew - minute, facts: { 'passcode.set': true } }],
        }),
      );
      const stored = (await inAcme((tx) => loadFacts(tx, device))).get('passcode.set');
      assert.equal(stored?.observedAt, t0 - minute);
      const [contact] = await rows('select clock_skew_seconds from device_contacts where device_id = $1', [
        device,
      ]);
      assert.equal(contact.clock_skew_seconds, skew / 1_000);
    }
  });

  test('DEV-09 a false fact of the agent loses against an attested one, and both are shown', async () => {
    const device = await acme.addDevice();
    const state = (source: FactSource, encrypted: boolean, observedAt: number) =>
      inAcme((tx) =>
        recordFacts(tx, {
          deviceId: device,
          source,
          receivedAt: observedAt,
          scans: [{ scan: 'security', observedAt, facts: { 'storage.encrypted': encrypted } }],
        }),
      );
    await state('attested', false, t0);
    await state('agent', true, t0 + minute);
    const fact = (await inAcme((tx) => loadFacts(tx, device))).get('storage.encrypted');
    assert.deepEqual(fact, {
      value: false,
      source: 'attested',
      observedAt: t0,
      contradictedBy: [{ value: true, source: 'agent', observedAt: t0 + minute }],
    });
  });

  test('DEV-10 lists beyond their limit are cut and marked; unknown facts are dropped and counted; wrong types refuse the report', async () => {
    const device = await acme.addDevice();
    const mac = (index: number) =>
      `02:00:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`;
    const interfaces = Array.from({ length: 65 }, (_, index) => ({
      name: `eth${index}`,
      mac: mac(index),
      kind: 'ethernet',
      up: true,
    }));
    const flood = await inAcme((tx) =>
      acme.report(tx, device, {
        'device-information': {
          'network.interfaces': interfaces,
          'device.mood': 'good',
          'passcode.set': true,
        },
      }),
    );
    assert.deepEqual(flood.dropped, { 'not-in-catalogue': 1, 'other-scan': 1 });
    const [stored] = await rows(
      `select truncated, jsonb_array_length(facts -> 'network.interfaces') as count from device_facts where device_id = $1`,
      [device],
    );
    assert.deepEqual(stored, { truncated: true, count: 64 });
    const [{ count }] = await rows(
      `select count(*)::int from device_identifiers where device_id = $1 and kind = 'mac'`,
      [device],
    );
    assert.equal(count, 32);
    await assert.rejects(
      inAcme((tx) =>
        acme.report(tx, device, { security: { 'passcode.set': 'yes', 'storage.encrypted': true } }),
      ),
      (error) => isDomainError(error, 'unprocessable') && /security.*passcode\.set/.test(error.message),
    );
    assert.equal(await value(device, 'storage.encrypted'), undefined);
  });

  test('DEV-11 two devices may claim one serial number and one MAC; identifiers follow what is reported', async () => {
    const [a, b] = [await acme.addDevice(), await acme.addDevice()];
    const information = {
      'device.serial-number': ' c02xyz ',
      'device.host-name': 'Laptop.Acme.Example.',
      'network.interfaces': [
        { name: 'docker0', mac: '02:42:aa:bb:cc:dd', kind: 'bridge', up: true },
        { name: 'lo', mac: '00:00:00:00:00:00', kind: 'loopback', up: true },
        {
          name: 'wlan0',
          mac: 'da:a1:19:00:00:01',
          kind: 'wifi',
          up: true,
          permanentMac: '00:26:b4:24:fe:b4',
        },
      ],
    };
    for (const device of [a, b])
      await inAcme((tx) => acme.report(tx, device, { 'device-information': information }));
    const identifiers = (device: string) =>
      rows(
        `select kind, value from device_identifiers where device_id = $1 and kind <> 'guid' order by kind, value`,
        [device],
      );
    const expected = [
      { kind: 'host-name', value: 'laptop.acme.example' },
      { kind: 'mac', value: '0026B424FEB4' },
      { kind: 'mac', value: 'DAA119000001' },
      { kind: 'serial', value: 'C02XYZ' },
    ];
    assert.deepEqual(await identifiers(a), expected);
    assert.deepEqual(await identifiers(b), expected);
    await inAcme((tx) =>
      acme.report(tx, a, { 'device-information': { 'device.serial-number': 'To Be Filled By O.E.M.' } }),
    );
    assert.deepEqual(await identifiers(a), []);
    assert.deepEqual(await identifiers(b), expected);
  });

  test('DLP-04, DLP-06: what the organization does not collect is never stored', async () => {
    const facts = { apps: { 'apps.installed': [{ id: 'x', name: 'X', version: '1', source: 'dpkg' }] } };
    const [corporate, personal] = [await acme.addDevice(), await acme.addDevice({ ownership: 'personal' })];
    const kept = await inAcme((tx) => acme.report(tx, corporate, facts));
    const refused = await inAcme((tx) => acme.report(tx, personal, facts));
    assert.deepEqual([kept.dropped, refused.dropped], [{}, { 'not-collected': 1 }]);
    const stored = await rows('select device_id, facts from device_facts where device_id = any ($1)', [
      [corporate, personal],
    ]);
    assert.deepEqual(stored.find((row) => row.device_id === personal)?.facts, {});
    await rows(
      `update organizations set settings = '{"collection":{"corporate":[]}}' where organization_id = $1`,
      [acme.organizationId],
    );
    const now = await inAcme((tx) => acme.report(tx, corporate, facts));
    assert.deepEqual(now.dropped, { 'not-collected': 1 });
    await rows(`update organizations set settings = '{}' where organization_id = $1`, [acme.organizationId]);
  });

  test('DEV-12 text that JSON or the database cannot hold is mended, not fatal', async () => {
    const device = await acme.addDevice();
    await inAcme((tx) =>
      acme.report(tx, device, {
        'device-information': { 'device.model': 'a\0b\ud800c<img onerror=1>\u202e' },
      }),
    );
    assert.equal(await value(device, 'device.model'), 'a\ufffdb\ufffdc<img onerror=1>\u202e');
  });

  test('a device that is blocked or no longer managed reports to no avail', async () => {
    for (const [state, reason] of [
      ['blocked', 'device-blocked'],
      ['unmanaged', 'device-unmanaged'],
    ] as const) {
      const device = await acme.addDevice();
      await rows('update devices set state = $2 where device_id = $1', [device, state]);
      await assert.rejects(
        send(device, 1, t0, { 'passcode.set': true }),
        (error) => isDomainError(error) && error.reason === reason,
      );
    }
  });

  test('DEV-03 another organization neither sees nor changes a device', async () => {
    const device = await acme.addDevice();
    await send(device, 1, t0, { 'passcode.set': true });
    await db.database.withTenant(other.organizationId, async (tx) => {
      assert.equal((await loadFacts(tx, device)).size, 0);
      await assert.rejects(other.report(tx, device, { security: { 'passcode.set': false } }), (error) =>
        isDomainError(error, 'not-found'),
      );
    });
    assert.equal(await value(device, 'passcode.set'), true);
    const [contact] = await rows('select last_check_in_at from device_contacts where device_id = $1', [
      device,
    ]);
    assert.equal(contact.last_check_in_at.getTime(), t0);
  });

  test('the history of one device is bounded', async () => {
    const device = await acme.addDevice();
    await inAcme(async (tx) => {
      for (let counter = 1; counter <= 520; counter += 1) {
        await recordReport(tx, {
          deviceId: device,
          counter,
          bootId: 'b',
          sentAt: t0 + counter,
          receivedAt: t0 + counter,
          scans: [
            { scan: 'security', observedAt: t0 + counter, facts: { 'passcode.set': counter % 2 === 0 } },
          ],
        });
      }
    });
    const [{ count, newest }] = await rows(
      'select count(*)::int, max(observed_at) as newest from fact_changes where device_id = $1',
      [device],
    );
    assert.deepEqual([count, newest.getTime()], [500, t0 + 520]);
  });
});
