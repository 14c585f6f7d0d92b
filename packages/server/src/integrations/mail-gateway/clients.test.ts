import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { clientLimits, MailClients } from './clients.ts';
import type { MailBooks } from './gateway-deps.ts';

const standing = { user: null, mailDevice: null, link: null, server: null } as unknown as MailStanding;

function openClients(standingOf: MailBooks['standingOf']) {
  const clients = new MailClients({ standingOf, concernsOf: () => ['organization'] });
  return { clients, client: clients.client('organization', 'ann', Buffer.from('phone')) };
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    assert.ok(waited < 10_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('EAS-05 what is known of a client is used for a second; of one that asks often it is read again ahead', async () => {
  let asked = 0;
  const { clients, client } = openClients(async () => {
    asked += 1;
    return standing;
  });
  await clients.read(client);
  // A millisecond off the limits: monotonic times have fractions, and sums of them are rounded.
  const { readAt } = client;
  assert.equal(clients.isFresh(client, readAt + clientLimits.agesMs - 1), true);
  assert.equal(client.isAgeing, false, 'one that asks seldom is not read again');
  assert.equal(clients.isFresh(client, readAt + clientLimits.freshMs + 1), false);
  assert.equal(client.isAgeing, false);
  assert.equal(clients.isFresh(client, readAt + clientLimits.agesMs + 1), true);
  assert.equal(clients.isFresh(client, readAt + clientLimits.freshMs - 1), true);
  await until(() => client.readAt > readAt);
  assert.equal(asked, 2, 'once, however often it asks meanwhile');
});

test('EAS-T03 reading ahead that fails makes nothing younger, and news make what is read meanwhile worth nothing', async () => {
  let asked = 0;
  let answer: () => Promise<MailStanding> = async () => standing;
  const { clients, client } = openClients(() => {
    asked += 1;
    return answer();
  });
  await clients.read(client);
  const { readAt } = client;
  answer = () => Promise.reject(new Error('the database is away'));
  clients.isFresh(client, readAt + clientLimits.freshMs - 1);
  await until(() => asked === 2 && client.reading === undefined);
  assert.equal(client.readAt, readAt);
  assert.equal(clients.isFresh(client, readAt + clientLimits.freshMs + 1), false);

  const late = Promise.withResolvers<MailStanding>();
  answer = () => late.promise;
  await new Promise((resolve) => setTimeout(resolve, clientLimits.awayMs + 1));
  clients.isFresh(client, readAt + clientLimits.freshMs - 1);
  await until(() => asked === 3);
  clients.hear('organization');
  late.resolve(standing);
  await until(() => client.reading === undefined);
  assert.equal(clients.isFresh(client, performance.now()), false);
});
