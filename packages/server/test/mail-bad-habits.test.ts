// Phones with the bad habits of real ones, through the whole gateway to a mail server that takes all it is asked: what they do wrong hurts
// nobody else, and reaches the mail server no more than what they do right.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import {
  MailPhone,
  type MailPhoneOptions,
  type MakeName,
  type SimulatedMailServer,
  startSimulatedMailServer,
} from '@gatehouse/simulators/activesync/index.ts';
import { type MailWorld, openMailWorld } from './mail-gateway-world.ts';

let world: MailWorld;
let mail: SimulatedMailServer;
const phones: MailPhone[] = [];

before(async () => {
  world = await openMailWorld();
  mail = await startSimulatedMailServer({ users: [{ user: 'ann', password: 'right' }] });
  await world.operate('PATCH', `/mail-servers/${world.serverId}`, { url: mail.url });
});
after(async () => {
  for (const phone of phones) phone.close();
  await world?.[Symbol.asyncDispose]();
  await mail?.[Symbol.asyncDispose]();
});

const account = { user: 'ann@acme.example', password: 'right', email: 'ann@acme.example' };

function phone(options: Partial<MailPhoneOptions> & Pick<MailPhoneOptions, 'seed'>): MailPhone {
  const made = new MailPhone({
    make: 'ios-mail',
    account,
    server: `https://localhost:${world.server.ports.main}`,
    anchors: [world.server.ca],
    ...options,
  });
  phones.push(made);
  return made;
}

/** What the mail server has been asked from now on, but for who logs in. */
function listen(): () => readonly string[] {
  const before = mail.asked.length;
  return () => mail.asked.slice(before).flatMap(({ command }) => (command === 'OPTIONS' ? [] : [command]));
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); performance.now() - began < 8_000; await wait(20))
    if (await holds()) return;
  assert.fail(what);
}

const known = async (id: string) => (await world.devices()).filter(({ mailId }) => mailId === id);

const makesByVersion: readonly (readonly [ProtocolVersion, MakeName])[] = [
  ['2.5', 'windows-mobile'],
  ['12.1', 'samsung'],
  ['14.0', 'windows-mail'],
  ['14.1', 'outlook'],
  ['16.1', 'ios-mail'],
];

describe('phones with bad habits at the gateway', () => {
  for (const [version, make] of makesByVersion) {
    test(`EAS-04 one of ${version} (${make}) that asks on although it is sent for its policy never reaches the mail server`, async () => {
      const asked = listen();
      const deaf = phone({
        make,
        atMost: version,
        seed: `deaf ${make}`,
        habits: { ignoresProvisioning: true },
      });
      await deaf.askOptions();
      for (let turn = 0; turn < 3; turn += 1) await deaf.listFolders();
      assert.equal(deaf.state, 'told-to-provision', deaf.because);
      assert.deepEqual(asked(), []);
      // Nor with a key of its own making; and with none of it, it gets its mail.
      deaf.client.habits = { ignoresProvisioning: true, wrongPolicyKey: true };
      await deaf.listFolders();
      assert.deepEqual(asked(), []);
      deaf.client.habits = {};
      await deaf.listFolders();
      assert.equal(deaf.state, 'ready', deaf.because);
      assert.equal(deaf.folders.length, 6);
    });
  }

  test('EAS-04 one that fetches its policy for ever is slowed down, administrators hear of it, and others are not', async () => {
    const asked = listen();
    const looping = phone({ seed: 'loops', habits: { neverAcknowledges: true } });
    const other = phone({ seed: 'patient' });
    await looping.askOptions();
    for (let turn = 0; turn < 14; turn += 1) await looping.provision();
    assert.equal(looping.state, 'put-off', looping.because);
    assert.deepEqual(asked(), []);
    const [shown] = await known(looping.client.shownDeviceId);
    await until('an alert', async () => {
      const { items } = (await world.operate('GET', '/alerts')) as {
        items: { kind: string; occurrences: number; subject: { id: string } | null }[];
      };
      const told = items.filter(({ kind }) => kind === 'mail-device-looping');
      return told.length === 1 && told[0]?.subject?.id === shown?.id && told[0]?.occurrences === 1;
    });
    assert.equal(await other.connect(), 'ready', 'the same person with another phone');
    // Even when it mends its ways it waits its time.
    looping.client.habits = {};
    assert.equal(await looping.provision(), false);
    assert.equal(looping.state, 'put-off');
  });

  test('one that says that it applies its policy in part, not, or is managed by somebody else gets no mail', async () => {
    const asked = listen();
    for (const saysOfPolicy of [2, 3, 4] as const) {
      const half = phone({ seed: `says ${saysOfPolicy}`, habits: { saysOfPolicy } });
      await half.connect();
      await half.listFolders();
    }
    assert.deepEqual(asked(), []);
  });

  test('DEV-07 one that sends everything twice is one device with one key, and has its mail once', async () => {
    const twice = phone({ seed: 'twice', habits: { replays: true } });
    assert.equal(await twice.connect(), 'ready', twice.because);
    assert.equal((await known(twice.client.shownDeviceId)).length, 1);
    const key = twice.client.policyKey;
    assert.equal(twice.folders.length, 6);
    await twice.sync();
    mail.deliver('ann', { from: 'b@mail.example', to: account.email, subject: 'once', text: 'Hi.' });
    const subjects = (await twice.sync()).map(({ subject }) => subject);
    assert.ok(subjects.filter((subject) => subject === 'once').length <= 1);
    assert.equal(twice.client.policyKey, key);
    assert.equal(twice.state, 'ready');
    // What it acknowledged once does not count a second time for another key.
    const again = phone({ seed: 'twice', deviceId: twice.client.deviceId });
    again.client.version = twice.version;
    again.client.policyKey = key ^ 1;
    assert.notEqual((await again.command('FolderSync')).status, 1);
  });

  test('one that hangs up in the middle finds everything as it was, and nothing of it is left', async () => {
    for (const hangsUpAfter of [1, 2, 3, 4]) {
      const hasty = phone({ seed: `hasty ${hangsUpAfter}`, habits: { hangsUpAfter } });
      assert.equal(await hasty.connect(), 'ready', hasty.because);
      assert.equal(hasty.folders.length, 6);
    }
    await until('no request is left', async () => mail.held() === 0);
  });

  test('one that shouts and one that never has the same name are who they are', async () => {
    const loud = phone({ seed: 'loud', habits: { shouts: true } });
    assert.equal(await loud.connect(), 'ready', loud.because);
    const vain = phone({ make: 'gmail', seed: 'vain', habits: { changesUserAgent: true } });
    assert.equal(await vain.connect(), 'ready', vain.because);
    await vain.sync();
    assert.equal((await known(vain.client.shownDeviceId)).length, 1);
  });

  test('DEV-02 ids of every kind are kept apart: bytes, length and case', async () => {
    const text = (value: string) => Buffer.from(value, 'latin1');
    const binary = Buffer.from('00ff7f80c3a9e2820a0d2b2f3d26253f', 'hex');
    const ids: readonly (readonly [MakeName, Buffer])[] = [
      ['ios-mail', text('AB')],
      ['ios-mail', text('ab')],
      ['ios-mail', text('Ab')],
      ['ios-mail', text('ABC')],
      ['ios-mail', text('A'.repeat(32))],
      ['ios-mail', text("'; drop table--")],
      ['ios-mail', text('..%2f..&User=x')],
      ['windows-mail', binary],
      ['windows-mail', Buffer.concat([binary.subarray(0, 15), Buffer.of(0x40)])],
      // As text it is what the first of the two is shown as.
      ['gmail', text(binary.toString('hex'))],
      ['samsung', Buffer.alloc(200, 0xfe)],
      ['samsung', Buffer.alloc(199, 0xfe)],
    ];
    const before = (await world.devices()).length;
    const all = ids.map(([make, deviceId], index) => phone({ make, deviceId, seed: `id ${index}` }));
    for (const each of all)
      assert.equal(await each.connect(), 'ready', `${each.client.shownDeviceId}: ${each.because}`);
    assert.equal((await world.devices()).length, before + ids.length);
    assert.equal(new Set(all.map(({ client }) => client.policyKey)).size, ids.length);
    // Blocked is the one that is meant, and a key is good for the one that has it.
    const [blocked] = await known('ab');
    await world.operate('POST', `/mail-devices/${blocked?.id}/block`, { reason: 'lost' });
    for (const each of all) {
      await each.listFolders();
      const isMeant = each.client.shownDeviceId === 'ab';
      assert.equal(
        each.state,
        isMeant ? 'refused' : 'ready',
        `${each.client.shownDeviceId}: ${each.because}`,
      );
    }
    const [first, , third] = all;
    if (first && third) {
      third.client.policyKey = first.client.policyKey;
      assert.notEqual((await third.command('FolderSync')).status, 1);
    }
  });

  test('EAS-07 one that is to be wiped and goes on gets nothing but that order', async () => {
    // Whoever has just become an administrator may not destroy anything yet.
    world.server.advance(25 * 3_600_000);
    const stubborn = phone({ seed: 'stubborn', habits: { ignoresWipe: true } });
    assert.equal(await stubborn.connect(), 'ready');
    const [{ id } = { id: '' }] = await known(stubborn.client.shownDeviceId);
    await world.operate('POST', `/mail-devices/${id}/wipe`, { kind: 'account', reason: 'lost' });
    const asked = listen();
    for (let turn = 0; turn < 3; turn += 1) await stubborn.listFolders();
    assert.equal(stubborn.state, 'told-to-provision', stubborn.because);
    assert.deepEqual(asked(), []);
    stubborn.client.habits = {};
    await stubborn.provision();
    assert.equal(stubborn.state, 'account-removed');
    const ghost = phone({ seed: 'stubborn', deviceId: stubborn.client.deviceId });
    await ghost.connect();
    assert.equal(ghost.state, 'refused', ghost.because);
    // That was the gateway, which has told the mail server that it is done.
    assert.deepEqual(asked(), ['Provision']);
  });
});
