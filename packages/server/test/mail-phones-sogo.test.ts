// Our simulated phones against a mail server that is not ours, with nothing between: what they say is ActiveSync to others too.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import { MailPhone, type MailPhoneOptions, type MakeName } from '@gatehouse/simulators/activesync/index.ts';
import { type MailFront, startMailFront } from './mail-peers/mail-front.ts';
import { writeMessage } from './mail-peers/message.ts';
import { type SogoPeer, type SogoUser, startSogo } from './mail-peers/sogo.ts';

/** What SOGo speaks, and a make that is met with it. */
const versions: readonly [ProtocolVersion, MakeName][] = [
  ['2.5', 'windows-mobile'],
  ['12.0', 'gmail'],
  ['12.1', 'samsung'],
  ['14.0', 'windows-mail'],
  ['14.1', 'ios-mail'],
];

describe('simulated phones at SOGo', () => {
  let sogo: SogoPeer;
  let front: MailFront;
  let ann: SogoUser;
  let bob: SogoUser;

  before(async () => {
    sogo = await startSogo({ users: ['ann', 'bob'], domain: 'mail.example' });
    front = await startMailFront(sogo.url);
    const [first, second] = sogo.users;
    assert.ok(first && second);
    [ann, bob] = [first, second];
  });
  after(async () => {
    await front?.[Symbol.asyncDispose]();
    await sogo?.[Symbol.asyncDispose]();
  });

  const phone = (account: SogoUser, options: Partial<MailPhoneOptions> & Pick<MailPhoneOptions, 'make'>) =>
    new MailPhone({
      account,
      server: front.url,
      anchors: [front.trust],
      seed: `${account.user} ${options.make} ${options.atMost}`,
      ...options,
    });

  for (const [version, make] of versions) {
    test(`version ${version} as ${make} speaks it: folders, sync, send, attachment, ping`, async (t) => {
      const mine = phone(ann, { make, atMost: version });
      t.after(() => mine.close());
      assert.equal(await mine.connect(), 'ready', mine.because);
      assert.equal(mine.version, version);
      assert.ok(mine.folders.length >= 4, JSON.stringify(mine.folders));
      await mine.sync();

      const subject = `to be seen in ${version}`;
      const content = Buffer.alloc(40_000, `${version} `);
      const message = writeMessage({
        from: ann.email,
        to: ann.email,
        subject,
        text: `words of ${version}`,
        attachment: { name: 'list.bin', content },
      });
      const waiting = mine.ping(60);
      const sent = await mine.send(message);
      assert.equal(sent.http, 200);
      assert.equal(sent.body.length, 0, 'a message that is sent is answered with nothing');
      const told = await waiting;
      assert.equal(told.status, 2, 'the open Ping hears of it');
      assert.deepEqual(told.folders, [mine.inbox]);

      const items = await mine.sync();
      const item = items.find((one) => one.subject === subject);
      assert.ok(item, JSON.stringify(items.map((one) => one.subject)));
      assert.match(item.text, new RegExp(`words of ${version}`));
      assert.equal((await mine.sync()).length, 0, 'and it comes once');
      const [attachment] = item.attachments;
      assert.equal(attachment?.name, 'list.bin');
      const answer = await mine.openAttachment(attachment?.reference ?? '');
      assert.equal(answer.statusCode, 200);
      const bytes: Buffer[] = [];
      for await (const chunk of answer) bytes.push(chunk as Buffer);
      const received = Buffer.concat(bytes);
      assert.ok(
        version === '2.5'
          ? received.equals(content)
          : received.includes(content.toString('base64').slice(0, 1_000)),
      );
    });
  }

  test('a wrong password is refused, and the phone says so', async (t) => {
    const mine = phone({ ...bob, password: 'guessed' }, { make: 'ios-mail' });
    t.after(() => mine.close());
    assert.equal(await mine.connect(), 'needs-password');
  });
});
