import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { createLog } from '../../kernel/log.ts';
import { openServerTls } from '../../kernel/tls/index.ts';
import { lookAtAddress } from './look-at-address.ts';

describe('a look at an address of our own', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-preflight-'));
  const now = Date.now();
  const tls = openServerTls({
    directory,
    addresses: [new URL('https://localhost')],
    clock: { now: Date.now },
    log: createLog({ level: 'silent', console: () => undefined }),
  });
  const server = createServer({ cert: tls.context.cert, key: tls.context.key }, (_request, response) =>
    response.end('{}'),
  );
  let port = 0;
  before(async () => {
    await once(server.listen(0), 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.close();
    tls.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const ownAuthorities = tls.anchors.map((der) => encodePem('CERTIFICATE', der));
  const findings = async (url: string, options: Partial<Parameters<typeof lookAtAddress>[1]> = {}) =>
    (await lookAtAddress(new URL(url), { now, ownAuthorities, timeoutMs: 2_000, ...options })).map(
      ({ finding }) => finding,
    );

  test('ARC-14 with our own authority it works, and the page can say that strangers will not trust it', async () => {
    assert.deepEqual(await findings(`https://localhost:${port}`), [
      'loopback-only',
      'connects',
      'own-authority',
      'answers',
    ]);
  });

  test('a certificate for another name, one that has ended and one nobody vouches for are told apart', async () => {
    const at = async (url: string, options = {}) => (await findings(url, options))[2];
    assert.equal(await at(`https://127.0.0.2:${port}`), 'wrong-name');
    assert.equal(await at(`https://localhost:${port}`, { now: now + 20 * 365 * 86_400_000 }), 'expired');
    assert.match(
      String(await at(`https://localhost:${port}`, { ownAuthorities: [] })),
      /^(?:untrusted|chain-incomplete)$/,
    );
  });

  test('a name that nobody knows and a port where nobody listens end the look', async () => {
    assert.deepEqual(await findings('https://nobody.invalid'), [
      'does-not-resolve',
      'not-tried',
      'not-tried',
      'not-tried',
    ]);
    const closed = createTcp();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port: dead } = closed.address() as AddressInfo;
    await once(closed.close(), 'close');
    assert.equal((await findings(`https://localhost:${dead}`))[1], 'refused');
  });

  test('whoever speaks no TLS, or says nothing, is given up after the time allowed', async () => {
    const mute = createTcp(() => undefined);
    await once(mute.listen(0, '127.0.0.1'), 'listening');
    const { port: quiet } = mute.address() as AddressInfo;
    assert.equal((await findings(`https://localhost:${quiet}`, { timeoutMs: 300 }))[2], 'tls-failed');
    mute.close();
  });
});
