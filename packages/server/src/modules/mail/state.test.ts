import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { mailDeviceStates } from '@gatehouse/core/mail/mail-device.ts';
import { forgetMailDevice, setMailDeviceState } from './change-mail-device.ts';
import { linkMailDevice } from './links.ts';
import { getMailDevice, listMailDevices } from './list-mail-devices.ts';
import { openTestMail, type TestMail } from './test-mail.ts';

const verbs = { unknown: 'reset', allowed: 'approve', quarantined: 'quarantine', blocked: 'block' } as const;
const everything = { state: null, linked: null, userId: null, deviceId: null, mailId: null };
const page = { limit: 50, after: undefined };

describe('what administrators decide of a mail device', () => {
  let mail: TestMail;
  before(async () => {
    mail = await openTestMail();
  });
  after(() => mail[Symbol.asyncDispose]());

  test('ENR-23 each of the decisions is on record, an event, and news', async () => {
    const id = await mail.discover();
    for (const [from, to, access] of [
      ['unknown', 'allowed', 'quarantine'],
      ['allowed', 'quarantined', 'quarantine'],
      ['quarantined', 'blocked', 'deny'],
      ['blocked', 'unknown', 'quarantine'],
    ] as const) {
      mail.news.length = 0;
      const shown = await setMailDeviceState(mail.deps, mail.principal(), id, to, 'because');
      assert.deepEqual([shown.state, shown.access, shown.stateReason], [to, access, 'because']);
      assert.deepEqual(await mail.entries(`mail-devices.${verbs[to]}`, id), ['done']);
      assert.deepEqual((await mail.told('mail-device.state-changed', id)).at(-1), {
        mailDeviceId: id,
        from,
        to,
      });
      assert.ok(mail.news.some(({ topic, id: about }) => topic === 'mail-access' && about === id));
      await setMailDeviceState(mail.deps, mail.principal(), id, to);
      assert.deepEqual(
        await mail.entries(`mail-devices.${verbs[to]}`, id),
        ['done'],
        'the same again is no change',
      );
    }
  });

  test('CMP-17 of an enrolled device it is a fact, so that rules can shut other gates', async () => {
    const id = await mail.discover({ deviceKey: Buffer.from('CMP-17') });
    const device = await mail.acme.addDevice();
    await linkMailDevice(mail.deps, mail.principal(), id, device);
    const authorized = async () =>
      (
        await mail.rows(
          `select facts -> 'activesync.authorized' as fact from device_facts where device_id = $1 and source = 'activesync'`,
          [device],
        )
      )[0]?.fact;
    await setMailDeviceState(mail.deps, mail.principal(), id, 'blocked');
    assert.equal(await authorized(), false);
    await setMailDeviceState(mail.deps, mail.principal(), id, 'unknown');
    assert.equal(await authorized(), true);
  });

  test('a device that is forgotten comes again as a stranger', async () => {
    const deviceKey = Buffer.from('FORGET-ME');
    const id = await mail.discover({ deviceKey });
    await setMailDeviceState(mail.deps, mail.principal(), id, 'allowed');
    await forgetMailDevice(mail.deps, mail.principal(), id);
    assert.deepEqual(await mail.entries('mail-devices.forget', id), ['done']);
    const again = await mail.discover({ deviceKey });
    assert.notEqual(again, id);
    assert.equal((await getMailDevice(mail.deps, mail.principal(), again)).state, 'unknown');
  });

  test('devices are found by state, person, enrolled device and id, page by page', async () => {
    const list = async (search: Partial<typeof everything> | object, limit = 50) =>
      (await listMailDevices(mail.deps, mail.principal(), { ...everything, ...search }, { ...page, limit }))
        .items;
    const all = await list({});
    assert.equal(all.length, 3);
    for (const state of mailDeviceStates)
      assert.equal((await list({ state })).length, all.filter((each) => each.state === state).length);
    assert.equal((await list({ linked: true })).length, 1);
    assert.equal((await list({ mailId: 'CMP-17' })).length, 1);
    assert.equal((await list({ userId: mail.acme.userId })).length, 3);
    assert.equal((await list({ userId: mail.other.userId })).length, 0);
    const first = await listMailDevices(mail.deps, mail.principal(), everything, { ...page, limit: 2 });
    const rest = await listMailDevices(mail.deps, mail.principal(), everything, {
      limit: 2,
      after: first.next,
    });
    assert.deepEqual(
      [...first.items, ...rest.items].map(({ id }) => id),
      all.map(({ id }) => id),
    );
    assert.deepEqual(
      (await listMailDevices(mail.deps, mail.principal('org-admin', mail.other), everything, page)).items,
      [],
    );
  });

  test('who may read only, decides nothing', async () => {
    const id = await mail.discover();
    await assert.rejects(setMailDeviceState(mail.deps, mail.principal('auditor'), id, 'allowed'), (error) =>
      isDomainError(error, 'forbidden'),
    );
    await assert.rejects(
      setMailDeviceState(mail.deps, mail.principal('org-admin', mail.other), id, 'allowed'),
      (error) => isDomainError(error, 'not-found'),
    );
    assert.equal(
      (await setMailDeviceState(mail.deps, mail.principal('help-desk'), id, 'quarantined')).state,
      'quarantined',
    );
  });
});
