import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Mail } from '../../kernel/mail.ts';
import { discoverMailDevice } from './discover.ts';
import { instructMailUserKind } from './job-kinds.ts';
import { mailJobs } from './reactions.ts';
import { changeMailSettings } from './settings.ts';
import { hour, openTestMail, type TestMail } from './test-mail.ts';

describe('a device that was never seen', () => {
  let mail: TestMail;
  const sent: Mail[] = [];
  before(async () => {
    mail = await openTestMail();
  });
  after(() => mail[Symbol.asyncDispose]());

  const jobs = () =>
    mailJobs({
      ...mail.deps,
      publicUrl: new URL('https://mdm.example'),
      sendMail: async (letter) => void sent.push(letter),
    });
  const key = (text: string) => Buffer.from(text);

  test('EAS-T02 is on record once, with event, audit entry and alert, and its standing is news', async () => {
    const id = await mail.discover();
    assert.equal(await mail.discover({ userAgent: 'other' }), id);
    assert.deepEqual(await mail.entries('mail-devices.discover', id), ['done']);
    assert.deepEqual(await mail.told('mail-device.discovered', id), [
      { mailDeviceId: id, userId: mail.acme.userId, deviceType: 'Android' },
    ]);
    assert.ok(mail.news.some(({ topic, id: about }) => topic === 'mail-access' && about === id));
    assert.equal((await mail.alerts('mail-device-unknown')).length, 1);
  });

  test('ENR-23 its user is told by mail what to do, once a day however many devices come', async () => {
    assert.equal(await mail.runJobs(instructMailUserKind, jobs()), 1);
    assert.equal(sent[0]?.to.address, 'ann@acme.example');
    assert.match(sent[0]?.text ?? '', /Android.*not enrolled.*\n[^]*https:\/\/mdm\.example\/enroll\/acme/);
    await mail.discover({ deviceKey: key('SECOND-DEVICE') });
    await mail.runJobs(instructMailUserKind, jobs());
    assert.equal(sent.length, 1);
    mail.clock.at += 25 * hour;
    await mail.discover({ deviceKey: key('THIRD-DEVICE'), deviceType: 'iPad {link}\r\nBcc: x' });
    await mail.runJobs(instructMailUserKind, jobs());
    assert.equal(sent.length, 2);
    assert.doesNotMatch(sent[1]?.text ?? '', /\r|\nBcc/);
    assert.match(sent[1]?.text ?? '', /\{link\}/, 'what a device says is text');
  });

  test('ENR-17 where it may pass until a deadline, its user is told the deadline', async () => {
    await changeMailSettings(mail.deps, mail.principal(), {
      strangers: 'allow',
      enrolBy: new Date(mail.clock.at + 240 * hour).toISOString(),
      instruction: 'Ask Ext. 100.',
    });
    mail.clock.at += 25 * hour;
    await mail.rows(`update users set language = 'de' where user_id = $1`, [mail.acme.userId]);
    await mail.discover({ deviceKey: key('FOURTH-DEVICE') });
    await mail.runJobs(instructMailUserKind, jobs());
    assert.match(sent.at(-1)?.text ?? '', /Vom .*Dezember 2026.* an bekommen/);
    assert.match(sent.at(-1)?.text ?? '', /Ask Ext\. 100\./);
  });

  test('of a disabled user nobody is told', async () => {
    mail.clock.at += 25 * hour;
    await mail.discover({ deviceKey: key('FIFTH-DEVICE') });
    await mail.rows(`update users set state = 'disabled' where user_id = $1`, [mail.acme.userId]);
    const before = sent.length;
    await mail.runJobs(instructMailUserKind, jobs());
    assert.equal(sent.length, before);
    await mail.rows(`update users set state = 'active' where user_id = $1`, [mail.acme.userId]);
  });

  test('an account has no more devices than it may, and strangers cannot fill the table', async () => {
    await changeMailSettings(mail.deps, mail.principal(), { maximumDevices: 5 });
    const refused = await discoverMailDevice(
      mail.deps,
      mail.acme.organizationId,
      mail.seen({ deviceKey: key('SIXTH-DEVICE') }),
    );
    assert.deepEqual(refused, { refused: 'too-many' });
    const [{ count }] = await mail.rows('select count(*)::int from mail_devices where organization_id = $1', [
      mail.acme.organizationId,
    ]);
    assert.equal(count, 5);
    const standing = await mail.standing('ann@acme.example', 'SIXTH-DEVICE');
    assert.deepEqual(
      [standing.mailDevice, standing.mailDeviceCount, standing.settings.maximumDevices],
      [null, 5, 5],
    );
  });

  test('somebody whom only the mail server knows keeps his device when he is known here', async () => {
    const seen = { userId: null, login: 'Bob@acme.example', deviceKey: key('BOBS-PHONE') };
    const id = await mail.discover(seen, mail.other);
    assert.equal(
      (await mail.standing('bob@acme.example', 'BOBS-PHONE', mail.other)).mailDevice?.mailDeviceId,
      id,
    );
    const [{ user_id: userId }] = await mail.rows(
      `insert into users (organization_id, user_id, email, user_name) values ($1, gen_random_uuid(), 'bob@acme.example', 'bob') returning user_id`,
      [mail.other.organizationId],
    );
    assert.equal((await mail.standing('bob@acme.example', 'BOBS-PHONE', mail.other)).mailDevice, null);
    assert.equal(await mail.discover({ ...seen, userId }, mail.other), id);
    assert.equal((await mail.standing('bob', 'BOBS-PHONE', mail.other)).mailDevice?.mailDeviceId, id);
  });

  test('ids of any bytes of 2 to 200 are ids, others are none', async () => {
    const guid = Buffer.from('00ff10203040506070800a0d0a0d2700', 'hex');
    const login = { userId: null, login: 'carol' };
    const id = await mail.discover({ ...login, deviceKey: guid }, mail.other);
    assert.equal((await mail.standing('carol', guid, mail.other)).mailDevice?.mailDeviceId, id);
    await mail.discover({ ...login, deviceKey: Buffer.alloc(200, 7) }, mail.other);
    await mail.discover({ ...login, deviceKey: Buffer.from('ab') }, mail.other);
    for (const length of [0, 1, 201])
      await assert.rejects(
        mail.discover({ ...login, deviceKey: Buffer.alloc(length) }, mail.other),
        RangeError,
      );
  });

  test('what a client says of itself is cut and cleaned before it is kept', async () => {
    const hostile = `\u0000${'x'.repeat(1_000)}\ud800`;
    const id = await mail.discover(
      { userId: null, login: 'dora', deviceType: hostile, userAgent: hostile, protocolVersion: hostile },
      mail.other,
    );
    const [row] = await mail.rows(
      'select device_type, user_agent, protocol_version from mail_devices where mail_device_id = $1',
      [id],
    );
    assert.deepEqual(
      [row.device_type.length, row.user_agent.length, row.protocol_version.length],
      [100, 300, 10],
    );
  });
});
