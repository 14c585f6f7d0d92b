import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { decideMailAccess } from '@gatehouse/core/mail/decide-mail-access.ts';
import { setMailDeviceState } from './change-mail-device.ts';
import { linkMailDevicesKind } from './job-kinds.ts';
import { linkMailDevice, unlinkMailDevice } from './links.ts';
import { explainDevice } from '../compliance/explain-device.ts';
import { explainMailClients, getMailDevice } from './list-mail-devices.ts';
import { mailJobs } from './reactions.ts';
import { openTestMail, type TestMail } from './test-mail.ts';

describe('which enrolled device a mail device is', () => {
  let mail: TestMail;
  before(async () => {
    mail = await openTestMail();
  });
  after(() => mail[Symbol.asyncDispose]());
  beforeEach(() => mail.rows('delete from mail_devices'));

  const mailId = 'AB12CD34EF56AB12CD34EF56AB12CD34';
  const iphone = {
    deviceKey: Buffer.from(mailId),
    deviceType: 'iPhone',
    userAgent: 'Apple-iPhone14C5/2104.1',
  };
  const jobs = () =>
    mailJobs({ ...mail.deps, publicUrl: new URL('https://mdm.example'), sendMail: undefined });
  const show = (id: string) => getMailDevice(mail.deps, mail.principal(), id);

  test('the id that its management reports makes the link, when the device gets through its enrolment', async () => {
    const id = await mail.discover(iphone);
    assert.equal((await show(id)).deviceId, null);
    const device = await mail.acme.addDevice({ platform: 'ios', name: 'phone' });
    await mail.report(device, { 'device-information': { 'device.mail-id': mailId.toLowerCase() } });
    assert.equal(await mail.runJobs(linkMailDevicesKind, jobs()), 1);
    const { deviceId, linkedBy, linkEvidence } = await show(id);
    assert.deepEqual(
      [deviceId, linkedBy, linkEvidence],
      [device, 'automatic', ['reported-id', 'only-device']],
    );
    assert.deepEqual(await mail.entries('mail-devices.link', id), ['done']);
    assert.deepEqual(await mail.told('mail-device.linked', id), [
      { mailDeviceId: id, deviceId: device, before: null, by: 'automatic' },
    ]);
    const standing = await mail.standing('ann@acme.example', mailId);
    assert.equal(standing.link?.deviceId, device);
    await mail.rows('delete from device_identifiers');
  });

  test('a serial number in the id links at once, when the device is enrolled already', async () => {
    const device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': { 'device.serial-number': 'F17ABCDEFG5K' } });
    const id = await mail.discover({ ...iphone, deviceKey: Buffer.from('ApplF17ABCDEFG5K') });
    assert.equal((await show(id)).deviceId, device);
  });

  test('EAS-T02 a device of somebody else is no candidate', async () => {
    const id = await mail.discover({
      ...iphone,
      userId: null,
      login: 'bob',
      deviceKey: Buffer.from('ApplF17ABCDEFG5K'),
    });
    assert.deepEqual([(await show(id)).deviceId, (await show(id)).suggestions], [null, []]);
  });

  test('weak evidence is suggested, and an administrator decides; approval and link exclude each other', async () => {
    const device = await mail.acme.addDevice({ platform: 'android', name: 'Pixel' });
    await mail.report(device, { 'device-information': { 'device.model': 'Pixel 8' } });
    const id = await mail.discover();
    await setMailDeviceState(mail.deps, mail.principal(), id, 'allowed');
    const { suggestions } = await show(id);
    assert.deepEqual(suggestions, []);
    const linked = await linkMailDevice(mail.deps, mail.principal(), id, device);
    assert.deepEqual([linked.deviceId, linked.linkedBy, linked.state], [device, 'administrator', 'unknown']);
    const unlinked = await unlinkMailDevice(mail.deps, mail.principal(), id);
    assert.deepEqual(
      [unlinked.deviceId, unlinked.linkedBy, unlinked.access],
      [null, 'administrator', 'quarantine'],
    );
    assert.deepEqual(await mail.entries('mail-devices.unlink', id), ['done']);
  });

  test('what an administrator has said is not found out otherwise again', async () => {
    const id = await mail.discover({ ...iphone, deviceKey: Buffer.from('ApplF17ABCDEFG5K') });
    assert.notEqual((await show(id)).deviceId, null);
    await unlinkMailDevice(mail.deps, mail.principal(), id);
    const device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': { 'device.mail-id': 'ApplF17ABCDEFG5K' } });
    await mail.runJobs(linkMailDevicesKind, jobs());
    assert.equal((await show(id)).deviceId, null);
  });

  test('EAS-06 the posture of the enrolled device is what decides, with its words', async () => {
    const device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': { 'device.serial-number': 'G17ABCDEFG5K' } });
    const id = await mail.discover({ ...iphone, deviceKey: Buffer.from('ApplG17ABCDEFG5K') });
    await mail.rows(`update devices set state = 'blocked' where device_id = $1`, [device]);
    await mail.inTenant((tx) => mail.deps.reevaluate(tx, device, mail.clock.now()));
    const { link } = await mail.standing('ann@acme.example', 'ApplG17ABCDEFG5K');
    assert.equal(link?.access, 'deny');
    const { access, accessReason } = await show(id);
    assert.deepEqual([access, accessReason], ['deny', 'An administrator has blocked the device.']);
  });

  test('what the mail gate says is part of the explanation of an enrolled device, in every language', async () => {
    const device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': {} });
    const explain = (gate: 'mail' | 'network', language: 'en' | 'de') =>
      explainDevice({ ...mail.deps, explainMail: explainMailClients }, mail.principal(), device, {
        gate,
        language,
      });
    assert.deepEqual((await explain('mail', 'en')).mailClients, []);
    assert.match((await explain('mail', 'en')).text.join('\n'), /knows no mail app on this device/);
    const id = await mail.discover();
    await linkMailDevice(mail.deps, mail.principal(), id, device);
    const { mailClients, text } = await explain('mail', 'en');
    assert.deepEqual(
      mailClients.map(({ mailDeviceId, access }) => [mailDeviceId, access]),
      [[id, 'quarantine']],
    );
    assert.match(text.join('\n'), /Mail app "Android": in quarantine\. The mail app has to fetch/);
    await setMailDeviceState(mail.deps, mail.principal(), id, 'blocked');
    assert.match(
      (await explain('mail', 'de')).text.join('\n'),
      /E-Mail-App "Android": gesperrt\. Die Gerätebetreuung hat E-Mail auf diesem Gerät gesperrt\./,
    );
    assert.deepEqual((await explain('network', 'en')).mailClients, []);
  });

  test('a device that goes to somebody else is not its former user’s any more', async () => {
    const device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': { 'device.serial-number': 'H17ABCDEFG5K' } });
    await mail.discover({ ...iphone, deviceKey: Buffer.from('ApplH17ABCDEFG5K') });
    assert.equal((await mail.standing('ann@acme.example', 'ApplH17ABCDEFG5K')).link?.deviceId, device);
    await mail.rows('update devices set user_id = null where device_id = $1', [device]);
    assert.equal((await mail.standing('ann@acme.example', 'ApplH17ABCDEFG5K')).link, null);
  });

  test('EAS-09 nothing of an approval remains when the enrolled device is gone', async () => {
    const device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': { 'device.serial-number': 'K17ABCDEFG5K' } });
    const id = await mail.discover({ ...iphone, deviceKey: Buffer.from('ApplK17ABCDEFG5K') });
    await setMailDeviceState(mail.deps, mail.principal(), id, 'blocked');
    assert.equal((await setMailDeviceState(mail.deps, mail.principal(), id, 'allowed')).state, 'unknown');
    await mail.rows('update devices set user_id = null where device_id = $1', [device]);
    const standing = await mail.standing('ann@acme.example', 'ApplK17ABCDEFG5K');
    const decision = decideMailAccess({ standing, presentedKey: 0, now: mail.clock.now() });
    assert.deepEqual(
      [decision.effect, 'because' in decision && decision.because],
      ['refuse', 'unknown-device'],
    );
  });

  test('one that is enrolled anew is recognized as the new device', async () => {
    const facts = { 'device-information': { 'device.serial-number': 'J17ABCDEFG5K' } };
    const former = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(former, facts);
    const id = await mail.discover({ ...iphone, deviceKey: Buffer.from('ApplJ17ABCDEFG5K') });
    assert.equal((await show(id)).deviceId, former);
    await mail.rows(`update devices set state = 'unmanaged' where device_id = $1`, [former]);
    const again = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(again, facts);
    await mail.runJobs(linkMailDevicesKind, jobs());
    assert.equal((await show(id)).deviceId, again);
  });

  test('devices of another organization, and such as are not managed, cannot be named', async () => {
    const id = await mail.discover();
    const theirs = await mail.other.addDevice();
    const refused = (device: string, code: 'not-found' | 'conflict') =>
      assert.rejects(linkMailDevice(mail.deps, mail.principal(), id, device), (error) =>
        isDomainError(error, code),
      );
    await refused(theirs, 'not-found');
    const gone = await mail.acme.addDevice();
    await mail.rows(`update devices set state = 'unmanaged' where device_id = $1`, [gone]);
    await refused(gone, 'conflict');
    await assert.rejects(
      linkMailDevice(mail.deps, mail.principal('org-admin', mail.other), id, theirs),
      (error) => isDomainError(error, 'not-found'),
    );
  });
});
