import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  MailPhone,
  makes,
  type MakeName,
  type SimulatedMailServer,
  startSimulatedMailServer,
} from './index.ts';

const names = Object.keys(makes) as MakeName[];
const message = (to: string, subject: string) =>
  `From: phone@mail.example\r\nTo: ${to}@mail.example\r\nSubject: ${subject}\r\n\r\nWords.\r\n`;

describe('simulated phones', () => {
  let server: SimulatedMailServer;
  before(async () => {
    server = await startSimulatedMailServer({
      users: names.map((user) => ({ user, password: `of ${user}` })),
    });
  });
  after(() => server[Symbol.asyncDispose]());

  for (const make of names) {
    test(`${makes[make].name} gets its folders, sends, hears of mail, and fetches it once`, async (t) => {
      const account = { user: make, password: `of ${make}`, email: `${make}@mail.example` };
      const phone = new MailPhone({ make, account, server: server.url, seed: make });
      t.after(() => phone.close());
      assert.equal(await phone.connect(), 'ready', phone.because);
      assert.equal(phone.version, makes[make].speaks.at(-1), 'the newest that both know');
      assert.equal(phone.folders.length, 6);
      assert.deepEqual(await phone.sync(), []);
      const waiting = phone.ping(60);
      assert.equal((await phone.send(message(make, 'to myself'))).http, 200);
      assert.equal((await waiting).status, 2);
      assert.deepEqual(
        (await phone.sync()).map(({ subject, text }) => [subject, text]),
        [['to myself', 'Words.']],
      );
      assert.deepEqual(await phone.sync(), []);

      const later = phone.waitForMail(60);
      while (server.held() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      server.deliver(make, {
        from: 'b@mail.example',
        to: account.email,
        subject: 'from others',
        text: 'Hi.',
      });
      assert.deepEqual(
        (await later).map(({ subject }) => subject),
        ['from others'],
      );
    });
  }

  test('the same seed makes the same phone, another one another', () => {
    const id = (make: MakeName, seed: string) =>
      new MailPhone({
        make,
        account: { user: 'a', password: '', email: '' },
        server: 'http://localhost',
        seed,
      }).client.shownDeviceId;
    for (const make of names) {
      assert.equal(id(make, 'one'), id(make, 'one'));
      assert.notEqual(id(make, 'one'), id(make, 'two'));
    }
  });

  test('whoever hangs up leaves nothing behind', async (t) => {
    const account = { user: 'gmail', password: 'of gmail', email: 'gmail@mail.example' };
    const phone = new MailPhone({ make: 'gmail', account, server: server.url, seed: 'hangs up' });
    t.after(() => phone.close());
    await phone.connect();
    await phone.sync();
    const hangUp = new AbortController();
    const waiting = Array.from({ length: 3 }, () => phone.ping(600, { signal: hangUp.signal }));
    while (server.held() < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    hangUp.abort();
    await Promise.allSettled(waiting);
    while (server.held() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});
