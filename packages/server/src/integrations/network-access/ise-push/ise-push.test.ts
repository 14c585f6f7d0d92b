// ISE is told, asks, and polls: whichever way it learns of a device, it is the one stored decision.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import {
  createSimulatedIse,
  type SimulatedIse,
  startToldIse,
  type ToldIse,
  type ToldIseOptions,
} from '@gatehouse/simulators/cisco-ise/index.ts';
import { makeCertificates } from '../radius/test-freeradius.ts';
import { changeNetworkAccess } from '../radius/settings.ts';
import { password, startTestGates, type TestDevice, type TestGates, until } from '../test-gates.ts';
import {
  createIseServer,
  listIseServers,
  removeIseServer,
  tryIseServer,
  updateIseServer,
} from './ise-servers.ts';

const account = { userName: 'gatehouse', password: 'ocelot tumbril plinth' };

describe('Cisco ISE is told of changes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-ise-'));
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const opened: (ToldIse | { close(): Promise<void> })[] = [];
  let gates: TestGates;

  before(async () => {
    await makeCertificates(directory, { ise: { commonName: '127.0.0.1', altName: 'IP:127.0.0.1' } });
    gates = await startTestGates();
    await changeNetworkAccess(gates.access.routes, gates.actor, { rules: [], quietSeconds: 0 });
  });
  after(async () => {
    for (const one of opened) {
      if ('close' in one) await one.close();
      else await one[Symbol.asyncDispose]();
    }
    await gates[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  /** An ISE that asks us, and is told by us until the test is over. */
  async function withIse(
    version: 1 | 2 | 3,
    options: Partial<ToldIseOptions>,
    settings: Partial<Parameters<typeof createIseServer>[2]>,
    work: (ise: { told: ToldIse; asks: SimulatedIse; id: string }) => Promise<void>,
  ): Promise<void> {
    const asks = createSimulatedIse(
      { host: '127.0.0.1', port: gates.port, userName: 'radius@acme.example', password, plaintext: true },
      version,
    );
    const told = await startToldIse({
      ...account,
      tls: { key: read('ise.key'), cert: read('ise.pem') },
      ise: asks,
      ...options,
    });
    opened.push(asks, told);
    const { id } = await createIseServer(gates.access.routes, gates.actor, {
      name: `ISE ${opened.length}`,
      mntUrl: `https://127.0.0.1:${told.port}`,
      ...account,
      trust: read('ca.pem'),
      ...settings,
    });
    try {
      await work({ told, asks, id });
    } finally {
      await removeIseServer(gates.access.routes, gates.actor, id);
    }
  }

  const problemOf = async (id: string) =>
    (await listIseServers(gates.access.routes, gates.actor, { limit: 50, after: undefined })).items.find(
      (item) => item.id === id,
    )?.problem;

  /** Addresses in the polling list. */
  async function polled(asks: SimulatedIse, version: 1 | 2 | 3): Promise<string[]> {
    const devices = await asks.poll(
      { kind: 'compliance', value: false },
      version === 3 ? { deviceIdentifier: 'macaddress' } : {},
    );
    return devices.map(({ identifier }) => identifier.value);
  }

  for (const version of [1, 2, 3] as const) {
    test(`GAP-01, NAC-04, NAC-05 through version ${version} of the interface: Test Connection, single questions, polling and push say the same`, async () => {
      await withIse(version, {}, {}, async ({ told, asks }) => {
        assert.equal((await asks.testConnection()).state, 'connected');
        const devices: TestDevice[] = [];
        while (devices.length < 4) devices.push(await gates.addDevice());
        for (const { mac } of devices) assert.equal(await told.connect(mac), 'permit');
        let seed = version * 7919;
        for (let round = 0; round < 12; round += 1) {
          seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
          const device = devices[seed % 4] as TestDevice;
          const decision = (['allow', 'quarantine', 'deny'] as const)[(seed >> 8) % 3] ?? 'allow';
          const [row] = (
            await gates.admin.query('select access_network from device_posture where device_id = $1', [
              device.deviceId,
            ])
          ).rows as { access_network: string }[];
          const before = told.changes.length;
          await gates.decide(device, decision);
          if (row?.access_network !== decision) await until(() => told.changes.length > before);
          await until(() => told.decisionOn(device.mac) === (decision === 'allow' ? 'permit' : 'quarantine'));
          const list = await polled(asks, version);
          for (const { mac } of devices)
            assert.equal(
              list.includes(mac),
              told.decisionOn(mac) !== 'permit',
              `round ${round}: list and push disagree`,
            );
        }
      });
    });
  }

  test('the policy service node is asked for where none is named; an endpoint without a session is fine', async () => {
    await withIse(3, { psn: 'psn-7' }, {}, async ({ told, id }) => {
      const [connected, elsewhere] = [await gates.addDevice(), await gates.addDevice()];
      await told.connect(connected.mac);
      await gates.decide(elsewhere, 'deny');
      await gates.decide(connected, 'deny');
      await until(() => told.changes.length === 1);
      assert.equal(told.changes[0]?.psn, 'psn-7');
      assert.equal(told.changes[0]?.kind, 'reauthenticate');
      await until(async () => {
        const { rows } = await gates.admin.query(
          'select 1 from ise_tellings where ise_id = $1 and due_at is not null',
          [id],
        );
        return rows.length === 0;
      });
      assert.equal(await problemOf(id), null);
    });
  });

  test('an ISE that answers from its cache is told once more when the cache is over', async () => {
    await withIse(3, { cacheMs: 1_500 }, { psn: 'psn-1', againSeconds: 5 }, async ({ told, id }) => {
      await gates.admin.query(
        'alter table ise_servers drop constraint if exists ise_servers_again_seconds_check',
      );
      await gates.admin.query('update ise_servers set again_seconds = 2 where ise_id = $1', [id]);
      const device = await gates.addDevice({ access: 'deny' });
      assert.equal(await told.connect(device.mac), 'quarantine');
      await gates.decide(device, 'allow');
      await until(() => told.changes.length === 1);
      assert.equal(told.decisionOn(device.mac), 'quarantine', 'the old answer was in the cache');
      await until(() => told.decisionOn(device.mac) === 'permit');
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(told.changes.length, 2);
    });
  });

  test('quarantine by adaptive network control: applied and cleared by a named policy', async () => {
    await withIse(3, {}, { coa: 'none', ancPolicy: 'Quarantine' }, async ({ told, id }) => {
      await updateIseServer(gates.access.routes, gates.actor, id, {
        ersUrl: `https://127.0.0.1:${told.port}`,
        password: account.password,
      });
      const device = await gates.addDevice();
      await told.connect(device.mac);
      await gates.decide(device, 'quarantine');
      await until(() => told.quarantined.get(device.mac) === 'Quarantine');
      await gates.decide(device, 'deny');
      await gates.decide(device, 'allow');
      await until(() => told.quarantined.size === 0);
      await updateIseServer(gates.access.routes, gates.actor, id, { ancPolicy: 'No such policy' });
      await gates.decide(device, 'deny');
      await until(async () => (await problemOf(id)) !== null);
      assert.match((await problemOf(id)) ?? '', /No such policy/);
      assert.equal(told.changes.length, 0);
    });
  });

  test('what is wrong with an ISE is shown: account, certificate, something else at the address; and that it is over', async () => {
    await withIse(3, {}, { psn: 'psn-1' }, async ({ told, id }) => {
      const device = await gates.addDevice();
      await told.connect(device.mac);
      let decision: 'allow' | 'deny' = 'allow';
      const flip = async () => gates.decide(device, (decision = decision === 'allow' ? 'deny' : 'allow'));
      const cases: readonly (readonly [() => Promise<unknown> | void, RegExp])[] = [
        [() => told.failWith(403), /may not use/],
        [() => told.failWith(404), /no such interface/],
        [() => told.failWith(200), /no such interface/],
        [() => told.failWith(500), /500/],
      ];
      for (const [spoil, problem] of cases) {
        await spoil();
        await flip();
        await until(async () => problem.test((await problemOf(id)) ?? ''));
        assert.equal((await tryIseServer(gates.access.routes, gates.actor, id)).works, false);
      }
      told.failWith(undefined);
      await flip();
      await until(async () => (await problemOf(id)) === null);
      assert.equal((await tryIseServer(gates.access.routes, gates.actor, id)).works, true);
      await updateIseServer(gates.access.routes, gates.actor, id, { password: 'wrong' });
      await flip();
      await until(async () => /password/.test((await problemOf(id)) ?? ''));
      await updateIseServer(gates.access.routes, gates.actor, id, {
        password: account.password,
        trust: null,
      });
      const tried = await tryIseServer(gates.access.routes, gates.actor, id);
      assert.match(tried.text, /certificate/);
    });
  });

  test('HOOK-01 an ISE is https at an address that may be reached; its password does not move to another place by itself', async () => {
    const input = { name: 'elsewhere', ...account };
    const create = (mntUrl: string) =>
      createIseServer(gates.access.routes, gates.actor, { ...input, mntUrl });
    for (const url of [
      'http://ise.example',
      'https://user@ise.example',
      'https://ise.example/path',
      'ftp://ise.example',
      'nowhere',
    ])
      await assert.rejects(create(url), (error) => isDomainError(error, 'invalid-input'), url);
    const { id } = await create('https://10.0.0.1');
    assert.match((await tryIseServer(gates.access.routes, gates.actor, id)).text, /not public/);
    await assert.rejects(
      updateIseServer(gates.access.routes, gates.actor, id, { mntUrl: 'https://attacker.example' }),
      (error) => isDomainError(error, 'invalid-input') && error.reason === 'password-required',
    );
    await removeIseServer(gates.access.routes, gates.actor, id);
    const stored = await gates.admin.query(`select 1 from ise_servers e where e::text like $1`, [
      `%${account.password}%`,
    ]);
    assert.equal(stored.rowCount, 0);
  });
});
