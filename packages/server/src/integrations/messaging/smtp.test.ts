import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { createLog } from '../../kernel/log.ts';
import { openServerTls } from '../../kernel/tls/index.ts';
import { createSmtp } from './smtp.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-smtp-'));
const identity = openServerTls({
  directory,
  addresses: [new URL('https://localhost')],
  clock: { now: Date.now },
  log: createLog({ level: 'silent', console: () => undefined }),
});

/** Everything that was said to it, over TLS or not at all: it speaks TLS from the first byte. */
let heard = '';
const server = createServer({ cert: identity.context.cert, key: identity.context.key }, (socket) => {
  let inBody = false;
  socket.write('220 mail.acme.example\r\n');
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    heard += bytes.toString();
    if (inBody && !heard.endsWith('\r\n.\r\n')) return;
    inBody = !inBody && /^DATA/im.test(bytes.toString());
    socket.write(inBody ? '354 go on\r\n' : '250 OK\r\n');
  });
});
server.on('tlsClientError', () => undefined);
await once(server.listen(0), 'listening');
after(() => {
  server.close();
  identity.close();
  rmSync(directory, { recursive: true });
});

const trusted = getCACertificates();
const mail = {
  to: { name: 'Ann', address: 'ann@acme.example' },
  subject: 'Your device',
  text: 'A secret stands here.',
  html: '<p>A secret stands here.</p>',
  messageId: '<1@acme.example>',
  pictures: [],
};

test('NET-03 smtps speaks TLS from the first byte, with a mail server that it trusts and with no other', async (t) => {
  const { port } = server.address() as AddressInfo;
  const send = createSmtp({ url: new URL(`smtps://localhost:${port}`), from: 'mdm@acme.example' });
  assert.ok(send);
  t.after(() => send.close());
  await assert.rejects(send(mail), /certificate/);
  assert.equal(heard, '');
  setDefaultCACertificates([...trusted, ...identity.anchors.map((der) => encodePem('CERTIFICATE', der))]);
  t.after(() => setDefaultCACertificates(trusted));
  await send(mail);
  assert.match(heard, /^(?:EHLO|HELO) /);
  assert.match(heard, /RCPT TO:<ann@acme\.example>/);
  assert.match(heard, /A secret stands here\./);
});
