import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { recordMailDeviceInformation } from './device-facts.ts';
import { getMailDevice } from './list-mail-devices.ts';
import { noteLoop } from './note-loop.ts';
import { openTestMail, type TestMail } from './test-mail.ts';
import { getMailTraffic, noteMailTraffic, purgeOldMailTraffic } from './traffic.ts';
import { type MailTrafficNote, MailTrafficSums } from './traffic-sums.ts';

const minute = 60_000;

describe('what became of requests', () => {
  let mail: TestMail;
  let id: string;
  let device: string;
  before(async () => {
    mail = await openTestMail();
    device = await mail.acme.addDevice({ platform: 'ios' });
    await mail.report(device, { 'device-information': { 'device.serial-number': 'F17ABCDEFG5K' } });
    id = await mail.discover({ deviceKey: Buffer.from('ApplF17ABCDEFG5K'), deviceType: 'iPhone' });
  });
  after(() => mail[Symbol.asyncDispose]());

  const note = (change: Partial<MailTrafficNote> = {}): MailTrafficNote => ({
    mailDeviceId: id,
    serverId: null,
    command: 'Sync',
    outcome: 'passed',
    protocolVersion: '16.1',
    userAgent: 'Apple-iPhone14C5/2104.1',
    bytesIn: 100,
    bytesOut: 1_000,
    at: mail.clock.at,
    ...change,
  });
  const send = (...notes: MailTrafficNote[]) => sendFor(mail.acme.organizationId, notes);
  const sendFor = (organizationId: string, notes: readonly MailTrafficNote[]) => {
    const sums = new MailTrafficSums();
    for (const each of notes) sums.add(each);
    return noteMailTraffic(mail.deps, organizationId, sums);
  };
  const facts = async (): Promise<Record<string, unknown>> =>
    (
      await mail.rows(`select facts from device_facts where device_id = $1 and source = 'activesync'`, [
        device,
      ])
    )[0]?.facts ?? {};

  test('is counted by device, hour, server and outcome', async () => {
    await send(
      note(),
      note({ outcome: 'provisioned', bytesOut: 10, at: mail.clock.at - 1 }),
      note({ mailDeviceId: null, outcome: 'unauthenticated' }),
    );
    await send(note({ command: 'Ping' }));
    const shown = await getMailDevice(mail.deps, mail.principal(), id);
    assert.deepEqual(
      [
        shown.requests,
        shown.bytesIn,
        shown.bytesOut,
        shown.lastOutcome,
        shown.protocolVersion,
        shown.lastSeenAt,
      ],
      [3, 300, 2_010, 'passed', '16.1', new Date(mail.clock.at).toISOString()],
    );
    const { outcomes } = await getMailTraffic(mail.deps, mail.principal());
    assert.deepEqual(
      outcomes.map(({ outcome, requests, bytesOut }) => [outcome, requests, bytesOut]),
      [
        ['passed', 2, 2_000],
        ['provisioned', 1, 10],
        ['unauthenticated', 1, 1_000],
      ],
    );
  });

  test('CMP-14 is stated of the enrolled device: at once, when it changes, and every few minutes', async () => {
    assert.deepEqual(await facts(), {
      'activesync.authorized': true,
      'activesync.last-seen': new Date(mail.clock.at).toISOString(),
    });
    const first = mail.clock.at;
    mail.clock.at += 3 * minute;
    await send(note());
    assert.equal(
      (await facts())['activesync.last-seen'],
      new Date(first).toISOString(),
      'not with every request',
    );
    await send(note({ outcome: 'server-refused', error: 'The server answers 403.' }));
    assert.equal((await facts())['activesync.authorized'], false);
    mail.clock.at += 11 * minute;
    await send(note({ outcome: 'not-compliant' }));
    assert.deepEqual(
      await facts(),
      { 'activesync.authorized': false, 'activesync.last-seen': new Date(mail.clock.at).toISOString() },
      'a refusal by its own posture says nothing new of what the gateway thinks of it',
    );
    await send(note());
    assert.equal((await facts())['activesync.authorized'], true);
  });

  test('errors are shown, newest first, and a thousand kept', async () => {
    mail.clock.at += minute;
    for (let round = 0; round < 25; round += 1)
      await send(
        ...Array.from({ length: 60 }, (_, n) =>
          note({ outcome: 'server-failed', error: `error ${round}.${n} ${'x'.repeat(400)}` }),
        ),
      );
    const { errors } = await getMailTraffic(mail.deps, mail.principal());
    assert.equal(errors.length, 100);
    assert.match(errors[0]?.summary ?? '', /^error 24\.59 x+$/);
    assert.equal(errors[0]?.summary.length, 300);
    const [{ count }] = await mail.rows('select count(*)::int from mail_errors');
    assert.ok(count <= 1_000, String(count));
  });

  test('notes of devices that are gone, or of another organization, are counted for nobody', async () => {
    await sendFor(mail.other.organizationId, [note()]);
    const [{ count }] = await mail.rows(
      'select count(*)::int from mail_device_traffic where organization_id = $1',
      [mail.other.organizationId],
    );
    assert.equal(count, 0);
    await send(note({ mailDeviceId: '00000000-0000-0000-0000-00000000dead' }));
  });

  test('old counts and errors go', async () => {
    await mail.rows(`update mail_traffic set hour = hour - interval '91 days'`);
    await mail.rows(`update mail_errors set at = at - interval '8 days'`);
    await purgeOldMailTraffic({ database: mail.db.database, clock: mail.clock });
    const { outcomes, errors } = await getMailTraffic(mail.deps, mail.principal(), 2_160);
    assert.deepEqual([outcomes, errors], [[], []]);
  });

  test('what a client says of itself is kept, and stated of the enrolled device where that may be known', async () => {
    const information = {
      model: 'iPhone14C5',
      operatingSystem: 'iOS 18.1 22B83',
      imei: '356938035643809',
      phoneNumber: '+49 151 1',
      friendlyName: ' Ann\u0000’s phone ',
    };
    await recordMailDeviceInformation(mail.deps, mail.acme.organizationId, id, information);
    assert.deepEqual((await getMailDevice(mail.deps, mail.principal(), id)).information, {
      model: 'iPhone14C5',
      operatingSystem: 'iOS 18.1 22B83',
      imei: '356938035643809',
      phoneNumber: '+49 151 1',
      friendlyName: 'Ann ’s phone',
    });
    assert.deepEqual(
      [(await facts())['device.model'], (await facts())['device.phone-number']],
      ['iPhone14C5', '+49 151 1'],
    );
    await mail.rows(`update devices set ownership = 'personal' where device_id = $1`, [device]);
    await recordMailDeviceInformation(mail.deps, mail.acme.organizationId, id, {
      ...information,
      model: 'iPhone15C2',
    });
    const kept = (await getMailDevice(mail.deps, mail.principal(), id)).information;
    assert.deepEqual(
      Object.keys(kept).sort(),
      ['friendlyName', 'model', 'operatingSystem'],
      'nothing personal of a private device',
    );
  });

  test('a client that asks for the same again and again is one alert', async () => {
    const loop = { command: 'Provision', times: 12, withinMs: 60_000 };
    await noteLoop(mail.deps, mail.acme.organizationId, id, loop);
    await noteLoop(mail.deps, mail.acme.organizationId, id, loop);
    assert.deepEqual(
      (await mail.alerts('mail-device-looping')).map(({ occurrences }) => occurrences),
      [2],
    );
    assert.equal((await mail.told('mail-device.looping', id)).length, 2);
  });
});
