import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { createAddressList } from '../../kernel/http/address-list.ts';
import { createMailServer } from '../../modules/mail/servers.ts';
import { openTestMail, type TestMail } from '../../modules/mail/test-mail.ts';
import { createMailServers, type MailServers } from './mail-servers.ts';
import { createServerTrial } from './try-server.ts';

describe('whether a mail server answers', () => {
  let mail: TestMail;
  let peer: Server;
  let servers: MailServers;
  let status = 401;
  const asked: string[] = [];
  before(async () => {
    mail = await openTestMail();
    peer = createServer((request, response) => {
      asked.push(`${request.method} ${request.headers.authorization ?? 'nobody'}`);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => peer.once('listening', resolve));
    servers = createMailServers({
      books: { readServer: () => Promise.resolve(undefined) },
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }] as never),
      allowed: createAddressList(['127.0.0.1']),
      trust: undefined,
    });
  });
  after(async () => {
    servers.close();
    peer.close();
    await mail[Symbol.asyncDispose]();
  });

  const make = async (name: string, port: number) =>
    (
      await createMailServer(mail.deps, mail.principal(), {
        name,
        url: `http://127.0.0.1:${port}/Microsoft-Server-ActiveSync`,
      })
    ).id;
  const attempt = (id: string, principal = mail.principal()) =>
    createServerTrial(mail.deps, servers)(principal, id);

  test('one that asks who it is works; one that answers strangers, refuses or knows no ActiveSync does not', async () => {
    const id = await make('Peer', (peer.address() as AddressInfo).port);
    for (const [answer, works, text] of [
      [401, true, /asks who it is/],
      [200, false, /no password can be proved/],
      [403, false, /refuses us/],
      [404, false, /no ActiveSync/],
      [500, false, /status 500/],
    ] as const) {
      status = answer;
      const outcome = await attempt(id);
      assert.deepEqual([outcome.works, outcome.status], [works, answer]);
      assert.match(outcome.text, text);
    }
    assert.deepEqual(new Set(asked), new Set(['OPTIONS nobody']), 'nobody’s credentials are sent');
    assert.equal((await mail.entries('mail-servers.try', id)).length, 5);
  });

  test('one that is away is said to be', async () => {
    const outcome = await attempt(await make('Away', 1));
    assert.deepEqual([outcome.works, outcome.status], [false, null]);
  });

  test('another organization’s, and without the right, none is tried', async () => {
    const id = await make('Ours', 1);
    await assert.rejects(attempt(id, mail.principal('org-admin', mail.other)), (error) =>
      isDomainError(error, 'not-found'),
    );
    await assert.rejects(attempt(id, mail.principal('help-desk')), (error) =>
      isDomainError(error, 'forbidden'),
    );
  });
});
