import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { PageRequest, Position, TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { deleteDevice, unmanageDevice } from './change-standing.ts';
import { importOwnership } from './import-ownership.ts';
import { type DeviceListQuery, getDevice, listDevices } from './list-devices.ts';
import { loadFacts } from './load-facts.ts';
import { readFactHistory, readFacts } from './read-facts.ts';
import { createTestFleet, superuserOf, type TestFleet } from './test-fleet.ts';
import { updateDevice } from './update-device.ts';

describe('devices', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const evaluated: string[] = [];
  const announced: string[] = [];
  const deps = {
    get database() {
      return db.database;
    },
    clock: { now: () => Date.now() },
    events: createEvents({}, () => undefined),
    notifications: {
      publish: (topic: string, { id }: { id: string }) => void announced.push(`${topic} ${id}`),
    },
    reevaluate: async (_tx: TenantTx, deviceId: string) => void evaluated.push(deviceId),
  };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet = acme, role = 'org-admin'): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId: fleet.organizationId,
    label: role,
    role,
    permissions: effectivePermissions(role),
    empoweredAt: 0,
  });
  const inAcme = <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(acme.organizationId, work);
  const rows = async (text: string, values: unknown[] = []) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  const report = (fleet: TestFleet, id: string, facts: Parameters<TestFleet['report']>[2]) =>
    db.database.withTenant(fleet.organizationId, (tx) => fleet.report(tx, id, facts));
  const find = async (fleet: TestFleet, query: DeviceListQuery) =>
    (await listDevices(deps, principal(fleet), query, { limit: 100, after: undefined })).items.map(
      ({ id }) => id,
    );
  const walk = async (query: DeviceListQuery, limit: number) => {
    const names: string[] = [];
    let after_: Position | undefined;
    do {
      const page: PageRequest = { limit, after: after_ };
      const answer = await listDevices(deps, principal(), query, page);
      names.push(...answer.items.map(({ name }) => name));
      after_ = answer.next;
    } while (after_ !== undefined);
    return names;
  };
  const absent = (error: unknown) => isDomainError(error, 'not-found');

  test('a list comes in pages, in each order, without repeating or skipping a device', async () => {
    const names = ['bee', 'Ant', 'cat', 'ant', 'dog', 'Bee', 'eel'].map((name) => `page ${name}`);
    for (const name of names) await acme.addDevice({ name, platform: 'windows' });
    const filter = { platform: 'windows' } as const;
    for (const limit of [1, 2, 3, 100]) {
      assert.deepEqual(await walk(filter, limit), names);
      assert.deepEqual(await walk({ ...filter, sort: '-enrolled' }, limit), names.toReversed());
      const sorted = await walk({ ...filter, sort: 'name' }, limit);
      assert.deepEqual(
        sorted.map((name) => name.toLowerCase()),
        names.map((name) => name.toLowerCase()).toSorted(),
      );
      assert.equal(new Set(sorted).size, names.length);
      assert.deepEqual(await walk({ ...filter, sort: '-name' }, limit), sorted.toReversed());
    }
  });

  test('a device is found by the beginning of any identifier, its name, its user or its asset number', async () => {
    const device = await acme.addDevice({ name: 'Zeppelin' });
    await report(acme, device, {
      'device-information': {
        'device.serial-number': 'QX99-ABC',
        'device.imei': '352099001761481',
        'device.host-name': 'zep.acme.example',
        'network.interfaces': [{ name: 'eth0', mac: 'a4:bb:6d:00:00:01', kind: 'ethernet', up: true }],
      },
    });
    await updateDevice(deps, principal(), device, { assetNumber: 'INV-2041' });
    for (const search of [
      'qx99',
      'QX99-ABC',
      'a4:bb:6d',
      'A4-BB-6D-00-00-01',
      '352099',
      'zep.',
      'zeppel',
      'INV-2041',
      device.slice(0, 20),
    ]) {
      const found = await find(acme, { search });
      assert.ok(found.includes(device), search);
      assert.deepEqual(await find(other, { search }), [], search);
    }
    assert.ok((await find(acme, { search: 'ann@acme' })).includes(device));
    assert.deepEqual(await find(acme, { search: 'ann@acme', platform: 'android' }), []);
    assert.deepEqual(await find(acme, { search: 'QX99-ABD' }), []);
  });

  test('HTTP-10 hostile searches find nothing and break nothing', async () => {
    for (const search of [
      "' or 1=1 --",
      '%',
      '_%',
      '\\',
      '\u{10ffff}',
      'x'.repeat(128),
      "'; drop table devices; --",
    ]) {
      assert.deepEqual(await find(acme, { search }), []);
    }
  });

  test('filters narrow the list', async () => {
    const fleet = await createTestFleet(db, 'filters');
    const [a, b] = [
      await fleet.addDevice({ platform: 'linux' }),
      await fleet.addDevice({ platform: 'macos', ownership: 'personal' }),
    ];
    await rows(`update device_posture set compliant = true, access_network = 'allow' where device_id = $1`, [
      a,
    ]);
    assert.deepEqual(await find(fleet, {}), [a, b]);
    assert.deepEqual(await find(fleet, { platform: 'macos' }), [b]);
    assert.deepEqual(await find(fleet, { ownership: 'personal' }), [b]);
    assert.deepEqual(await find(fleet, { compliant: true }), [a]);
    assert.deepEqual(await find(fleet, { access: 'deny' }), [b]);
    assert.deepEqual(await find(fleet, { state: 'blocked' }), []);
    assert.deepEqual(await find(fleet, { userId: fleet.userId }), [a, b]);
  });

  test('HTTP-07 another organization finds no device and changes none', async () => {
    const device = await acme.addDevice();
    const foreign = principal(other);
    await assert.rejects(getDevice(deps, foreign, device), absent);
    await assert.rejects(updateDevice(deps, foreign, device, { name: 'x' }), absent);
    await assert.rejects(unmanageDevice(deps, foreign, device), absent);
    await assert.rejects(deleteDevice(deps, foreign, device), absent);
    await assert.rejects(readFacts(deps, foreign, device), absent);
    await assert.rejects(
      readFactHistory(deps, foreign, device, undefined, { limit: 10, after: undefined }),
      absent,
    );
    assert.deepEqual(await find(other, {}), []);
    const own = await acme.addDevice();
    await assert.rejects(updateDevice(deps, principal(), own, { userId: other.userId }), absent);
  });

  test('OWN-01, TEN-14: who may rename a device may not thereby declare it corporate', async () => {
    const device = await acme.addDevice({ ownership: 'personal' });
    await updateDevice(deps, principal(acme, 'help-desk'), device, { name: 'Reception' });
    await assert.rejects(
      updateDevice(deps, principal(acme, 'help-desk'), device, { ownership: 'corporate' }),
      (error) => isDomainError(error, 'forbidden'),
    );
    evaluated.length = 0;
    const admin = principal();
    await updateDevice(deps, admin, device, { ownership: 'corporate' });
    assert.deepEqual(evaluated, [device]);
    const [entry] = await rows(
      `select content from audit_entries where content ->> 'action' = 'devices.change-ownership'
       and content -> 'target' ->> 'id' = $1`,
      [device],
    );
    assert.deepEqual(entry.content.show.ownership, { from: 'personal', to: 'corporate' });
    assert.equal(entry.content.actor.id, admin.id);
    await updateDevice(deps, admin, device, { ownership: 'corporate' });
    assert.deepEqual(evaluated, [device], 'no change, no work');
  });

  test('DLP-04 a device that becomes somebody’s own loses what may not be collected of it, history included', async () => {
    const device = await acme.addDevice();
    await report(acme, device, {
      'device-information': { 'device.phone-number': '+41 1', 'device.model': 'Book' },
      apps: { 'apps.installed': [{ id: 'x', name: 'X', version: '1', source: 'dpkg' }] },
    });
    await report(acme, device, {
      'device-information': { 'device.phone-number': '+41 2', 'device.model': 'Book' },
    });
    await updateDevice(deps, principal(), device, { ownership: 'personal' });
    const facts = await inAcme((tx) => loadFacts(tx, device));
    assert.deepEqual([...facts.keys()], ['device.model']);
    assert.deepEqual(await rows('select 1 from fact_changes where device_id = $1', [device]), []);
  });

  test('OWN-05, OWN-06, ACT-19: ownership in bulk answers every line', async () => {
    const [first, second, twin] = [await acme.addDevice(), await acme.addDevice(), await acme.addDevice()];
    const mac = (last: string) => [
      { name: 'eth0', mac: `a0:36:9f:00:00:${last}`, kind: 'ethernet', up: true },
    ];
    await report(acme, first, { 'device-information': { 'device.serial-number': 'BULK-1' } });
    await report(acme, second, { 'device-information': { 'network.interfaces': mac('02') } });
    for (const id of [second, twin]) {
      await report(acme, id, {
        'device-information': {
          'device.host-name': 'twin',
          'network.interfaces': id === second ? mac('02') : [],
        },
      });
    }
    const stranger = await other.addDevice();
    await report(other, stranger, { 'device-information': { 'device.serial-number': 'FOREIGN-1' } });
    const file = [
      'identifier,ownership',
      'bulk-1,personal',
      'A0-36-9F-00-00-02,Corporate',
      'BULK-1,personal',
      'twin,personal',
      'nobody,personal',
      'FOREIGN-1,personal',
      'bulk-1,stolen',
      ',personal',
    ].join('\r\n');
    const result = await importOwnership(deps, principal(), Readable.from([file]));
    assert.deepEqual(
      result.lines.map(({ line, outcome, deviceId }) => [line, outcome, deviceId]),
      [
        [2, 'changed', first],
        [3, 'unchanged', second],
        [4, 'unchanged', first],
        [5, 'ambiguous', undefined],
        [6, 'not-found', undefined],
        [7, 'not-found', undefined],
        [8, 'invalid', undefined],
        [9, 'invalid', undefined],
      ],
    );
    assert.deepEqual([result.changed, result.unchanged, result.failed], [1, 2, 5]);
    assert.equal((await getDevice(deps, principal(other), stranger)).ownership, 'corporate');
    await assert.rejects(
      importOwnership(deps, principal(acme, 'help-desk'), Readable.from([file])),
      (error) => isDomainError(error, 'forbidden'),
    );
    await assert.rejects(importOwnership(deps, principal(), Readable.from(['serial\nx\n'])), (error) =>
      isDomainError(error, 'invalid-input'),
    );
  });

  test('ADM-18 private facts are shown by right only, and reading them is on record in the same transaction', async () => {
    const device = await acme.addDevice();
    await report(acme, device, {
      'device-information': {
        'device.phone-number': '+41 44 000',
        'device.model': 'Book',
        'hardware.memory-bytes': 8,
      },
      apps: { 'apps.installed': [] },
    });
    const looks = async () =>
      (
        await rows(
          `select content from audit_entries where content ->> 'action' = 'devices.read-private-facts'
           and content -> 'target' ->> 'id' = $1`,
          [device],
        )
      ).map((row) => row.content.show.facts);
    const little = await readFacts(deps, principal(acme, 'help-desk'), device);
    assert.deepEqual(little.facts.map(({ name }) => name).sort(), ['device.model', 'hardware.memory-bytes']);
    assert.equal(little.facts.find(({ name }) => name === 'hardware.memory-bytes')?.unit, 'bytes');
    assert.deepEqual(little.withheld, ['personal']);
    assert.deepEqual(await looks(), []);
    const all = await readFacts(deps, principal(), device);
    assert.ok(all.facts.some(({ name, value }) => name === 'device.phone-number' && value === '+41 44 000'));
    assert.deepEqual(
      (await looks()).map((facts) => facts.toSorted()),
      [['apps.installed', 'device.phone-number']],
    );
    await readFacts(deps, principal(), device, { scans: ['security'] });
    assert.equal((await looks()).length, 1);
    await assert.rejects(readFacts(deps, principal(acme, 'nac-service'), device), (error) =>
      isDomainError(error, 'forbidden'),
    );
  });

  test('the history of facts comes in pages, newest first, without what the reader may not see', async () => {
    const device = await acme.addDevice();
    for (const [model, phone] of [
      ['A', '1'],
      ['B', '2'],
      ['C', '3'],
    ]) {
      await report(acme, device, {
        'device-information': { 'device.model': model, 'device.phone-number': phone },
      });
    }
    const read = (role: string, after_?: Position) =>
      readFactHistory(deps, principal(acme, role), device, undefined, { limit: 1, after: after_ });
    const first = await read('help-desk');
    assert.deepEqual(
      first.items.map(({ fact, before: from, after: to }) => [fact, from, to]),
      [['device.model', 'B', 'C']],
    );
    const second = await read('help-desk', first.next);
    assert.deepEqual(
      second.items.map(({ before: from, after: to }) => [from, to]),
      [['A', 'B']],
    );
    assert.equal(second.next, undefined);
    const everything = await readFactHistory(deps, principal(), device, 'device.phone-number', {
      limit: 10,
      after: undefined,
    });
    assert.deepEqual(
      everything.items.map(({ after: to }) => to),
      ['3', '2'],
    );
  });

  test('a deleted device is gone with all that was known of it; its certificates are revoked and the record stays', async () => {
    const device = await acme.addDevice();
    await report(acme, device, { security: { 'passcode.set': true } });
    announced.length = 0;
    await deleteDevice(deps, principal(), device);
    assert.deepEqual(announced.sort(), [`device-refused ${device}`, `posture-changed ${device}`]);
    for (const table of [
      'devices',
      'device_contacts',
      'device_facts',
      'device_posture',
      'device_identifiers',
    ]) {
      assert.deepEqual(await rows(`select 1 from ${table} where device_id = $1`, [device]), [], table);
    }
    const [{ count }] = await rows(
      `select count(*)::int from audit_entries where content ->> 'action' = 'devices.delete' and content -> 'target' ->> 'id' = $1`,
      [device],
    );
    assert.equal(count, 1);
  });
});
