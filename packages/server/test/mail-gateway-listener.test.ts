import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { freePorts } from './free-ports.ts';
import { type MailWorld, openMailWorld } from './mail-gateway-world.ts';

let world: MailWorld;
let port = 0;
before(async () => {
  [port = 0] = await freePorts(1);
  world = await openMailWorld({
    GATEHOUSE_MAIL_GATEWAY_LISTEN: `127.0.0.1:${port}`,
    GATEHOUSE_MAIL_GATEWAY_FROM: '198.51.100.0/24',
    GATEHOUSE_MAIL_GATEWAY_PLAIN: 'yes',
    GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1',
  });
  await world.server.application.mail?.listen({ host: '127.0.0.1', port });
});
after(() => world[Symbol.asyncDispose]());

const authorization = `Basic ${Buffer.from('ann@acme.example:right').toString('base64')}`;

function ask(
  headers: Readonly<Record<string, string>>,
  path = '/Microsoft-Server-ActiveSync',
): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .request({ host: '127.0.0.1', port, method: 'OPTIONS', path, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      })
      .on('error', reject)
      .end();
  });
}

test('CRY-10 the gateway on a listener of its own: for a proxy that ends TLS, for the clients that are listed, and nothing else', async () => {
  assert.equal(await ask({ authorization, 'x-forwarded-for': '203.0.113.1, 198.51.100.7' }), 200);
  assert.equal(await ask({ 'x-forwarded-for': '198.51.100.7' }), 401);
  assert.equal(await ask({ authorization, 'x-forwarded-for': '198.51.100.7, 203.0.113.1' }), 404);
  assert.equal(await ask({ authorization }), 404);
  assert.equal(await ask({ authorization, 'x-forwarded-for': '198.51.100.7' }, '/api/v1/users'), 404);
  // And on the main listener there is nothing.
  assert.equal((await world.send({ method: 'OPTIONS' })).status, 404);
  const server = world.server.application.mail?.server;
  assert.deepEqual([server?.headersTimeout, server?.requestTimeout], [10_000, 300_000]);
});
