import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, describe, test } from 'node:test';
import { createAddressList } from '../http/address-list.ts';
import { permittedAddress, resolveByDns } from './connect.ts';
import { mayConnect } from './forbidden-addresses.ts';
import { createOutbound, type OutboundOptions, receiverUrl } from './outbound.ts';
import { OutboundError } from './outbound-error.ts';
import { type Answer, receiverName, startTestReceiver } from './test-receiver.ts';

const open: { close(): Promise<void> }[] = [];
after(async () => {
  for (const each of open) await each.close();
});

async function receiver(answer?: Answer, options?: Parameters<typeof startTestReceiver>[1]) {
  const started = await startTestReceiver(answer, options);
  open.push(started);
  return started;
}
function outbound(options: Partial<OutboundOptions> = {}) {
  const made = createOutbound({ allow: [], ...options });
  open.push(made);
  return made;
}
const failsWith = (reason: string) => (error: unknown) =>
  error instanceof OutboundError && error.reason === reason;

/** Ways to write addresses that lead inside; the port is added. */
const spellings = [
  'https://127.0.0.1',
  'https://127.1',
  'https://127.0.1',
  'https://2130706433',
  'https://0x7f000001',
  'https://0x7f.1',
  'https://0x7f.0x0.0x0.0x1',
  'https://017700000001',
  'https://0177.0.0.1',
  'https://0177.0.01',
  'https://127.0.0.1.',
  'https://127.127.127.127',
  'https://1⃣.1⃣.1⃣.1⃣'.replace(/1⃣/g, '１２７').replace('.１２７.１２７.１２７', '.０.０.１'),
  'https://①②⑦.⓪.⓪.①',
  'https://127。0。0。1',
  'https://%31%32%37.0.0.1',
  'https://0',
  'https://0.0.0.0',
  'https://0x0',
  'https://00000',
  'https://[::1]',
  'https://[0:0:0:0:0:0:0:1]',
  'https://[0000:0000:0000:0000:0000:0000:0000:0001]',
  'https://[::]',
  'https://[::ffff:127.0.0.1]',
  'https://[::ffff:7f00:1]',
  'https://[0:0:0:0:0:ffff:127.0.0.1]',
  'https://[::127.0.0.1]',
  'https://[64:ff9b::127.0.0.1]',
  'https://[64:ff9b::7f00:1]',
  'https://[64:ff9b:1::7f00:1]',
  'https://[2002:7f00:1::]',
  'https://[2001:0:7f00:1::]',
  'https://[fe80::1]',
  'https://[fc00::1]',
  'https://[fd00:ec2::254]',
  'https://[ff02::1]',
  'https://10.0.0.1',
  'https://172.16.0.1',
  'https://192.168.0.1',
  'https://169.254.169.254',
  'https://100.64.0.1',
  'https://255.255.255.255',
  'https://224.0.0.1',
  'https://198.18.0.1',
  'https://192.0.0.192',
];

describe('what goes out to addresses of tenants', () => {
  test('HOOK-01 no spelling of an inner address gets a single packet', async () => {
    const four = await receiver(undefined, { host: '0.0.0.0' });
    const six = await receiver(undefined, { host: '::1', port: four.port }).catch(() => undefined);
    const out = outbound({ trust: four.trust });
    assert.ok(spellings.length >= 40);
    for (const spelling of spellings) {
      const text = `${spelling}:${four.port}/`;
      await assert.rejects(
        async () => out.request(receiverUrl(text), { body: 'x' }),
        (error) => failsWith('refused-address')(error) || failsWith('unresolved')(error),
        text,
      );
    }
    await pause(50);
    assert.equal(four.connections(), 0);
    assert.equal(six?.connections() ?? 0, 0);
  });

  test('HOOK-01 localhost is this machine, whatever the DNS says of it, so it is refused unless it is listed', async () => {
    const resolve = resolveByDns();
    for (const host of ['localhost', 'LocalHost.', 'mail.localhost'])
      for (const [ranges, reached] of [
        [[], undefined],
        [['10.0.0.0/8'], undefined],
        [['127.0.0.1'], '127.0.0.1'],
        [['::1'], '::1'],
      ] as const) {
        const address = permittedAddress(host, { resolve, allowed: createAddressList([...ranges]) });
        if (reached === undefined)
          await assert.rejects(address, (error) => (error as OutboundError).reason === 'refused-address');
        else assert.equal(await address, reached);
      }
  });

  test('HOOK-01 nothing but plain https is an address', () => {
    for (const text of [
      'http://receiver.example/',
      'ftp://receiver.example/',
      'unix:/run/docker.sock',
      'http+unix://%2Frun%2Fdocker.sock/',
      'file:///etc/passwd',
      'https://user:word@receiver.example/',
      'https://user@receiver.example/',
      'https://receiver.example/#part',
      'https://receiver.example:0/',
      'https:///',
      '//receiver.example/',
      'receiver.example',
      `https://receiver.example/${'x'.repeat(2_100)}`,
      '',
    ])
      assert.throws(() => receiverUrl(text), failsWith('refused-address'), text);
    assert.equal(receiverUrl('https://receiver.example:8443/a?b=c').host, 'receiver.example:8443');
  });

  test('HOOK-01 names that lead inside are refused too, whatever family the answer has', async () => {
    const peer = await receiver();
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', 'fd00::1', '64:ff9b::a00:1']) {
      const out = outbound({ resolve: async () => [address], trust: peer.trust });
      await assert.rejects(
        out.request(new URL(`https://${receiverName}:${peer.port}/`), {}),
        failsWith('refused-address'),
        address,
      );
    }
    const nowhere = outbound({ resolve: async () => [] });
    await assert.rejects(nowhere.request(new URL(`https://${receiverName}/`), {}), failsWith('unresolved'));
    assert.equal(peer.connections(), 0);
  });

  test('the operator’s list opens exactly what is on it', async () => {
    const peer = await receiver();
    const out = outbound({
      allow: ['127.0.0.1'],
      resolve: async () => ['10.0.0.1', '127.0.0.1'],
      trust: peer.trust,
    });
    const answer = await out.request(new URL(`https://${receiverName}:${peer.port}/path?a=1`), {
      headers: { 'x-own': 'yes' },
      body: 'hello',
    });
    assert.equal(answer.status, 202);
    const [request] = peer.requests;
    assert.deepEqual(
      [request?.method, request?.path, request?.body, request?.headers['x-own'], request?.headers.host],
      ['POST', '/path?a=1', 'hello', 'yes', `${receiverName}:${peer.port}`],
    );
    const other = createAddressList(['10.0.0.0/8']);
    assert.equal(mayConnect('10.9.9.9', other), true);
    assert.equal(mayConnect('::ffff:10.9.9.9', other), true);
    assert.equal(mayConnect('64:ff9b::10.9.9.9', other), true);
    assert.equal(mayConnect('192.168.0.1', other), false);
    assert.equal(mayConnect('93.184.215.14', other), true);
    assert.equal(mayConnect('64:ff9b::5db8:d70e', other), true);
    assert.equal(mayConnect('2606:2800:21f:cb07:6820:80da:af6b:8b2c', other), true);
    assert.equal(mayConnect('fe80::1%eth0', other), false);
    assert.equal(mayConnect('receiver.example', other), false);
  });

  test('HOOK-02 the address that was checked is the one that is connected to: a rebinding name gets nothing', async () => {
    const inner = await receiver();
    let asked = 0;
    // Public at the first question, and inside from then on.
    const out = outbound({
      trust: inner.trust,
      limits: { connectMs: 150, totalMs: 400 },
      resolve: async () => [(asked += 1) === 1 ? '203.0.113.7' : '127.0.0.1'],
      allow: ['203.0.113.7'],
    });
    for (let attempt = 0; attempt < 5; attempt += 1)
      await assert.rejects(out.request(new URL(`https://${receiverName}:${inner.port}/`), {}), OutboundError);
    assert.ok(asked >= 2);
    assert.equal(inner.connections(), 0);
  });

  test('HOOK-03 a redirect is an answer and never followed', async () => {
    const inner = await receiver();
    const peer = await receiver((_request, response) =>
      response.writeHead(302, { location: `https://localhost:${inner.port}/` }).end(),
    );
    const out = outbound({ allow: ['127.0.0.1'], trust: peer.trust });
    const answer = await out.request(new URL(`https://127.0.0.1:${peer.port}/`), {});
    assert.equal(answer.status, 302);
    assert.equal(peer.requests.length, 1);
    assert.equal(inner.connections(), 0);
  });

  test('HOOK-04 an answer without end is cut at its limit, and one that is declared too long is not read', async () => {
    let sent = 0;
    const endless = await receiver(async (request, response) => {
      response.writeHead(200, request.path === '/declared' ? { 'content-length': '10000000' } : {});
      response.on('error', () => undefined);
      while (!response.destroyed && sent < 64 * 1024 * 1024) {
        sent += 16_384;
        if (!response.write(Buffer.alloc(16_384)))
          await Promise.race([new Promise((resolve) => response.once('drain', resolve)), pause(1_000)]);
      }
    });
    const out = outbound({ allow: ['127.0.0.1'], trust: endless.trust });
    for (const path of ['', 'declared']) {
      sent = 0;
      await assert.rejects(
        out.request(new URL(`https://127.0.0.1:${endless.port}/${path}`), {}),
        failsWith('too-large'),
      );
      assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes`);
    }
    const small = await receiver((_request, response) => response.writeHead(200).end('x'.repeat(64 * 1024)));
    const also = outbound({ allow: ['127.0.0.1'], trust: small.trust });
    const answer = await also.request(new URL(`https://127.0.0.1:${small.port}/`), {});
    assert.equal(answer.body.length, 64 * 1024);
  });

  test('HOOK-04 a target that is silent, drips or never finishes its handshake costs its limit and delays no other', async () => {
    const silent = await receiver(() => undefined);
    const drips = await receiver(async (_request, response) => {
      response.writeHead(200);
      while (!response.destroyed) {
        response.write('.');
        await pause(20);
      }
    });
    const quick = await receiver();
    const limits = { totalMs: 1_500, connectMs: 1_200 };
    const trust = [silent, drips, quick].map((peer) => peer.trust).join('');
    const out = outbound({ allow: ['127.0.0.1'], limits, trust });
    const at = (peer: { port: number }) => new URL(`https://127.0.0.1:${peer.port}/`);
    const started = performance.now();
    const slow = [silent, drips].flatMap((peer) =>
      Array.from({ length: 20 }, () => assert.rejects(out.request(at(peer), {}), failsWith('timeout'))),
    );
    for (let n = 0; n < 50; n += 1) {
      const began = performance.now();
      await out.request(at(quick), { body: 'x' });
      if (n > 0) assert.ok(performance.now() - began < 400);
    }
    await Promise.all(slow);
    assert.ok(performance.now() - started < 6_000);
  });

  test('HOOK-04 what waits for one target is bounded', async () => {
    const silent = await receiver(() => undefined);
    const out = outbound({
      allow: ['127.0.0.1'],
      trust: silent.trust,
      limits: { totalMs: 300, waitingPerTarget: 5 },
    });
    const url = new URL(`https://127.0.0.1:${silent.port}/`);
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => out.request(url, {})));
    const reasons = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as OutboundError).reason : 'answered',
    );
    assert.deepEqual(
      [
        reasons.filter((reason) => reason === 'timeout').length,
        reasons.filter((reason) => reason === 'busy').length,
      ],
      [5, 7],
    );
  });

  test('a certificate that does not verify, for another name or of an unknown authority, gets no request', async () => {
    const peer = await receiver();
    const url = new URL(`https://127.0.0.1:${peer.port}/`);
    await assert.rejects(outbound({ allow: ['127.0.0.1'] }).request(url, {}), failsWith('untrusted'));
    const named = outbound({ allow: ['127.0.0.1'], trust: peer.trust, resolve: async () => ['127.0.0.1'] });
    await assert.rejects(
      named.request(new URL(`https://another.example:${peer.port}/`), {}),
      failsWith('untrusted'),
    );
    assert.equal(peer.requests.length, 0);
    // Trust that is given for one target is for that target alone.
    const pinned = outbound({ allow: ['127.0.0.1'] });
    assert.equal((await pinned.request(url, { trust: peer.trust })).status, 202);
    await assert.rejects(pinned.request(url, {}), failsWith('untrusted'));
  });

  test('what speaks no TLS, and what refuses, is unreachable; nothing of it is told', async () => {
    const plain = await receiver(undefined, { tls: false });
    const out = outbound({ allow: ['127.0.0.1'] });
    for (const port of [plain.port, 1]) {
      await assert.rejects(out.request(new URL(`https://127.0.0.1:${port}/`), {}), (error) => {
        assert.ok(error instanceof OutboundError);
        assert.doesNotMatch(error.message, /127|ECONN|\d{4}|ssl/i);
        return ['unreachable', 'untrusted'].includes(error.reason);
      });
    }
    assert.equal(plain.requests.length, 0);
  });

  test('connections are kept for the next request, and forgotten targets are closed', async () => {
    const peers = await Promise.all([receiver(), receiver(), receiver()]);
    const out = outbound({
      allow: ['127.0.0.1'],
      trust: peers.map(({ trust }) => trust).join(''),
      limits: { targets: 2 },
    });
    for (let round = 0; round < 12; round += 1) {
      const first = peers[0];
      await out.request(new URL(`https://127.0.0.1:${first?.port}/`), { body: 'x' });
    }
    const kept = peers[0]?.connections() ?? 0;
    assert.ok(kept <= 2, `${kept} connections for twelve requests`);
    for (const peer of peers) await out.request(new URL(`https://127.0.0.1:${peer.port}/`), { body: 'x' });
    await out.request(new URL(`https://127.0.0.1:${peers[0]?.port}/`), { body: 'x' });
    assert.equal(peers[0]?.connections(), kept + 1);
  });

  test('HOOK-01 HOOK-02 a look at a port goes by the same rules, and to the address that was checked', async () => {
    const peer = await receiver();
    const look = (out: ReturnType<typeof outbound>, host: string) =>
      out.converse({
        host,
        port: peer.port,
        tls: true,
        send: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
        enough: () => false,
      });
    for (const host of ['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', 'fd00::1'])
      assert.deepEqual(await look(outbound(), host), { heard: 'forbidden-address' }, host);
    const inside = outbound({ resolve: async () => ['127.0.0.1'] });
    assert.deepEqual(await look(inside, receiverName), { heard: 'forbidden-address' });
    assert.deepEqual(await look(outbound({ resolve: async () => [] }), receiverName), {
      heard: 'no-address',
    });
    assert.equal(peer.connections(), 0);
    // The certificate is of an authority that nobody here trusts; nothing secret is said, so it may be.
    const heard = await look(
      outbound({ resolve: async () => ['127.0.0.1'], allow: ['127.0.0.1'] }),
      receiverName,
    );
    assert.ok(heard.heard === 'bytes');
    assert.match(Buffer.from(heard.bytes).toString(), /^HTTP\/1\.1 202 /);
  });
});
