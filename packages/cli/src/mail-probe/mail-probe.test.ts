import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import type { JudgedSight } from '@gatehouse/core/mail/probe-result.ts';
import { type Answer, startTestReceiver } from '@gatehouse/server/kernel/outbound/test-receiver.ts';
import { commands } from '../commands/index.ts';
import { run } from '../run.ts';

const open: { close(): Promise<void> }[] = [];
after(async () => {
  for (const each of open) await each.close();
});

async function serve(answer: Answer, options?: Parameters<typeof startTestReceiver>[1]) {
  const started = await startTestReceiver(answer, options);
  open.push(started);
  return started;
}

async function invoke(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(commands, ['mail-probe', ...argv], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStandardInput: async () => '',
    env: {},
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

async function probe(port: number, ...options: string[]) {
  const { status, out } = await invoke(`127.0.0.1:${port}`, '--json', '--seconds', '2', ...options);
  assert.equal(status, 0, out);
  const { hosts } = JSON.parse(out) as {
    hosts: { verdict: string; openWays: string[]; sights: JudgedSight[] }[];
  };
  const [host] = hosts;
  assert.ok(host);
  const of = (way: string) =>
    host.sights
      .filter((each) => each.way === way && each.address.includes(`:${port}/`))
      .map(({ verdict, because }) => `${verdict}: ${because}`);
  return { ...host, of };
}

const realm = { 'www-authenticate': 'Basic realm="mail"' };
const html = (text: string) => `<!DOCTYPE html><html><body>${text}</body></html>`;

/** As Exchange and its like answer: 401 where there is a service, 404 elsewhere. */
const openServer: Answer = ({ path }, response) => {
  if (/^\/(?:microsoft-server-activesync|ews\/|mapi\/)/i.test(path)) response.writeHead(401, realm).end();
  else if (path === '/owa/') response.writeHead(302, { location: '/owa/auth/logon.aspx?url=x' }).end();
  else response.writeHead(404).end();
};

describe('the outside probe', () => {
  test('EAS-T01 EAS-08 GAP-13 an open mail server is said to be open, way by way', async () => {
    const { port, requests } = await serve(openServer);
    const { verdict, openWays, of } = await probe(port);
    assert.equal(verdict, 'open');
    assert.deepEqual(
      openWays.filter((way) => !['imap', 'pop', 'submission'].includes(way)),
      ['activesync', 'exchange-services', 'outlook', 'webmail'],
    );
    assert.deepEqual(of('activesync'), [
      'open: asks-password',
      'open: asks-password',
      'open: asks-password',
      'closed: absent',
      'closed: absent',
      'closed: absent',
    ]);
    assert.deepEqual(of('webmail')[0], 'open: sign-in-page');
    assert.deepEqual(of('traveler'), ['closed: absent', 'closed: absent']);
    assert.ok(
      requests.every(({ headers }) => headers.authorization === undefined && headers.cookie === undefined),
    );
  });

  test('EAS-T01 a server that denies everybody, or is not there, is closed', async () => {
    const denying = await serve((_request, response) => response.writeHead(403).end());
    const denied = await probe(denying.port);
    assert.deepEqual(
      [denied.of('activesync')[0], denied.of('exchange-services')[0]],
      ['closed: denied', 'closed: denied'],
    );
    const gone = await serve(() => undefined);
    await gone.close();
    open.pop();
    const closed = await probe(gone.port);
    assert.deepEqual(
      new Set(
        closed.sights
          .filter(({ address }) => address.includes(`:${gone.port}/`))
          .map(({ because }) => because),
      ),
      new Set(['refused']),
    );
    assert.ok(closed.of('activesync').every((each) => each === 'closed: refused'));
  });

  test('EAS-T01 a rule that holds for one spelling alone is seen through', async () => {
    const { port } = await serve(({ path }, response) =>
      path.startsWith('/Microsoft-Server-ActiveSync')
        ? response.writeHead(403).end()
        : openServer({ method: '', path, headers: {}, body: '' }, response),
    );
    const { verdict, of } = await probe(port);
    assert.deepEqual(
      [verdict, of('activesync')],
      [
        'open',
        [
          'closed: denied',
          'open: asks-password',
          'closed: denied',
          'closed: absent',
          'closed: absent',
          'closed: absent',
        ],
      ],
    );
  });

  test('EAS-T01 a page that lies, whatever its status, is unclear and never closed', async () => {
    const lying: Answer[] = [
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end(html('ActiveSync is not available')),
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end(html('<input type="password">')),
      (_request, response) => response.writeHead(200).end(html('404 Not Found')),
      (_request, response) => response.writeHead(503, { 'content-type': 'text/html' }).end(html('404')),
      (_request, response) => response.writeHead(302, { location: 'https://portal.example/login' }).end(),
      (_request, response) => response.writeHead(401).end(html('403')),
      (_request, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n'),
      (_request, response) => void response.socket?.end('HTTP/1.1 banana\r\n\r\n'),
      (_request, response) => void response.socket?.end(),
    ];
    for (const [index, answer] of lying.entries()) {
      const { port } = await serve(answer);
      const { verdict, of } = await probe(port, '--accept', 'imap,pop,submission');
      assert.equal(verdict, 'unclear', String(index));
      assert.match(of('activesync')[0] ?? '', /^unclear/, String(index));
    }
  });

  test('a web server that asks for a password everywhere says little, but a service for phones is known by its fields', async () => {
    const everywhere = await serve((_request, response) => response.writeHead(401, realm).end());
    assert.equal((await probe(everywhere.port)).of('activesync')[0], 'unclear: password-everywhere');
    const phones = await serve((_request, response) =>
      response.writeHead(401, { ...realm, 'ms-server-activesync': '15.2' }).end(),
    );
    assert.equal((await probe(phones.port)).of('activesync')[0], 'open: phones-served');
    const provisioning = await serve((_request, response) => response.writeHead(449).end());
    assert.equal((await probe(provisioning.port)).of('activesync')[0], 'open: phones-served');
  });

  test('the gateway itself, and what leads to it, is no way round it', async () => {
    const gateway = await serve((_request, response) =>
      response.writeHead(401, { ...realm, 'gatehouse-mail-gateway': '1' }).end(),
    );
    assert.equal((await probe(gateway.port)).of('activesync')[0], 'closed: is-gateway');
    const moved = await serve((_request, response) =>
      response.writeHead(301, { location: 'https://mdm.example:8443/x' }).end(),
    );
    assert.equal(
      (await probe(moved.port, '--gateway', 'MDM.example')).of('activesync')[0],
      'closed: sends-to-gateway',
    );
    assert.equal((await probe(moved.port)).of('activesync')[0], 'unclear: elsewhere');
  });

  test('what is there without TLS, and what never answers, is not taken for closed', async () => {
    const plain = await serve(openServer, { tls: false });
    assert.equal((await probe(plain.port)).of('activesync')[0], 'unclear: no-tls');
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const sockets = new Set<{ destroy(): void }>();
    silent.on('connection', (socket) => sockets.add(socket));
    assert.equal((await probe(port)).of('activesync')[0], 'unclear: no-tls');
    for (const each of sockets) each.destroy();
    silent.close();
    const mute = await serve(() => undefined);
    assert.equal((await probe(mute.port)).of('activesync')[0], 'unclear: mute');
  });

  test('people get each open way with what to do; a script gets status 1 if it asks for it', async () => {
    const { port } = await serve(openServer);
    const { out } = await invoke(`127.0.0.1:${port}`, '--seconds', '2');
    assert.match(out, new RegExp(`^127\\.0\\.0\\.1:${port}: open\n`));
    assert.match(out, /open {5}ActiveSync {2}https:.*\n {11}It asks for a password.*docs\/mail\//);
    assert.match(out, /\n {2}closed {3}.*places asked/);
    const failed = await invoke(`127.0.0.1:${port}`, '--seconds', '2', '--fail-if-open');
    assert.equal(failed.status, 1);
    for (const wrong of [
      ['http://x'],
      ['a b'],
      [],
      ['x', '--accept', 'fax'],
      ['x', '--address', 'name'],
      ['x', '--seconds', '0'],
    ])
      assert.equal((await invoke(...wrong)).status, 2, wrong.join(' '));
  });
});
