import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DeviceSelection } from '@gatehouse/protocols/cisco-ise/index.ts';
import { IseCallFailed, type SimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import { startTestIse, type TestIse, type TestOrganization } from './test-ise.ts';

const outOfCompliance: DeviceSelection = { kind: 'compliance', value: false };

describe('lists of devices', () => {
  let world: TestIse;
  let now = Date.now();
  let counter = 0;

  before(async () => {
    world = await startTestIse({ clock: { now: () => now } });
    await world.addOrganization('acme');
  });
  after(() => world[Symbol.asyncDispose]());

  /** An organization of its own per test, with its ISE. */
  async function organization(): Promise<{ org: TestOrganization; ise: SimulatedIse; slug: string }> {
    counter += 1;
    const slug = `org-${counter}`;
    const org = await world.addOrganization(slug);
    return { org, slug, ise: world.ise({ userName: `ise@${slug}.example`, instance: slug }) };
  }

  const guids = (devices: Awaited<ReturnType<SimulatedIse['poll']>>) =>
    devices.map(({ identifier }) => identifier.value);

  test('NAC-04: polling gives exactly the devices out of compliance', async () => {
    const { org, ise } = await organization();
    const bad = [await org.addDevice({ access: 'deny' }), await org.addDevice({ access: 'quarantine' })];
    const good = await org.addDevice();
    await org.addDevice({ access: 'deny', registered: false });
    assert.deepEqual(guids(await ise.poll()), bad);
    assert.deepEqual(guids(await ise.poll({ kind: 'compliance', value: true })), [good]);
    assert.deepEqual(guids(await ise.poll({ kind: 'all' })), [...bad, good]);
  });

  test('NAC-06, GAP-03: a device that breaks only rules that leave the network open is not reported', async () => {
    const { org, ise } = await organization();
    const id = await org.addDevice();
    await world.admin.query('update device_posture set compliant = false where device_id = $1', [id]);
    assert.deepEqual(await ise.poll(), []);
    const { devices } = await ise.query({ kind: 'guid', value: id });
    assert.equal(devices[0]?.attributes.compliance?.status, true);
  });

  test('0, 1, exactly query_max_size, one more, and three pages; none lost, none doubled', async () => {
    for (const [count, pages] of [
      [0, 1],
      [1, 1],
      [1000, 1],
      [1001, 2],
      [2500, 3],
    ] as const) {
      const { org, ise } = await organization();
      if (count > 0) await org.addFleet(count, 1);
      const seen: string[] = [];
      let paging = '0';
      let calls = 0;
      do {
        const page = await ise.query(outOfCompliance, { paging });
        assert.ok(page.devices.length <= 1000);
        seen.push(...guids(page.devices));
        paging = page.pagingInfo;
        calls += 1;
        if (paging !== '0') assert.match(paging, /^[1-9]\d{0,18}$/);
      } while (paging !== '0');
      assert.equal(calls, pages, `${count} devices`);
      assert.equal(seen.length, count);
      assert.equal(new Set(seen).size, count);
    }
  });

  test('devices that change between the pages are neither doubled nor make others be lost', async () => {
    const { org, ise } = await organization();
    await org.addFleet(2200, 1);
    const first = await ise.query(outOfCompliance);
    const { rows } = await world.admin.query<{ device_id: string }>(
      `select device_id from device_posture where organization_id = $1 order by device_no`,
      [org.organizationId],
    );
    const set = (access: string, from: number, to: number) =>
      world.admin.query(
        `update device_posture set access_network = $2, compliant = $2 = 'allow' where device_id = any($1)`,
        [rows.slice(from, to).map((row) => row.device_id), access],
      );
    // Mended ones before and after the page, and some that were told already become good and bad again.
    await set('allow', 100, 300);
    await set('allow', 1500, 1600);
    await set('deny', 100, 200);
    const rest: string[] = [];
    for (let paging = first.pagingInfo; paging !== '0'; ) {
      const page = await ise.query(outOfCompliance, { paging });
      rest.push(...guids(page.devices));
      paging = page.pagingInfo;
    }
    const expected = [...rows.slice(1000, 1500), ...rows.slice(1600)].map((row) => row.device_id);
    assert.deepEqual(rest, expected);
  });

  test('a token works on, whoever retries it, and on another server with the same key', async () => {
    const { org, ise, slug } = await organization();
    await org.addFleet(1500, 1);
    const { pagingInfo } = await ise.query(outOfCompliance);
    const once = await ise.query(outOfCompliance, { paging: pagingInfo });
    const again = await ise.query(outOfCompliance, { paging: pagingInfo });
    assert.equal(once.devices.length, 500);
    assert.deepEqual(guids(again.devices), guids(once.devices));
    await using elsewhere = await startTestIse({ beside: world });
    const other = elsewhere.ise({ userName: `ise@${slug}.example` });
    assert.deepEqual(
      guids((await other.query(outOfCompliance, { paging: pagingInfo })).devices),
      guids(once.devices),
    );
    await using keyless = await startTestIse({ beside: world, pagingKey: Buffer.alloc(32, 8) });
    const third = keyless.ise({ userName: `ise@${slug}.example` });
    await assert.rejects(third.query(outOfCompliance, { paging: pagingInfo }), { status: 400 });
  });

  test('ISE-07: forged, foreign, misused and old tokens are refused', async () => {
    const { org, ise, slug } = await organization();
    await org.addFleet(1001, 1);
    await org.addAccount(`second@${slug}.example`);
    const stranger = await organization();
    await stranger.org.addFleet(1001, 1);
    const { pagingInfo } = await ise.query(outOfCompliance);
    const refused = (call: Promise<unknown>, why: string) =>
      assert.rejects(call, (error) => error instanceof IseCallFailed && error.status === 400, why);
    for (let bit = 0n; bit < 63n; bit += 1n) {
      const forged = String(BigInt(pagingInfo) ^ (1n << bit));
      await refused(ise.query(outOfCompliance, { paging: forged }), `bit ${bit}`);
    }
    await refused(stranger.ise.query(outOfCompliance, { paging: pagingInfo }), 'another tenant');
    const second = world.ise({ userName: `second@${slug}.example` });
    await refused(second.query(outOfCompliance, { paging: pagingInfo }), 'another account');
    await refused(ise.query({ kind: 'all' }, { paging: pagingInfo }), 'another question');
    await refused(
      ise.query(outOfCompliance, { paging: pagingInfo, deviceIdentifier: 'macaddress' }),
      'another identifier',
    );
    for (const paging of ['1', '12345678901234567890', '9'.repeat(200)]) {
      await refused(ise.query(outOfCompliance, { paging }), paging);
    }
    for (const paging of ['-1', '1.5', '0x10', 'abc', '%00']) {
      const path = `/ciscoise/mdmapi/v3/devices/?paging=${paging}&querycriteria=compliance&value=false&filter=all`;
      assert.equal((await world.raw(path, { userName: `ise@${slug}.example` })).status, 400, paging);
    }
    now += 6 * 3_600_000;
    assert.equal((await ise.query(outOfCompliance, { paging: pagingInfo })).devices.length, 1);
    now += 6 * 3_600_000;
    await refused(ise.query(outOfCompliance, { paging: pagingInfo }), 'older than a run');
  });

  test('deviceidentifier: guid or hardware address; devices without an address are left out when it is asked', async () => {
    const { org, ise, slug } = await organization();
    const bare = await org.addDevice({ access: 'deny' });
    const docked = await org.addDevice({ access: 'deny', macs: ['0A0000000001', '0A0000000002'] });
    assert.deepEqual(guids(await ise.poll(outOfCompliance, { deviceIdentifier: 'guid' })), [bare, docked]);
    const byMac = await ise.poll(outOfCompliance, { deviceIdentifier: 'macaddress' });
    assert.deepEqual(
      byMac.map(({ identifier, attributes }) => [identifier, attributes.macaddresses]),
      [[{ kind: 'macaddress', value: '0A0000000001' }, ['0A0000000001', '0A0000000002']]],
    );
    // Versions 1 and 2 know no other way to name a device.
    for (const version of [1, 2] as const) {
      const older = world.ise({ userName: `ise@${slug}.example` }, version);
      assert.deepEqual(guids(await older.poll()), ['0A0000000001']);
      assert.deepEqual(guids(await older.poll({ kind: 'all' })), ['0A0000000001']);
    }
  });

  test('version 1 paths: all devices, and those out of compliance', async () => {
    const { org, slug } = await organization();
    await org.addDevice({ access: 'deny', macs: ['0A0000000001'] });
    await org.addDevice({ macs: ['0A0000000002'] });
    const devices = async (path: string) => {
      const response = await world.raw(`/${slug}/ciscoise/mdmapi/v1/devices/${path}`, {
        userName: `ise@${slug}.example`,
      });
      return (await response.text()).match(/(?<=<macaddress>)\w+/g);
    };
    assert.deepEqual(await devices('0/all'), ['0A0000000001', '0A0000000002']);
    assert.deepEqual(await devices('0/compliance/false/all'), ['0A0000000001']);
    assert.deepEqual(await devices('0/compliance/true/register_status+compliance'), ['0A0000000002']);
  });

  test('batches: one device per match in the order asked, nothing for misses, over several pages', async () => {
    const { org, ise, slug } = await organization();
    await org.addFleet(2100, 2);
    const macs = Array.from(
      { length: 2100 },
      (_, index) => `02${(index + 1).toString(16).toUpperCase().padStart(10, '0')}`,
    );
    const { devices, pagingInfo } = await ise.batch('macaddress', [
      macs[7] ?? '',
      '0A0B0C0D0E0F',
      (macs[3] ?? '').toLowerCase().replace(/..(?=.)/g, '$&:'),
      'no address',
    ]);
    assert.equal(pagingInfo, '0');
    assert.deepEqual(guids(devices), [macs[7], macs[3]]);
    const path = (paging: string) =>
      `/ciscoise/mdmapi/v3/batchdevices/?paging=${paging}&querycriteria=macaddress&filter=all`;
    const body = `value=${macs.join(',')}`;
    const page = async (paging: string, sent = body) => {
      const response = await world.raw(path(paging), {
        method: 'POST',
        userName: `ise@${slug}.example`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: sent,
      });
      const text = await response.text();
      return {
        status: response.status,
        next: /<paging_info>(\d+)</.exec(text)?.[1] ?? '',
        macs: text.match(/(?<=<device><macaddress>)\w+/g) ?? [],
      };
    };
    const first = await page('0');
    const second = await page(first.next);
    const third = await page(second.next);
    assert.equal(third.next, '0');
    assert.deepEqual([...first.macs, ...second.macs, ...third.macs], macs);
    assert.equal((await page(first.next, 'value=020000000001')).status, 400);
  });

  test('ISE-06: lists hold devices of the account’s tenant only', async () => {
    const one = await organization();
    const two = await organization();
    const mine = await one.org.addDevice({ access: 'deny', macs: ['0A0000000001'] });
    await two.org.addDevice({ access: 'deny', macs: ['0A0000000001'] });
    assert.deepEqual(guids(await one.ise.poll()), [mine]);
    assert.deepEqual(guids(await one.ise.poll({ kind: 'all' })), [mine]);
    const { devices } = await one.ise.batch('macaddress', ['0A0000000001']);
    assert.deepEqual(
      devices.map(({ attributes }) => attributes.guid),
      [mine],
    );
  });
});
