import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { PlistDictionary, PlistValue } from '@gatehouse/protocols/plist/index.ts';
import { isDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { request } from 'undici';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { createAssignment, createPolicy, resourceAssignments } from '../src/modules/policies/index.ts';
import { createResource, deleteResource, updateResource } from '../src/modules/resources/index.ts';
import { createDeclarations } from '../src/platforms/apple/declarations/index.ts';
import {
  checkAppleContent,
  desiredStateTasks,
  reconcileDevices,
} from '../src/platforms/apple/desired-state/index.ts';
import { noteProfileList } from '../src/platforms/apple/desired-state/note-profile-list.ts';
import { settleCommand } from '../src/platforms/apple/desired-state/settle.ts';
import { type AppleDevice, type AppleWorld, commandIn, openAppleWorld } from './apple-world.ts';

const prefix = 'gatehouse.resource.';

describe('what Apple devices should have', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  let globex: TestFleet;
  before(async () => {
    let declarations: ReturnType<typeof createDeclarations> | undefined;
    const port = () => (declarations ??= createDeclarations(world.deps));
    world = await openAppleWorld({
      declarations: {
        answer: (...args) => port().answer(...args),
        asset: (...args) => port().asset(...args),
      },
    });
    acme = await world.newFleet('acme');
    globex = await world.newFleet('globex');
  });
  after(() => world.close());

  const principal = (fleet: TestFleet) => ({
    ...world.principal(fleet),
    permissions: effectivePermissions('org-admin'),
  });
  const deps = () => ({
    ...world.deps,
    resourceAssignments: resourceAssignments(world.deps.events),
    checkContent: checkAppleContent,
    assetUrl: (identifier: string) => new URL(`/apple/assets/${identifier}`, world.deviceUrl).href,
  });
  const reconcile = (device: AppleDevice, fleet = acme) =>
    world.database.withTenant(fleet.organizationId, (tx) => reconcileDevices(deps(), tx, [device.deviceId]));

  async function newPhone(fleet = acme): Promise<AppleDevice> {
    const phone = await world.newDevice(fleet);
    await phone.enrol();
    return phone;
  }

  async function resource(kind: string, fields: object, name = `${kind} ${randomUUID()}`): Promise<string> {
    return (await createResource(deps(), principal(acme), { kind, name, fields })).id;
  }
  const assign = (id: string, device: AppleDevice) =>
    createAssignment(world.deps, principal(acme), {
      item: { kind: 'resource', id },
      target: { kind: 'device', id: device.deviceId },
    });

  const clip = (label: string) => resource('web-clip', { label, address: 'https://help.acme.example/' });

  interface Item {
    readonly identifier: string;
    readonly state: string;
    readonly reason: string | null;
    readonly form: string;
  }
  async function items(device: AppleDevice): Promise<Map<string, Item>> {
    const rows = await world.query<Item>(
      `select identifier, state, reason, form from apple_items where device_id = $1 and form <> 'asset' order by form, identifier`,
      [device.deviceId],
    );
    return new Map(rows.map((row) => [row.identifier, row]));
  }
  const stateOf = async (device: AppleDevice, identifier: string) =>
    (await items(device)).get(identifier)?.state;

  /** Takes every command that waits and acknowledges it. */
  async function obey(device: AppleDevice): Promise<{ requestType: string; payload: PlistDictionary }[]> {
    const done: { requestType: string; payload: PlistDictionary }[] = [];
    let reply = await device.poll();
    while (reply.body.length > 0) {
      const { commandUuid, requestType, payload } = commandIn(reply);
      done.push({ requestType, payload });
      if (requestType === 'DeclarativeManagement') await ask(device, 'declaration-items');
      reply = await device.report({ status: 'Acknowledged', commandUuid });
    }
    return done;
  }

  const identifierOf = (payload: PlistValue | undefined): string => {
    assert.ok(payload instanceof Uint8Array);
    const profile = readPlist(payload);
    assert.ok(isDictionary(profile));
    return String(profile['PayloadIdentifier']);
  };

  async function ask(device: AppleDevice, endpoint: string, data?: object) {
    return device.checkIn({
      MessageType: 'DeclarativeManagement',
      Endpoint: endpoint,
      ...(data === undefined ? {} : { Data: Buffer.from(JSON.stringify(data)) }),
    });
  }
  const askJson = async <T>(device: AppleDevice, endpoint: string): Promise<T> => {
    const reply = await ask(device, endpoint);
    assert.equal(reply.status, 200, endpoint);
    return JSON.parse(reply.body.toString()) as T;
  };
  interface Items {
    readonly Declarations: Readonly<Record<string, readonly { Identifier: string; ServerToken: string }[]>>;
    readonly DeclarationsToken: string;
  }

  test('idea 3: what is assigned is installed, only what differs is sent, what is unassigned is removed', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    await obey(phone);
    const [one, two] = [await clip('One'), await clip('Two')];
    await assign(one, phone);
    await assign(two, phone);
    await reconcile(phone);
    const first = await obey(phone);
    assert.deepEqual(
      first.map(({ requestType }) => requestType),
      ['InstallProfile', 'InstallProfile'],
    );
    assert.deepEqual(
      first.map(({ payload }) => identifierOf(payload['Payload'])).sort(),
      [one, two].map((id) => `${prefix}${id}`).sort(),
    );
    assert.equal(await stateOf(phone, `${prefix}${one}`), 'installed');
    assert.equal((await reconcile(phone)).orders, 0);
    assert.deepEqual(await obey(phone), []);

    await updateResource(deps(), principal(acme), one, {
      fields: { label: 'Uno', address: 'https://help.acme.example/' },
    });
    await deleteResource(deps(), principal(acme), two);
    await reconcile(phone);
    const second = await obey(phone);
    assert.deepEqual(second.map(({ requestType }) => requestType).sort(), [
      'InstallProfile',
      'RemoveProfile',
    ]);
    assert.equal(
      second.find(({ requestType }) => requestType === 'RemoveProfile')?.payload['Identifier'],
      `${prefix}${two}`,
    );
    assert.equal(await stateOf(phone, `${prefix}${two}`), undefined);
    assert.equal(await stateOf(phone, `${prefix}${one}`), 'installed');
  });

  test('an install that still waits when the thing is taken away is never sent', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    await obey(phone);
    const id = await clip('Brief');
    await assign(id, phone);
    await reconcile(phone);
    await deleteResource(deps(), principal(acme), id);
    await reconcile(phone);
    assert.deepEqual(
      (await obey(phone)).map(({ requestType }) => requestType),
      ['RemoveProfile'],
    );
    assert.equal(await stateOf(phone, `${prefix}${id}`), undefined);
  });

  test('a failure keeps its reason and is tried again in time, a few times and not for ever', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    await obey(phone);
    const id = await clip('Refused');
    await assign(id, phone);
    const identifier = `${prefix}${id}`;
    const refuse = async (): Promise<number> => {
      const reply = await phone.poll();
      if (reply.body.length === 0) return 0;
      const { commandUuid } = commandIn(reply);
      const errorChain = [
        {
          code: 4001,
          domain: 'MCInstallationErrorDomain',
          description: 'Profil',
          englishDescription: 'Profile Installation Failed',
        },
      ];
      await phone.report({ status: 'Error', commandUuid, errorChain });
      await world.database.withTenant(acme.organizationId, (tx) =>
        settleCommand({ clock: world.clock }, tx, phone.deviceId, String(commandUuid)),
      );
      return 1;
    };
    await reconcile(phone);
    assert.equal(await refuse(), 1);
    const failed = (await items(phone)).get(identifier);
    assert.deepEqual(
      [failed?.state, failed?.reason],
      ['failed', 'Profile Installation Failed (MCInstallationErrorDomain 4001)'],
    );
    assert.deepEqual((await reconcile(phone)).orders, 0);
    let attempts = 1;
    for (let day = 1; day <= 10; day++) {
      world.setOffset(day * 86_400_000 + day * 60_000);
      await reconcile(phone);
      attempts += await refuse();
    }
    assert.equal(attempts, 5);
    // Another content is another matter.
    await updateResource(deps(), principal(acme), id, {
      fields: { label: 'Better', address: 'https://help.acme.example/' },
    });
    await reconcile(phone);
    await obey(phone);
    assert.equal(await stateOf(phone, identifier), 'installed');
    world.setOffset(0);
  });

  test('nothing waits for ever: an order that is no more, as after a restore, is given anew; what is installed is not kept', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    await obey(phone);
    const id = await clip('Forgotten');
    await assign(id, phone);
    await reconcile(phone);
    await world.query(
      `update commands set state = 'cancelled', finished_at = now() where device_id = $1 and finished_at is null`,
      [phone.deviceId],
    );
    assert.equal((await reconcile(phone)).orders, 0);
    const tidy = desiredStateTasks.find(({ name }) => name === 'apple-tidy-desired-state');
    const contents = async () => (await world.query('select 1 from apple_contents')).length;
    const before = await contents();
    world.setOffset(2 * 3_600_000);
    await tidy?.run(deps());
    assert.equal((await reconcile(phone)).orders, 1);
    assert.deepEqual(
      (await obey(phone)).map(({ requestType }) => requestType),
      ['InstallProfile'],
    );
    world.setOffset(4 * 3_600_000);
    await tidy?.run(deps());
    assert.ok((await contents()) < before);
    // What declarations say stays at hand.
    const manifest = await askJson<Items>(phone, 'declaration-items');
    const [first] = manifest.Declarations['Configurations'] ?? [];
    assert.equal((await ask(phone, `declaration/configuration/${first?.Identifier}`)).status, 200);
    world.setOffset(0);
  });

  test('POL-08: profiles of others are seen and never touched', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    await obey(phone);
    const id = await clip('Mine');
    await assign(id, phone);
    await reconcile(phone);
    const [sent] = await obey(phone);
    const mine = readPlist(sent?.payload['Payload'] as Uint8Array) as PlistDictionary;
    const listed = (list: object[]) =>
      world.database.withTenant(acme.organizationId, (tx) =>
        noteProfileList(tx, { deviceId: phone.deviceId, channel: '' }, list as never, world.clock.now()),
      );
    const wifi = {
      PayloadIdentifier: 'com.cisco.ise.wifi',
      PayloadUUID: 'A',
      PayloadDisplayName: 'ISE Wi-Fi',
      IsManaged: false,
    };
    await listed([
      wifi,
      { PayloadIdentifier: 'net.gatehouse.enrollment', PayloadUUID: 'B', IsManaged: true },
      { PayloadIdentifier: `${prefix}${id}`, PayloadUUID: String(mine['PayloadUUID']), IsManaged: true },
    ]);
    assert.equal(await stateOf(phone, 'com.cisco.ise.wifi'), 'foreign');
    assert.equal(await stateOf(phone, `${prefix}${id}`), 'installed');
    await reconcile(phone);
    assert.deepEqual(await obey(phone), []);
    // Ours, and gone: it comes back. Ours, and not wanted: it goes. The other one has left by itself.
    await listed([
      {
        PayloadIdentifier: `${prefix}00000000-0000-7000-8000-0000000000ff`,
        PayloadUUID: 'C',
        IsManaged: true,
      },
    ]);
    world.setOffset(120_000);
    await reconcile(phone);
    const mended = await obey(phone);
    world.setOffset(0);
    assert.deepEqual(mended.map(({ requestType }) => requestType).sort(), [
      'InstallProfile',
      'RemoveProfile',
    ]);
    assert.equal(await stateOf(phone, 'com.cisco.ise.wifi'), undefined);
  });

  test('DDM: items, declarations and tokens come from one state of things, and stay so while another is made', async () => {
    const phone = await newPhone();
    await createPolicy(world.deps, principal(acme), {
      name: 'Strict',
      settings: { 'passcode.minimum-length': 8 },
    }).then(({ id }) =>
      createAssignment(world.deps, principal(acme), {
        item: { kind: 'policy', id },
        target: { kind: 'device', id: phone.deviceId },
      }),
    );
    await reconcile(phone);
    const [sync] = await obey(phone);
    assert.equal(sync?.requestType, 'DeclarativeManagement');
    const told = JSON.parse(Buffer.from(sync.payload['Data'] as Uint8Array).toString()) as {
      SyncTokens: { DeclarationsToken: string; Timestamp: string };
    };
    const tokens = await askJson<typeof told>(phone, 'tokens');
    assert.deepEqual(tokens, told);
    assert.deepEqual(await askJson(phone, 'tokens'), tokens);
    const manifest = await askJson<Items>(phone, 'declaration-items');
    assert.equal(manifest.DeclarationsToken, tokens.SyncTokens.DeclarationsToken);
    assert.deepEqual(Object.keys(manifest.Declarations).sort(), [
      'Activations',
      'Assets',
      'Configurations',
      'Management',
    ]);
    const identifier = 'gatehouse.settings.passcode';
    const advertised = manifest.Declarations['Configurations']?.find(
      (item) => item.Identifier === identifier,
    );
    assert.ok(advertised);

    // Another policy arrives between list and fetch: the device still gets what it was told of.
    const { id } = await createPolicy(world.deps, principal(acme), {
      name: 'Stricter',
      settings: { 'passcode.minimum-length': 12 },
    });
    await createAssignment(world.deps, principal(acme), {
      item: { kind: 'policy', id },
      target: { kind: 'device', id: phone.deviceId },
    });
    await reconcile(phone);
    const path = `declaration/configuration/${identifier}`;
    const fetched = await askJson<{ ServerToken: string; Payload: { MinimumLength: number } }>(phone, path);
    assert.equal(fetched.ServerToken, advertised.ServerToken);
    assert.equal(fetched.Payload.MinimumLength, 8);
    assert.equal((await ask(phone, path)).body.toString(), (await ask(phone, path)).body.toString());
    const next = await askJson<Items>(phone, 'declaration-items');
    assert.notEqual(next.DeclarationsToken, manifest.DeclarationsToken);
    assert.equal((await askJson<typeof fetched>(phone, path)).Payload.MinimumLength, 12);
    for (const gone of [
      'declaration/configuration/nope',
      `declaration/asset/${identifier}`,
      `declaration/configuration/${'x'.repeat(500)}`,
      'declaration/configuration/a/b/c',
    ])
      assert.equal((await ask(phone, gone)).status, 404, gone);
    for (const wrong of ['declaration/thing/x', 'declaration/', 'else'])
      assert.equal((await ask(phone, wrong)).status, 400, wrong);

    // A report about the older token says nothing of the newer.
    const about = (token: string | undefined, more: object = {}) => ({
      StatusItems: {
        management: {
          declarations: {
            configurations: [
              { identifier, 'server-token': token, valid: 'valid', active: true, reasons: [], ...more },
            ],
          },
        },
      },
    });
    assert.equal((await ask(phone, 'status', about(advertised.ServerToken))).status, 200);
    assert.equal(await stateOf(phone, identifier), 'pending');
    const newer = next.Declarations['Configurations']?.find(
      (item) => item.Identifier === identifier,
    )?.ServerToken;
    await ask(phone, 'status', about(newer));
    assert.equal(await stateOf(phone, identifier), 'installed');
    await ask(
      phone,
      'status',
      about(newer, {
        valid: 'invalid',
        active: false,
        reasons: [{ code: 'Error.ConfigurationCannotBeApplied' }],
      }),
    );
    assert.equal((await items(phone)).get(identifier)?.reason, 'Error.ConfigurationCannotBeApplied');
  });

  test('DDM: a user of a Mac has declarations of her own, and the device none of hers', async () => {
    const mac = await world.newDevice(acme, { platform: 'macos' });
    await mac.authenticate({ ProductName: 'Mac16,1', OSVersion: '15.1' });
    await mac.tokenUpdate();
    await mac.poll();
    // As the inventory learns of every Mac whose management its user has approved.
    await world.query('update apple_channels set supervised = true where device_id = $1', [mac.deviceId]);
    const id = await resource('caldav', { name: 'Hers', server: 'cal.acme.example', path: '/%username%' });
    await assign(id, mac);
    await reconcile(mac);
    const identifier = `${prefix}${id}`;
    assert.equal(
      (await items(mac)).get(identifier)?.reason,
      'is for users of the device, and none of them is managed yet',
    );
    const user = {
      UserID: '7A2C0B1E-0000-4000-8000-00000000000A',
      UserShortName: 'ann',
      UserLongName: 'Ann',
    };
    const token = { PushMagic: 'USER', Token: Buffer.alloc(32, 1), Topic: mac.topic };
    assert.equal((await mac.checkIn({ MessageType: 'TokenUpdate', ...user, ...token })).status, 200);
    await reconcile(mac);
    const of = async (more: Record<string, string>) => {
      const reply = await mac.checkIn({
        MessageType: 'DeclarativeManagement',
        Endpoint: 'declaration-items',
        ...more,
      });
      assert.equal(reply.status, 200);
      return JSON.parse(reply.body.toString()) as Items;
    };
    const [device, hers] = [await of({}), await of(user)];
    const has = (set: Items) =>
      set.Declarations['Configurations']?.some((item) => item.Identifier === identifier);
    assert.deepEqual([has(device), has(hers)], [false, true]);
    assert.notEqual(device.DeclarationsToken, hers.DeclarationsToken);
    const channels = await world.query<{ channel: string }>(
      `select channel from commands where device_id = $1 and name = 'sync-declarations' order by channel`,
      [mac.deviceId],
    );
    assert.deepEqual(
      channels.map(({ channel }) => channel === ''),
      [true, false],
    );
  });

  test('DDM: a broken report is kept as it came and answered 200; a good one becomes facts', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    const broken = await phone.checkIn({
      MessageType: 'DeclarativeManagement',
      Endpoint: 'status',
      Data: Buffer.from('{"StatusItems":'),
    });
    assert.deepEqual([broken.status, broken.body.length], [200, 0]);
    const [kept] = await world.query<{ unread: Buffer }>(
      'select unread from apple_declaration_sets where device_id = $1',
      [phone.deviceId],
    );
    assert.equal(kept?.unread.toString(), '{"StatusItems":');
    await ask(phone, 'status', {
      StatusItems: { device: { 'operating-system': { version: '18.2' } }, passcode: { 'is-present': true } },
    });
    const facts = await world.query<{ scan: string; facts: Record<string, unknown> }>(
      `select scan, facts from device_facts where device_id = $1 and source = 'os-protocol'`,
      [phone.deviceId],
    );
    const of = (scan: string) => facts.find((row) => row.scan === scan)?.facts;
    assert.equal(of('device-information')?.['os.version'], '18.2');
    assert.equal(of('device-information')?.['device.host-name'], 'Anna’s iPhone');
    assert.equal(of('security')?.['passcode.set'], true);
    const [channel] = await world.query<{ os_version: string }>(
      `select os_version from apple_channels where device_id = $1 and channel = ''`,
      [phone.deviceId],
    );
    assert.equal(channel?.os_version, '18.2');
  });

  test('a device that answers, asks and reports while its state is being compiled stops nobody', async () => {
    const phones = await Promise.all(Array.from({ length: 4 }, () => newPhone()));
    const all = phones.map((phone) => phone.deviceId);
    const ids = await Promise.all(['A', 'B', 'C'].map((label) => clip(label)));
    for (const id of ids) for (const phone of phones) await assign(id, phone);
    const compileAll = () =>
      world.database.withTenant(acme.organizationId, (tx) => reconcileDevices(deps(), tx, all.toReversed()));
    const busy = async (phone: AppleDevice) => {
      for (let round = 0; round < 3; round++) {
        await obey(phone);
        assert.equal((await ask(phone, 'declaration-items')).status, 200);
        const told = await ask(phone, 'status', {
          StatusItems: { device: { 'operating-system': { version: `18.${round}` } } },
        });
        assert.equal(told.status, 200);
      }
    };
    await Promise.all([
      ...phones.map(busy),
      compileAll(),
      compileAll(),
      ...phones.map((phone) => reconcile(phone)),
    ]);
    await compileAll();
    await Promise.all(phones.map(obey));
    for (const phone of phones) {
      for (const id of ids) assert.equal(await stateOf(phone, `${prefix}${id}`), 'installed');
    }
  });

  test('RES-05: the password of an account is fetched by the device that has it, and by no other', async () => {
    const [phone, other, foreign] = [await newPhone(), await newPhone(), await newPhone(globex)];
    const password = 'correct horse battery';
    const id = await resource('caldav', {
      name: 'Work',
      server: 'cal.acme.example',
      user: '%username%',
      password,
    });
    await assign(id, phone);
    await reconcile(phone);
    const manifest = await askJson<Items>(phone, 'declaration-items');
    const asset = manifest.Declarations['Assets']?.[0]?.Identifier;
    assert.equal(asset, `${prefix}${id}.key`);
    const declared = await askJson<{ Payload: { Reference: { DataURL: string; Size: number } } }>(
      phone,
      `declaration/asset/${asset}`,
    );
    const fetch = async (device: AppleDevice) => {
      const answer = await request(declared.Payload.Reference.DataURL, { dispatcher: device.dispatcher });
      return { status: answer.statusCode, body: await answer.body.text() };
    };
    const got = await fetch(phone);
    assert.equal(got.status, 200);
    assert.equal((JSON.parse(got.body) as { Password: string }).Password, password);
    assert.equal(Buffer.byteLength(got.body), declared.Payload.Reference.Size);
    assert.equal((await fetch(other)).status, 404);
    assert.equal((await fetch(foreign)).status, 404);
    assert.equal((await ask(other, `declaration/asset/${asset}`)).status, 404);
    // Another organization reaches nothing of it, not even by the device's own id.
    assert.equal((await reconcile(phone, globex)).devices, 0);
    // Nowhere in sight of anybody else.
    const seen = await world.query(
      'select content from audit_entries union all select payload from events union all select params from commands',
    );
    assert.ok(!JSON.stringify(seen).includes(password));
    assert.ok(!world.logged.join('\n').includes(password));
    const stored = await world.query<{ content: Buffer }>('select content from apple_contents');
    assert.ok(!stored.some(({ content }) => content.includes(password)));
  });

  test('PWD-04: when the hour to set a passcode is over, what the organization gave is taken back, and returns with one', async () => {
    const phone = await newPhone();
    const id = await clip('Intranet');
    await assign(id, phone);
    await reconcile(phone);
    await obey(phone);
    const say = (present: boolean) =>
      ask(phone, 'status', { StatusItems: { passcode: { 'is-present': present } } });
    await say(false);
    await reconcile(phone);
    assert.equal(await stateOf(phone, `${prefix}${id}`), 'installed');
    world.setOffset(61 * 60_000);
    await world.database.withTenant(acme.organizationId, (tx) =>
      world.deps.reevaluate(tx, phone.deviceId, world.clock.now()),
    );
    await reconcile(phone);
    const taken = await obey(phone);
    assert.deepEqual(
      taken.map(({ requestType }) => requestType),
      ['RemoveProfile'],
    );
    const withheld = (await items(phone)).get(`${prefix}${id}`);
    assert.deepEqual(
      [withheld?.state, withheld?.reason],
      ['withheld', 'the device has no passcode as its policy demands; with one this comes back'],
    );
    // The passcode policy itself stays.
    assert.ok((await items(phone)).has('gatehouse.settings.passcode'));
    await say(true);
    await reconcile(phone);
    assert.deepEqual(
      (await obey(phone)).map(({ requestType }) => requestType),
      ['InstallProfile'],
    );
    world.setOffset(0);
  });

  test('CMA-06, LST-03 a verdict that removes profiles, and the secured group, take away what the organization gave, until they are over', async () => {
    const phone = await newPhone();
    const id = await clip('Intranet');
    await assign(id, phone);
    await reconcile(phone);
    await obey(phone);
    const reasonOf = async () => (await items(phone)).get(`${prefix}${id}`)?.reason;
    const kinds = async () => (await obey(phone)).map(({ requestType }) => requestType);
    const setVerdicts = (verdicts: readonly object[]) =>
      world.query(
        `update device_posture set evaluation = jsonb_set(evaluation, '{verdicts}', $2) where device_id = $1`,
        [phone.deviceId, JSON.stringify(verdicts)],
      );
    const broken = {
      id: '01930000-0000-7000-8000-000000000001',
      rule: 'roaming',
      name: 'Abroad',
      status: 'not-compliant',
    };
    await setVerdicts([broken]);
    await reconcile(phone);
    assert.deepEqual(await kinds(), [], 'a broken rule alone takes nothing');
    await setVerdicts([{ ...broken, removesProfiles: true }]);
    await reconcile(phone);
    assert.deepEqual(await kinds(), ['RemoveProfile']);
    assert.equal(await reasonOf(), 'the rule “Abroad” is broken; when it is met again, this comes back');
    await setVerdicts([]);
    await reconcile(phone);
    assert.deepEqual(await kinds(), ['InstallProfile']);
    await world.query('update devices set secured_at = now() where device_id = $1', [phone.deviceId]);
    await reconcile(phone);
    assert.deepEqual(await kinds(), ['RemoveProfile']);
    assert.match((await reasonOf()) ?? '', /secured group/);
  });

  test('RES-16: what lacks a value is withheld with the reason, and taken back where an older one is', async () => {
    const phone = await newPhone();
    await reconcile(phone);
    await obey(phone);
    const id = await resource('exchange', { name: 'Mail', server: 'mail.acme.example', email: '%email%' });
    await assign(id, phone);
    await reconcile(phone);
    await obey(phone);
    const identifier = `${prefix}${id}`;
    assert.equal(await stateOf(phone, identifier), 'installed');
    await updateResource(deps(), principal(acme), id, {
      fields: { name: 'Mail', server: 'mail.acme.example', email: '%email%', user: '%employee-id%' },
    });
    await reconcile(phone);
    const withheld = (await items(phone)).get(identifier);
    assert.equal(withheld?.state, 'withheld');
    assert.match(withheld.reason ?? '', /%employee-id% has no value here/);
    assert.deepEqual(
      (await obey(phone)).map(({ requestType }) => requestType),
      ['RemoveProfile'],
    );
    assert.equal(await stateOf(phone, identifier), 'withheld');
    assert.equal((await reconcile(phone)).orders, 0);
  });
});
