import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createEvents } from '../../../kernel/events.ts';
import { masterKeysOf } from '../../../kernel/sealed/master-key.ts';
import { createSealer } from '../../../kernel/sealed/sealer.ts';
import { systemClock } from '../../../kernel/clock.ts';
import { queueCommand } from '../../../modules/commands/index.ts';
import { IseCallFailed } from '@gatehouse/simulators/cisco-ise/index.ts';
import { startTestIse, type TestIse, type TestOrganization } from './test-ise.ts';
import type { QueueForNetwork } from './index.ts';

const guid = (value: string) => ({ kind: 'guid', value }) as const;
const mac = (value: string) => ({ kind: 'macaddress', value }) as const;

describe('actions and messages', () => {
  let world: TestIse;
  let acme: TestOrganization;
  const mayFullWipe = new Set<string>();

  before(async () => {
    const masterKeys = masterKeysOf([randomBytes(32)]);
    const queue: QueueForNetwork = (principal, deviceId, { name, params }, permission) =>
      queueCommand(
        {
          database: world.db.database,
          sealer: createSealer(() => masterKeys),
          clock: systemClock,
          events: createEvents({}, () => undefined),
          notifications: { publish: () => undefined },
          reevaluate: async () => undefined,
        },
        principal,
        { deviceId, name, params },
        { permission, via: 'nac' },
      );
    world = await startTestIse({ queue, mayFullWipe: async (id) => mayFullWipe.has(id) });
    acme = await world.addOrganization('acme');
    await world.admin.query(
      `insert into roles (organization_id, role_id, name, permissions) values ($1, '01930000-0000-7000-8000-00000000000a', 'Query only', '{nac.query}')`,
      [acme.organizationId],
    );
    await acme.addAccount('query@acme.example', 'custom:01930000-0000-7000-8000-00000000000a');
  });
  after(() => world[Symbol.asyncDispose]());

  const commandsOf = async (deviceId: string) => {
    const { rows } = await world.admin.query(
      'select name, state, requested_by from commands where device_id = $1 order by command_no',
      [deviceId],
    );
    return rows as { name: string; state: string; requested_by: string }[];
  };
  const auditOf = async (organization: TestOrganization) => {
    const { rows } = await world.admin.query<{ content: Record<string, unknown> }>(
      'select content from audit_entries where organization_id = $1 order by entry_id',
      [organization.organizationId],
    );
    return rows.map(({ content }) => content);
  };

  test('ACT-14, WIP-01, WIP-05: lock, corporate wipe and full wipe become our commands, on record', async () => {
    mayFullWipe.add(acme.organizationId);
    const expected = {
      pin_lock: 'lock-device',
      corporate_wipe: 'selective-wipe',
      full_wipe: 'full-wipe',
    } as const;
    for (const [action, command] of Object.entries(expected)) {
      const id = await acme.addDevice({
        macs: [`0A000000${command.length.toString(16).padStart(4, '0')}`.toUpperCase()],
      });
      const { results } = await world.ise().act(action as keyof typeof expected, [guid(id)]);
      assert.deepEqual(results, [{ identifier: guid(id), accepted: true, failureReason: '' }]);
      const [queued] = await commandsOf(id);
      assert.equal(queued?.name, command);
      assert.equal(queued?.state, 'queued');
      const entry = (await auditOf(acme)).at(-1);
      assert.equal(entry?.['action'], `devices.${command}`);
      assert.equal(entry?.['via'], 'nac');
      assert.deepEqual(entry?.['target'], { kind: 'device', id });
    }
    mayFullWipe.clear();
  });

  test('all forms of the address and of the body mean the same', async () => {
    const id = await acme.addDevice({ macs: ['0A0000000099'] });
    const xml =
      '<?xml version="1.0"?><ise_api><identifier><macaddress>0a:00:00:00:00:99</macaddress></identifier></ise_api>';
    const upload = [
      '--b0undary',
      'Content-Disposition: form-data; name="upload"; filename="a.xml"',
      'Content-Type: text/xml',
      '',
      xml,
      '--b0undary--',
      '',
    ].join('\r\n');
    const api = '/acme/ciscoise/mdmapi/v2';
    const forms: [string, string, string][] = [
      [`${api}/action/actionType=pin_lock`, 'application/xml', xml],
      [`${api}/action/actionType=pin_lock/`, 'application/xml; charset=utf-8', xml],
      [`${api}/action/?actionType=pin_lock`, 'text/xml', xml],
      [`${api}/action?actionType=PIN_LOCK`, 'text/xml', xml],
      [`${api}/action/pin_lock`, 'application/xml', xml],
      [`${api}/action/actionType%3Dpin_lock`, 'application/xml', xml],
      ['/ciscoise/action/actionType=pin_lock', 'application/xml', xml],
      [`${api}/action/actionType=pin_lock`, 'multipart/form-data; boundary=b0undary', upload],
    ];
    for (const [path, contentType, body] of forms) {
      const response = await world.raw(path, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
      });
      const text = await response.text();
      assert.equal(response.status, 200, `${path} ${contentType}: ${text}`);
      assert.match(
        text,
        /<name>action<\/name><api_version>\d<\/api_version><deviceList><device><macaddress>0A0000000099<\/macaddress><result><action_status>true<\/action_status><failure_reason\/><\/result><\/device><\/deviceList>/,
      );
    }
    assert.equal((await commandsOf(id)).length, forms.length);
    for (const action of [
      'actionType=format_disk',
      'actionType=',
      '',
      'actionType=pin_lock&actionType=full_wipe',
    ]) {
      const response = await world.raw(`${api}/action/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/xml' },
        body: xml,
      });
      assert.equal(response.status, 400, action);
    }
  });

  test('unknown, unregistered and foreign devices: false with a reason; the others are still done', async () => {
    const other = await world.addOrganization('other');
    const foreign = await other.addDevice({ macs: ['0A0000000101'] });
    const pending = await acme.addDevice({ registered: false });
    const good = await acme.addDevice({ macs: ['0A0000000102'] });
    const { results } = await world
      .ise()
      .act('pin_lock', [guid(foreign), guid(pending), mac('0A0B0C0D0E0F'), mac('0A0000000102')]);
    const reason = 'No such device is under management.';
    assert.deepEqual(results, [
      { identifier: guid(foreign), accepted: false, failureReason: reason },
      { identifier: guid(pending), accepted: false, failureReason: reason },
      { identifier: mac('0A0B0C0D0E0F'), accepted: false, failureReason: reason },
      { identifier: mac('0A0000000102'), accepted: true, failureReason: '' },
    ]);
    assert.equal((await commandsOf(good)).length, 1);
    assert.deepEqual(await commandsOf(foreign), []);
  });

  test('DEV-11: an address that two devices claim picks out neither', async () => {
    const ids = [
      await acme.addDevice({ macs: ['0A0000000201'] }),
      await acme.addDevice({ macs: ['0A0000000201'] }),
    ];
    const { results } = await world.ise().act('corporate_wipe', [mac('0A0000000201')]);
    assert.equal(results[0]?.accepted, false);
    assert.match(results[0]?.failureReason ?? '', /Several devices/);
    for (const id of ids) assert.deepEqual(await commandsOf(id), []);
  });

  test('ISE-03 full wipe is off until the organization switches it on, and trying it is on record', async () => {
    const strict = await world.addOrganization('strict');
    const id = await strict.addDevice();
    const ise = world.ise({ userName: 'ise@strict.example' });
    const { results } = await ise.act('full_wipe', [guid(id)]);
    assert.deepEqual(results, [
      { identifier: guid(id), accepted: false, failureReason: 'Full wipe is switched off for the network.' },
    ]);
    assert.deepEqual(await commandsOf(id), []);
    const entry = (await auditOf(strict)).at(-1);
    assert.equal(entry?.['outcome'], 'refused');
    assert.equal(entry?.['reason'], 'switched-off-for-the-network');
  });

  test('ISE-03, ADM-06: 500 wipes by one stolen password: the budget, then refusals in XML', async () => {
    const prey = await world.addOrganization('prey');
    const ids: string[] = [];
    for (let index = 0; index < 500; index += 1) ids.push(await prey.addDevice());
    mayFullWipe.add(prey.organizationId);
    const ise = world.ise({ userName: 'ise@prey.example' });
    let accepted = 0;
    const reasons = new Set<string>();
    for (let start = 0; start < 500; start += 100) {
      const action = start % 200 === 0 ? 'corporate_wipe' : 'full_wipe';
      const { results } = await ise.act(action, ids.slice(start, start + 100).map(guid));
      assert.equal(results.length, 100);
      for (const result of results) {
        if (result.accepted) accepted += 1;
        else reasons.add(result.failureReason);
      }
    }
    assert.equal(accepted, 5);
    const spent = "The organization's 5 wipes per 60 minutes are spent.";
    // The first of them are put before an administrator; a flood of them is not.
    assert.deepEqual([...reasons], [`${spent} Another administrator is asked to approve it.`, spent]);
    const refusals = (await auditOf(prey)).filter((entry) => entry['reason'] === 'budget-spent');
    assert.equal(refusals.length, 495);
    const { rows: alarms } = await world.admin.query(
      `select kind, occurrences from alerts where organization_id = $1 and acknowledged_at is null`,
      [prey.organizationId],
    );
    assert.deepEqual(
      alarms,
      [{ kind: 'destruction-held', occurrences: 20 }],
      'administrators hear of it, once',
    );
  });

  test('ADM-06: an account that gained power today destroys nothing, but may lock', async () => {
    const fresh = await world.addOrganization('fresh');
    await world.admin.query('update administrators set empowered_at = now() where organization_id = $1', [
      fresh.organizationId,
    ]);
    const id = await fresh.addDevice();
    const ise = world.ise({ userName: 'ise@fresh.example' });
    const wipe = await ise.act('corporate_wipe', [guid(id)]);
    assert.equal(wipe.results[0]?.accepted, false);
    assert.match(wipe.results[0]?.failureReason ?? '', /24 hours/);
    assert.equal((await ise.act('pin_lock', [guid(id)])).results[0]?.accepted, true);
  });

  test('TEN-14, ACT-17: full wipe through the network spares personal devices', async () => {
    mayFullWipe.add(acme.organizationId);
    const id = await acme.addDevice({ ownership: 'personal' });
    const { results } = await world.ise().act('full_wipe', [guid(id)]);
    assert.equal(results[0]?.accepted, false);
    assert.match(results[0]?.failureReason ?? '', /personal/);
    mayFullWipe.clear();
  });

  test('TEN-03, TEN-07: an account that may only ask can neither lock, wipe nor write messages', async () => {
    const id = await acme.addDevice();
    const ise = world.ise({ userName: 'query@acme.example' });
    const forbidden = (error: unknown) => error instanceof IseCallFailed && error.status === 403;
    assert.equal((await ise.query(guid(id))).devices.length, 1);
    assert.equal((await ise.discover()).messagingSupport, false);
    for (const action of ['pin_lock', 'corporate_wipe', 'full_wipe'] as const) {
      await assert.rejects(ise.act(action, [guid(id)]), forbidden);
    }
    await assert.rejects(ise.sendMessage([guid(id)], { header: 'a', body: 'b' }), forbidden);
    assert.deepEqual(await commandsOf(id), []);
  });

  test('messages reach the queue as text; misses and texts that are too long are refused', async () => {
    const id = await acme.addDevice({ macs: ['0A0000000301'] });
    const ise = world.ise();
    const { results } = await ise.sendMessage([mac('0A0000000301'), mac('0A0B0C0D0E0F')], {
      header: 'Network',
      body: 'Your device\r\nis quarantined \u0085\u202e<b>&amp;',
    });
    assert.deepEqual(
      results.map(({ accepted }) => accepted),
      [true, false],
    );
    const [queued] = await commandsOf(id);
    assert.equal(queued?.name, 'send-message');
    assert.match(queued?.requested_by ?? '', /^administrator:/);
    const tooLong = ise.sendMessage([guid(id)], { header: '', body: 'x'.repeat(501) });
    await assert.rejects(tooLong, (error) => error instanceof IseCallFailed && error.status === 400);
    const again = await ise.sendMessage([guid(id)], { header: '', body: 'x'.repeat(500) });
    assert.equal(again.results[0]?.accepted, true);
  });

  test('an upload by multipart with two devices', async () => {
    const ids = [await acme.addDevice(), await acme.addDevice()];
    const { results } = await world.ise().act('pin_lock', ids.map(guid), 'multipart');
    assert.deepEqual(
      results.map(({ accepted }) => accepted),
      [true, true],
    );
  });
});
