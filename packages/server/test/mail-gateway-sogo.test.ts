// The mail gateway before a mail server that is not ours, spoken to by phones of several makes in every version that it knows.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { folderSyncRequest, type ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import type { MakeName } from '@gatehouse/simulators/activesync/index.ts';
import { openSogoWorld, type SogoWorld } from './mail-sogo-world.ts';
import { writeMessage } from './mail-peers/message.ts';

const versions: readonly [ProtocolVersion, MakeName][] = [
  ['2.5', 'windows-mobile'],
  ['12.0', 'gmail'],
  ['12.1', 'samsung'],
  ['14.0', 'windows-mail'],
  ['14.1', 'outlook'],
];

describe('the mail gateway before SOGo', () => {
  let world: SogoWorld;
  before(async () => {
    world = await openSogoWorld(['ann', 'bob', 'cho', 'dan']);
  });
  after(() => world?.[Symbol.asyncDispose]());

  const address = (user: string) => `${user}@mail.example`;

  for (const [version, make] of versions) {
    test(`EAS-01, EAS-03, EAS-17: version ${version} as ${make} speaks it, from quarantine to mail that is sent and heard of`, async () => {
      const phone = world.phone('ann', { make, atMost: version });
      await phone.connect();
      assert.equal(phone.version, version);
      const stranger = await world.shown(phone);
      assert.equal(stranger.access, 'quarantine', stranger.accessReason ?? '');
      await world.approve(phone);
      await phone.connect();
      assert.equal(phone.state, 'ready', phone.because);
      assert.ok(phone.policy, 'the policy is ours: SOGo has none');
      assert.ok(phone.client.policyKey > 0);
      await phone.listFolders();
      assert.ok(phone.folders.length >= 4, JSON.stringify(phone.folders));
      await phone.sync();

      const subject = `through the gateway in ${version}`;
      const content = Buffer.alloc(60_000, `${version} `);
      const waiting = phone.ping(60);
      const sent = await phone.send(
        writeMessage({
          from: address('ann'),
          to: address('ann'),
          subject,
          attachment: { name: 'list.bin', content },
        }),
      );
      assert.equal(sent.http, 200);
      assert.equal((await waiting).status, 2, 'the held Ping hears of it');
      const item = (await phone.sync()).find((one) => one.subject === subject);
      assert.ok(item);
      const answer = await phone.openAttachment(item.attachments[0]?.reference ?? '');
      assert.equal(answer.statusCode, 200);
      let bytes = 0;
      for await (const chunk of answer) bytes += (chunk as Buffer).length;
      assert.ok(bytes >= content.length);
      const shown = await world.shown(phone);
      assert.equal(shown.access, 'allow');
      assert.equal(shown.protocolVersion, version);
      assert.equal(shown.policy.acknowledgedVersion, shown.policy.version);
    });
  }

  test('EAS-05, EAS-06: an enrolled phone gets mail, loses it within a second when it breaks a rule, the held Ping too, and gets it back', async () => {
    const { journey } = world;
    const { id: policyId } = await journey.api<{ id: string }>('POST', '/policies', {
      name: 'Passcodes',
      settings: { 'passcode.required': true, 'passcode.minimum-length': 6, 'passcode.grace-minutes': 0 },
    });
    const organization = await journey.api<{ id: string }>('GET', '/organization');
    await journey.api('POST', '/assignments', {
      item: { kind: 'policy', id: policyId },
      target: { kind: 'organization', id: organization.id },
    });
    const owner = { id: '', email: address('bob') };
    const comer = await journey.enrol({ owner, passcode: '83920174' });
    const deviceId = await journey.registered(comer);
    const mail = world.mailOf(comer);
    await journey.until(
      'it gets its mail',
      async () => (await mail.connect()) === 'ready' && mail.policy !== undefined,
    );
    const shown = await world.shown(mail);
    assert.equal(shown.deviceId, deviceId);
    assert.equal(shown.linkedBy, 'automatic');
    assert.ok(shown.linkEvidence.includes('reported-id'));
    assert.equal(mail.policy?.DevicePasswordEnabled, true);
    await mail.sync();

    const held = mail.ping(600);
    comer.device.passcode = null;
    await comer.simulated.declarative.report(false);
    await journey.until('it does not comply', async () => {
      const { compliant } = await journey.api<{ compliant: boolean | null }>('GET', `/devices/${deviceId}`);
      return compliant === false;
    });
    const changed = performance.now();
    const ended = await held;
    assert.ok(performance.now() - changed < 1_000, 'the Ping that was held');
    assert.ok(ended.status !== 1 && ended.status !== 2, JSON.stringify(ended));
    assert.equal(mail.state, 'refused', mail.because);
    await mail.sync();
    assert.equal(mail.state, 'refused', 'new requests');

    comer.device.passcode = '83920174';
    await comer.simulated.declarative.report(false);
    await journey.until('it gets its mail again', async () => (await mail.connect()) === 'ready');
    await mail.send(writeMessage({ from: address('bob'), to: address('bob'), subject: 'mended' }));
    await journey.until('mail flows', async () =>
      (await mail.sync()).some(({ subject }) => subject === 'mended'),
    );
  });

  test('EAS-04 a wrong password is SOGo’s to refuse: nothing passes, nothing is known of the device', async () => {
    const [, , , dan] = world.sogo.users;
    assert.ok(dan);
    const account = { user: dan.email, email: dan.email, password: 'guessed' };
    const guesser = world.phone('dan', { make: 'gmail', account });
    assert.equal(await guesser.connect(), 'needs-password');
    const answer = await guesser.command('FolderSync', folderSyncRequest('0'));
    assert.equal(answer.http, 401);
    await assert.rejects(world.shown(guesser), /does not know it/);
  });

  test('EAS-10 a person enrols with the account at SOGo; a wrong password, and a mail server that is away, let nobody in', async () => {
    const { journey } = world;
    const [servers, [, , cho]] = [
      await journey.api<{ items: { id: string; url: string }[] }>('GET', '/mail-servers'),
      world.sogo.users,
    ];
    const [server] = servers.items;
    assert.ok(cho && server);
    await journey.api('PATCH', '/organization/settings', { mailSignIn: { people: 'known' } });
    const enter = async (password: string) => {
      const { main } = journey.server.application;
      const page = await main.inject({ url: '/enroll/acme' });
      const answer = await main.inject({
        method: 'POST',
        url: '/enroll/acme/mail',
        headers: {
          cookie: String(page.headers['set-cookie']).split(';')[0] ?? '',
          origin: 'null',
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: new URLSearchParams({
          form: /name="form" value="([^"]*)"/.exec(page.body)?.[1] ?? '',
          name: cho.email,
          password,
        }).toString(),
      });
      return answer.statusCode;
    };
    assert.equal(await enter('guessed'), 401);
    assert.equal(await enter(cho.password), 303);
    await journey.api('PATCH', `/mail-servers/${server.id}`, { url: 'https://127.0.0.1:9/' });
    assert.equal(await enter(cho.password), 503);
    await journey.api('PATCH', `/mail-servers/${server.id}`, { url: server.url });
    assert.equal(await enter(cho.password), 303);
    const { logged } = journey.server;
    assert.ok(!logged.some((line) => line.includes(cho.password)));
  });

  test('EAS-T12 mail goes through nginx and the gateway, and is neither on disk nor in the log', async () => {
    const phone = world.phone('cho', {
      make: 'outlook',
      server: `https://localhost:${world.proxy.ports.main}`,
    });
    await phone.connect();
    await world.approve(phone);
    await phone.connect();
    assert.equal(phone.state, 'ready', phone.because);
    await phone.listFolders();
    await phone.sync();
    const canary = `canary-${crypto.randomUUID()}`;
    const mail = { from: address('cho'), to: address('cho'), subject: 'canary', text: canary };
    await phone.send(writeMessage(mail));
    await world.journey.until('it is there', async () =>
      (await phone.sync()).some(({ text }) => text.includes(canary)),
    );
    const { logged, localSocket } = world.journey.server;
    assert.ok(!logged.some((line) => line.includes(canary) || line.includes('cho-mail-password')));
    const directory = join(dirname(localSocket), '..');
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      assert.ok(!bytes.includes(canary) && !bytes.includes('cho-mail-password'), entry.name);
    }
  });
});
