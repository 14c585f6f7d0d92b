import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { internationalNumber, TextRefused } from '../../kernel/text-message.ts';
import { createHttpSms } from './http-sms.ts';

let status = 200;
const seen: { readonly request: IncomingMessage; readonly body: string }[] = [];
const server = createServer(async (request, response) => {
  seen.push({ request, body: await text(request) });
  response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:9/' } : {}).end('{}');
});
before(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
after(() => server.close());

const send = (token?: string) => {
  const { port } = server.address() as AddressInfo;
  const provider = createHttpSms({ url: new URL(`http://127.0.0.1:${port}/send`), token });
  assert.ok(provider);
  return provider({ to: '+4915112345678', text: 'Hello', messageId: 'm-1' });
};

test('a text message is one document with its number, its words and a name of its own', async () => {
  await send('secret');
  assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { to: '+4915112345678', text: 'Hello', id: 'm-1' });
  assert.equal(seen[0]?.request.headers.authorization, 'Bearer secret');
  assert.equal(seen[0]?.request.headers['idempotency-key'], 'm-1');
});

test('what the provider will never send is told from what it may send later; redirections are not followed', async () => {
  status = 422;
  await assert.rejects(send(), TextRefused);
  for (const later of [401, 429, 500, 503, 302]) {
    status = later;
    await assert.rejects(send(), (error) => !(error instanceof TextRefused), String(later));
  }
});

test('without a provider there is none; numbers are dialled only in their international form', () => {
  assert.equal(createHttpSms(undefined), undefined);
  assert.equal(internationalNumber('+49 (151) 123-456.78'), '+4915112345678');
  for (const bad of ['0151 12345678', '+', '+49', 'call me', '+49151234567890123', '']) {
    assert.equal(internationalNumber(bad), undefined, bad);
  }
});
