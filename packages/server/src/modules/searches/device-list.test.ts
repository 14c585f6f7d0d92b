import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failingOf, standingOf } from '@gatehouse/core/compliance/standing.ts';
import { readEvaluation, type StoredEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { PageAnswer, TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { createGroup, deleteGroup, listGroups, listGroupsOfUser, setGroupMember } from '../users/groups.ts';
import { listUsers } from '../users/users.ts';
import { explainMatch, listNames, listValues } from './completion.ts';
import { countDevices, searchDevices } from './device-searches.ts';
import { exportDevices } from './export-devices.ts';
import type { DeviceSort } from './list-queries.ts';
import { createSelection, readSelectedDevices, readSelection } from './selections.ts';
import { createView, deleteView, listViews, updateView } from './views.ts';

const t0 = Date.UTC(2026, 10, 22, 9);
const hours = (count: number) => count * 3_600_000;

interface Made {
  readonly name: string;
  readonly platform: 'linux' | 'ios' | 'macos';
  readonly ownership: 'corporate' | 'personal';
  readonly os: string;
  /** ms ago; null: never */
  readonly seen: number | null;
  readonly access: 'allow' | 'quarantine' | 'deny';
  readonly verdicts: readonly Readonly<Record<string, unknown>>[];
}

const failing = { rule: 'passcode', status: 'not-compliant', severity: 'high', settings: [] };
const met = { rule: 'encryption', status: 'compliant', severity: 'high', settings: [] };

const fleet: readonly Made[] = [
  {
    name: 'Zoë’s iPhone',
    platform: 'ios',
    ownership: 'personal',
    os: '17.10',
    seen: 1_000,
    access: 'allow',
    verdicts: [met],
  },
  {
    name: 'Anna iPhone',
    platform: 'ios',
    ownership: 'corporate',
    os: '17.9',
    seen: hours(2),
    access: 'deny',
    verdicts: [failing, met],
  },
  {
    name: 'anvil',
    platform: 'linux',
    ownership: 'corporate',
    os: '6.1',
    seen: hours(200),
    access: 'quarantine',
    verdicts: [{ ...met, status: 'unknown', evidence: [{ stale: true }] }],
  },
  {
    name: 'book',
    platform: 'macos',
    ownership: 'corporate',
    os: '26.0.1',
    seen: null,
    access: 'allow',
    verdicts: [{ ...met, status: 'in-grace', graceEndsAt: t0 + 1 }],
  },
  {
    name: 'crate',
    platform: 'linux',
    ownership: 'personal',
    os: '6.12',
    seen: hours(30),
    access: 'allow',
    verdicts: [{ ...failing, exception: { exceptionId: 'x', until: null, reason: 'spare part' } }],
  },
  {
    name: 'drum',
    platform: 'linux',
    ownership: 'corporate',
    os: '6.12',
    seen: hours(30),
    access: 'deny',
    verdicts: [{ ...met, status: 'unknown' }],
  },
  {
    name: 'empty',
    platform: 'linux',
    ownership: 'corporate',
    os: '',
    seen: hours(1),
    access: 'allow',
    verdicts: [],
  },
  {
    name: 'money',
    platform: 'linux',
    ownership: 'corporate',
    os: '5.4',
    seen: hours(1),
    access: 'allow',
    verdicts: [{ ...failing, rule: 'data-plan', purpose: 'cost' }],
  },
];

/** What whoever evaluates stores beside the verdicts. */
function wordsOf(verdicts: readonly object[]) {
  const evaluation = { verdicts, compliant: false, nextChangeAt: null, evaluatedAt: 0 };
  const read = readEvaluation(evaluation as unknown as StoredEvaluation);
  return [standingOf(read.verdicts), failingOf(read.verdicts)];
}

describe('the list of devices', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  const ids = new Map<string, string>();
  const deps = {
    clock: { now: () => t0 },
    get database() {
      return db.database;
    },
  };

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
    const admin = await superuserOf(db);
    for (const [index, made] of fleet.entries()) {
      const id = await acme.addDevice(made);
      ids.set(made.name, id);
      await admin.query(
        `update device_posture set access_network = $2, access_mail = $2, access_vpn = 'allow', compliant = $3, os_version = $4,
           evaluation = $5, evaluated_at = $6, access_changed_at = $6, model = 'Model ' || $7, standing = $8, failing = $9
         where device_id = $1`,
        [
          id,
          made.access,
          made.access === 'allow',
          made.os,
          { verdicts: made.verdicts },
          new Date(t0 - (made.seen ?? 0)),
          index,
          ...wordsOf(made.verdicts),
        ],
      );
      await admin.query('update device_contacts set last_check_in_at = $2 where device_id = $1', [
        id,
        made.seen === null ? null : new Date(t0 - made.seen),
      ]);
      await admin.query(
        `insert into device_identifiers (organization_id, kind, value, device_id)
         values ($1, 'serial', $2, $3), ($1, 'mac', $4, $3)`,
        [acme.organizationId, `C02XY${index}`, id, `A0B1C2D3E4F${index}`],
      );
      await admin.query(
        `insert into device_facts (organization_id, device_id, scan, source, facts, observed_at)
         values ($1, $2, 'security', 'agent', $3, $4), ($1, $2, 'network', 'agent', '{"network.wifi-ssid": "home"}', $4)`,
        [acme.organizationId, id, { 'storage.encrypted': index % 2 === 0 }, new Date(t0)],
      );
    }
    await admin.query(`update devices set asset_number = 'A-17' where device_id = $1`, [ids.get('anvil')]);
    await other.addDevice({ name: 'stranger' });
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (
    role: 'org-admin' | 'help-desk' | 'auditor' = 'org-admin',
    organizationId = acme.organizationId,
  ): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId,
    label: 'admin',
    role,
    permissions: effectivePermissions(role, new Map()),
    empoweredAt: 0,
  });
  const page = { limit: 100, after: undefined };
  const names = async (asked: Parameters<typeof searchDevices>[2]) =>
    (await searchDevices(deps, principal(), asked, page)).items.map(({ name }) => name);
  const sorted = async (asked: Parameters<typeof searchDevices>[2]) => (await names(asked)).toSorted();

  test('what the database finds by itself is what the expression says of each device', async () => {
    const expressions = [
      'device.platform == "linux"',
      'device.platform != "linux" && device.ownership == "corporate"',
      'device.platform in ["ios", "macos"]',
      '!(device.platform in ["ios", "macos"])',
      'device.platform == "ios" || device.platform == "macos"',
      'device.platform == "ios" && device.platform == "macos"',
      'posture.compliant',
      '!posture.compliant',
      'posture.network != "allow" && posture.mail == "deny"',
      'posture.network in ["deny", "quarantine"]',
      'contact.made',
      '!contact.made',
      'age("contact.made") > duration("1d")',
      'age("contact.made") >= duration("1h") && age("contact.made") < duration("200h")',
      'age("posture.changed") < duration("3h") && posture.mail == "deny"',
      'posture.standing == "grace"',
      'posture.standing in ["bad", "stale", "unknown"]',
      '"passcode" in posture.failing',
      '"passcode" in posture.failing || "encryption" in posture.failing',
      'user.name == "ann.acme"',
      'user.name in ["nobody"]',
      'device.state == "registered"',
      'device.name == "anvil"',
      'storage.encrypted && device.platform == "linux"',
      'device.platform == "nothing"',
      '"Sales" in device.groups',
      'true',
      'false',
    ];
    for (const expression of expressions) {
      const found = await sorted({ expression });
      // The second half says nothing, and no database knows that.
      const slowly = await sorted({ expression: `(${expression}) && (device.name == "" || true)` });
      assert.deepEqual(found, slowly, expression);
      const count = await countDevices(deps, principal(), { expression });
      assert.equal(count.matching, found.length, expression);
    }
  });

  test('the one word for a device follows from its verdicts', async () => {
    const { items } = await searchDevices(deps, principal(), {}, page);
    assert.deepEqual(Object.fromEntries(items.map(({ name, standing }) => [name, standing])), {
      'Zoë’s iPhone': 'ok',
      'Anna iPhone': 'bad',
      anvil: 'stale',
      book: 'grace',
      crate: 'exempt',
      drum: 'unknown',
      empty: 'unchecked',
      money: 'ok',
    });
    assert.deepEqual(items.find(({ name }) => name === 'Anna iPhone')?.failing, ['passcode']);
    assert.deepEqual(items.find(({ name }) => name === 'crate')?.failing, []);
  });

  test('every order is kept from page to page, and turned around by a minus', async () => {
    const orders: readonly DeviceSort[] = ['name', 'seen', 'os', 'standing', 'owner', 'enrolled'];
    for (const sort of orders) {
      const walk = async (order: DeviceSort, expression?: string) => {
        const seen: string[] = [];
        for (let next: PageAnswer<unknown>['next'], more = true; more; more = next !== undefined) {
          const answer = await searchDevices(
            deps,
            principal(),
            { sort: order, ...(expression === undefined ? {} : { expression }) },
            { limit: 3, after: next },
          );
          assert.ok(answer.items.length <= 3);
          seen.push(...answer.items.map(({ name }) => name));
          next = answer.next;
        }
        return seen;
      };
      const up = await walk(sort);
      assert.equal(new Set(up).size, fleet.length, sort);
      assert.deepEqual(await walk(`-${sort}` as DeviceSort), up.toReversed(), sort);
      const slowly = await walk(sort, 'device.name != ""');
      assert.deepEqual(slowly, up, sort);
    }
    assert.deepEqual(await names({ sort: 'os', expression: 'device.platform == "ios"' }), [
      'Anna iPhone',
      'Zoë’s iPhone',
    ]);
    assert.equal((await names({ sort: 'standing' }))[0], 'Anna iPhone');
    assert.equal((await names({ sort: 'seen' }))[0], 'book', 'never seen first');
  });

  test('a list begins where somebody wants it to, and it is told how many stand before', async () => {
    for (const sort of ['name', '-name', 'owner', '-owner', 'seen', '-seen'] as const) {
      const all = await names({ sort });
      for (const expression of [undefined, 'device.state != "unmanaged"']) {
        const from = sort.endsWith('seen') ? '2020-01-01T00:00:00Z' : 'c';
        const rest = await names({ sort, from, ...(expression === undefined ? {} : { expression }) });
        const { matching, before } = await countDevices(deps, principal(), { sort, from });
        assert.equal(matching, all.length);
        assert.deepEqual(rest, all.slice(before), `${sort} ${expression ?? ''}`);
      }
    }
    await assert.rejects(names({ sort: 'standing', from: 'b' }), (error) =>
      isDomainError(error, 'invalid-input'),
    );
  });

  test('MON-03 words find parts of names without regard to accents, and the beginning of identifiers in any notation', async () => {
    const finds: readonly (readonly [string, readonly string[]])[] = [
      ["zoe's", ['Zoë’s iPhone']],
      ['ZOË’S iph', ['Zoë’s iPhone']],
      ['"zoe\'s iphone"', ['Zoë’s iPhone']],
      ['phone anna', ['Anna iPhone']],
      ['c02xy2', ['anvil']],
      ['a0:b1:c2:d3:e4:f2', ['anvil']],
      ['A0-B1-C2-D3-E4-F2', ['anvil']],
      ['a0b1.c2d3.e4f2', ['anvil']],
      ['A-17', ['anvil']],
      ['model 3', ['book']],
      ['ann@acme.example book', ['book']],
      ['nothing at all', []],
      ['%', []],
      ['_', []],
    ];
    for (const [search, expected] of finds) assert.deepEqual(await sorted({ search }), expected, search);
    assert.deepEqual(await sorted({ search: 'iphone', expression: 'posture.compliant' }), ['Zoë’s iPhone']);
  });

  test('facts are columns for those who may see them, and the look is on record', async () => {
    const { items } = await searchDevices(
      deps,
      principal(),
      { search: 'anvil', facts: ['storage.encrypted'] },
      page,
    );
    assert.deepEqual(items[0]?.facts, { 'storage.encrypted': true });
    await assert.rejects(
      searchDevices(deps, principal('help-desk'), { facts: ['network.wifi-ssid'] }, page),
      (error) => isDomainError(error, 'forbidden'),
    );
    await assert.rejects(searchDevices(deps, principal(), { facts: ['constructor'] }, page), (error) =>
      isDomainError(error, 'invalid-input'),
    );
  });

  test('a pasted list finds its devices, whatever it names them by, and says what it did not find', async () => {
    const selection = await createSelection(deps, principal(), {
      identifiers: ['c02xy0', 'A0B1.C2D3.E4F1', ' C02XY0 ', 'A-17', 'gone-1', 'someone@gone.example'],
    });
    assert.deepEqual([selection.devices, selection.notFound], [3, ['gone-1', 'someone@gone.example']]);
    assert.deepEqual(
      await sorted({ selectionId: selection.id }),
      ['Anna iPhone', 'Zoë’s iPhone', 'anvil'].toSorted(),
    );
    assert.deepEqual(await names({ selectionId: selection.id, expression: 'device.platform == "linux"' }), [
      'anvil',
    ]);
    const mine = await createSelection(deps, principal(), { identifiers: ['ann@acme.example'] });
    assert.equal(mine.devices, fleet.length, 'an address stands for all devices of the person');
  });

  test('ADM-19 a list that was kept does not change when the fleet does', async () => {
    const asked = { expression: 'device.platform == "linux"' };
    const kept = await createSelection(deps, principal(), asked);
    const added = await acme.addDevice({ name: 'late', platform: 'linux' });
    const again = await createSelection(deps, principal(), asked);
    assert.equal(again.devices, kept.devices + 1);
    assert.notEqual(again.hash, kept.hash);
    assert.equal((await sorted({ selectionId: kept.id })).includes('late'), false);
    const part = await readSelectedDevices(deps, principal(), kept.id, 0);
    assert.deepEqual([part.deviceIds.length, part.parts, part.hash], [kept.devices, 1, kept.hash]);
    assert.deepEqual((await readSelectedDevices(deps, principal(), kept.id, 1)).deviceIds, []);
    await (await superuserOf(db)).query('delete from devices where device_id = $1', [added]);
  });

  test('CSV-01 an export has the rows and columns of the screen, and no cell that runs', async () => {
    const admin = await superuserOf(db);
    await admin.query(`update devices set name = '=cmd|calc' where device_id = $1`, [ids.get('drum')]);
    const stream = await exportDevices(deps, principal(), {
      expression: 'device.platform == "linux"',
      sort: '-name',
      columns: 'name,standing,storage.encrypted',
    });
    const lines = (await stream.toArray()).join('').split('\r\n');
    assert.deepEqual(lines, [
      '"name","standing","storage.encrypted"',
      '"money","ok","false"',
      '"empty","unchecked","true"',
      '"crate","exempt","true"',
      '"anvil","stale","true"',
      '"\'=cmd|calc","unknown","false"',
      '',
    ]);
    await admin.query(`update devices set name = 'drum' where device_id = $1`, [ids.get('drum')]);
    const { rows } = await admin.query(
      `select content -> 'show' as show from audit_entries where organization_id = $1 and content ->> 'action' = 'devices.export'`,
      [acme.organizationId],
    );
    assert.equal(rows.length, 1);
    await assert.rejects(
      exportDevices(deps, principal('help-desk'), { columns: 'name,network.wifi-ssid' }),
      (error) => isDomainError(error, 'forbidden'),
    );
    await assert.rejects(exportDevices(deps, principal(), { columns: 'name,password_hash' }), (error) =>
      isDomainError(error, 'invalid-input'),
    );
  });

  test('values are told by frequency, and never those that one may not see', async () => {
    const encrypted = await listValues(deps, principal(), 'storage.encrypted');
    assert.deepEqual(encrypted.items, [
      { value: false, devices: 4 },
      { value: true, devices: 4 },
    ]);
    assert.equal(encrypted.known, 8);
    assert.deepEqual((await listValues(deps, principal(), 'device.platform')).items[0], {
      value: 'linux',
      devices: 5,
    });
    await assert.rejects(listValues(deps, principal('help-desk'), 'network.wifi_ssid'), (error) =>
      isDomainError(error, 'forbidden'),
    );
    await assert.rejects(listValues(deps, principal(), 'device.name'), (error) =>
      isDomainError(error, 'not-found'),
    );
    const told = listNames(principal('help-desk')).items;
    assert.equal(told.find(({ name }) => name === 'network.wifi_ssid')?.allowed, false);
    assert.equal(told.find(({ name }) => name === 'storage.encrypted')?.type, 'bool');
  });

  test('why a device is found, or is not, is told condition by condition', async () => {
    const told = await explainMatch(deps, principal(), {
      expression: 'device.platform == "linux" && (storage.encrypted || !has(os.version)) && passcode.set',
      deviceId: ids.get('anvil') ?? '',
    });
    assert.equal(told.matches, false);
    assert.deepEqual(
      told.parts.map(({ text, answer }) => [text, answer]),
      [
        ['device.platform == "linux"', 'true'],
        ['storage.encrypted', 'true'],
        ['has(os.version)', 'false'],
        ['passcode.set', 'unknown'],
      ],
    );
    assert.deepEqual(told.parts[0]?.reads, [{ name: 'device.platform', value: 'linux' }]);
  });

  test('views are one’s own until they are shared, and shared ones take a right', async () => {
    const [ann, kim, helper] = [principal(), principal(), principal('help-desk')];
    const mine = await createView(deps, ann, { name: 'Mine', query: 'platform:ios' });
    const all = await createView(deps, ann, {
      name: 'All of us',
      query: 'gate:no',
      shared: true,
      sort: '-seen',
    });
    assert.deepEqual(
      (await listViews(deps, kim)).items.map(({ name, own }) => [name, own]),
      [['All of us', false]],
    );
    assert.equal((await listViews(deps, ann)).items.length, 2);
    await assert.rejects(createView(deps, helper, { name: 'x', query: '', shared: true }), (error) =>
      isDomainError(error, 'forbidden'),
    );
    await assert.rejects(updateView(deps, kim, mine.id, { name: 'x' }), (error) =>
      isDomainError(error, 'not-found'),
    );
    await assert.rejects(deleteView(deps, helper, all.id), (error) => isDomainError(error, 'forbidden'));
    await updateView(deps, kim, all.id, { name: 'Everybody' });
    await deleteView(deps, ann, mine.id);
    assert.deepEqual(
      (await listViews(deps, ann)).items.map(({ name }) => name),
      ['Everybody'],
    );
  });

  test('people and groups are listed with what belongs to them', async () => {
    const people = { ...deps, events: { emit: async () => undefined } as never };
    const admin = principal();
    const group = await createGroup(people, admin, { name: 'Sales' });
    await setGroupMember(people, admin, group.id, acme.userId, true);
    const [ann] = (await listUsers(people, admin, { search: 'ÁNN@acme' }, page)).items;
    assert.deepEqual([ann?.devices, ann?.worst, ann?.groups], [fleet.length, 'bad', ['Sales']]);
    assert.deepEqual(
      (await listGroups(people, admin, page)).items.map(({ name, users, devices }) => [name, users, devices]),
      [['Sales', 1, null]],
    );
    assert.deepEqual(
      (await listGroupsOfUser(people, admin, acme.userId)).items.map(({ name }) => name),
      ['Sales'],
    );
    assert.equal((await names({ expression: '"Sales" in device.groups' })).length, fleet.length);
    const stranger = principal('org-admin', other.organizationId);
    await assert.rejects(listGroupsOfUser(people, stranger, acme.userId), (error) =>
      isDomainError(error, 'not-found'),
    );
    await deleteGroup(people, admin, group.id);
  });

  test('OWN-02 OWN-03 addresses of the organization’s own devices leave as a file, each beside its UDID', async () => {
    const admin = await superuserOf(db);
    const device = ids.get('Anna iPhone') ?? '';
    await admin.query(`update device_posture set macs = '{020000000A01,020000000A02}' where device_id = $1`, [
      device,
    ]);
    await admin.query(
      `insert into device_facts (organization_id, device_id, scan, source, facts, observed_at)
       values ($1, $2, 'device-information', 'os-protocol', '{"device.udid": "00008110-ABC"}', $3)`,
      [acme.organizationId, device, new Date(t0)],
    );
    const stream = await exportDevices(deps, principal(), {
      expression: 'device.ownership == "corporate" && device.platform == "ios"',
      columns: 'macs,device.udid,id',
    });
    assert.equal(
      (await stream.toArray()).join(''),
      `"macs","device.udid","id"\r\n"020000000A01 020000000A02","00008110-ABC","${device}"\r\n`,
    );
  });

  test('HTTP-07 another organization finds neither devices, nor lists, nor views', async () => {
    const stranger = principal('org-admin', other.organizationId);
    const kept = await createSelection(deps, principal(), { expression: 'true' });
    for (const read of [
      () => readSelection(deps, stranger, kept.id),
      () => readSelectedDevices(deps, stranger, kept.id, 0),
    ])
      await assert.rejects(read(), (error) => isDomainError(error, 'not-found'));
    assert.deepEqual((await searchDevices(deps, stranger, { selectionId: kept.id }, page)).items, []);
    assert.deepEqual((await searchDevices(deps, stranger, { search: 'C02XY1' }, page)).items, []);
    assert.deepEqual(
      (await searchDevices(deps, stranger, {}, page)).items.map(({ name }) => name),
      ['stranger'],
    );
    const asked = { expression: 'contact.made', deviceId: ids.get('anvil') ?? '' };
    await assert.rejects(explainMatch(deps, stranger, asked), (error) => isDomainError(error, 'not-found'));
    assert.deepEqual((await listViews(deps, stranger)).items, []);
    const ownOnly = await createSelection(deps, stranger, { deviceIds: [...ids.values()] });
    assert.equal(ownOnly.devices, 0);
  });
});
