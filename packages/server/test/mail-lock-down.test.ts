// The guides of docs/mail, tried: what they say is run before a real SOGo, and the probe is asked before and after.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { converse } from '@gatehouse/clients/conversation/index.ts';
import { judgeSight, type Vantage } from '@gatehouse/core/mail/probe-result.ts';
import { probeHost } from '@gatehouse/protocols/mail-probe/index.ts';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { ensureLocalIdentity } from '../src/kernel/tls/local-authority.ts';
import { freePorts } from './free-ports.ts';
import { PeerProcess } from './mail-peers/peer-process.ts';
import { type SogoPeer, startSogo } from './mail-peers/sogo.ts';

const guides = new URL('../../../docs/mail/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, guides), 'utf8');
const blocksOf = (text: string) =>
  [...text.matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, block = '']) => block);

/** An address of this machine that the gateway has in these tests, and nobody else. */
const gateway = '127.0.0.9';

describe('the guides to lock mail servers down', () => {
  let sogo: SogoPeer;
  let directory: string;
  const open = new AsyncDisposableStack();

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-lock-down-'));
    open.defer(() => rmSync(directory, { recursive: true, force: true }));
    sogo = open.use(await startSogo({ users: ['ann'], domain: 'mail.example' }));
    const { leaf } = ensureLocalIdentity(directory, { dns: ['localhost'], ip: ['127.0.0.1'] }, Date.now());
    writeFileSync(join(directory, 'crt'), encodePem('CERTIFICATE', leaf.certificate.der));
    writeFileSync(join(directory, 'key'), leaf.key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    for (const kind of ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(directory, kind));
  });
  after(() => open.disposeAsync());

  function configuration(port: number, locations: string): string {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${join(directory, kind)};`,
    );
    const config = join(directory, `nginx-${port}.conf`);
    writeFileSync(
      config,
      `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1; pid ${directory}/pid-${port}; error_log stderr; events { worker_connections 64; }
http { ${temporary.join(' ')} access_log off; server { listen 127.0.0.1:${port} ssl; ssl_certificate ${directory}/crt; ssl_certificate_key ${directory}/key;
${locations}
} }
`,
    );
    return config;
  }

  /** What the probe says of ActiveSync at SOGo behind these lines. */
  async function probed(
    locations: string,
    from = '127.0.0.1',
    vantage: Vantage = 'outside',
  ): Promise<string[]> {
    const [port = 0] = await freePorts(1);
    await using nginx = PeerProcess.start([
      'nginx',
      '-e',
      'stderr',
      '-p',
      directory,
      '-c',
      configuration(port, locations),
      '-g',
      'daemon off;',
    ]);
    await nginx.listensOn(port);
    const found = await probeHost({ host: 'localhost', port }, '/nowhere', (place, send, enough) =>
      place.port === port
        ? converse({
            address: '127.0.0.1',
            port,
            localAddress: from,
            tls: { name: 'localhost' },
            send,
            enough,
          })
        : Promise.resolve({ heard: 'refused' }),
    );
    return found
      .filter(({ way }) => way === 'activesync')
      .map((sight) => judgeSight(sight, { vantage, gatewayHosts: [] }))
      .map(({ verdict, because }) => `${verdict}: ${because}`);
  }

  const base = () => new URL(sogo.url).origin;
  const usual = () => `
    location ^~ /Microsoft-Server-ActiveSync { proxy_pass ${sogo.url}; }
    location /SOGo { proxy_pass ${base()}; }`;

  test('EAS-08 GAP-13 SOGo as it is usually set up is open, by both of its paths', async () => {
    const [first, lowerCase, , , own] = await probed(usual());
    assert.deepEqual([first, own], ['open: asks-password', 'open: asks-password']);
    assert.match(lowerCase ?? '', /^closed/);
  });

  test('EAS-14 GAP-13 with the lines of the guide it is closed to everybody but the gateway', async () => {
    const [block = ''] = blocksOf(read('sogo.md'));
    const lines = block.replaceAll('GATEWAY', gateway).replaceAll('http://127.0.0.1:20000', base());
    const after_ = await probed(`${lines}\nlocation /SOGo { proxy_pass ${base()}; }`);
    assert.deepEqual(after_, [
      'closed: denied',
      'closed: denied',
      'closed: denied',
      'closed: absent',
      'closed: denied',
      'closed: absent',
    ]);
    const inside = await probed(`${lines}\nlocation /SOGo { proxy_pass ${base()}; }`, gateway, 'gateway');
    assert.deepEqual([inside[0], inside[4]], ['unclear: seen-from-gateway', 'unclear: seen-from-gateway']);
  });

  test('GAP-13 half a lock is found out: one path closed, the other forgotten', async () => {
    const [first, , , , own] = await probed(`
      location ^~ /Microsoft-Server-ActiveSync { allow ${gateway}; deny all; proxy_pass ${sogo.url}; }
      location /SOGo { proxy_pass ${base()}; }`);
    assert.deepEqual([first, own], ['closed: denied', 'open: asks-password']);
  });

  test('EAS-11 to EAS-16 every guide ends with the probe, and nginx takes every line that is written for it', () => {
    const names = readdirSync(guides).filter((name) => name.endsWith('.md') && name !== 'README.md');
    assert.ok(names.length >= 9);
    for (const name of names) {
      const text = read(name);
      if (name !== 'cloud.md') assert.match(text, /## The probe[\s\S]*gatehouse mail-probe/, name);
      for (const block of blocksOf(text)) {
        const lines = block
          .replaceAll('GATEWAY', gateway)
          .replaceAll(/https?:\/\/[a-z.-]*(?:mailserver|example\.org)/g, 'https://127.0.0.1:1')
          .replaceAll('include fastcgi_params;', '');
        const whole = lines.includes('location') ? lines : `location / { ${lines} }`;
        const { status, stderr } = spawnSync(
          'nginx',
          ['-e', 'stderr', '-p', directory, '-t', '-c', configuration(1, whole)],
          {
            encoding: 'utf8',
            env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
          },
        );
        assert.equal(status, 0, `${name}: ${stderr}`);
      }
    }
  });
});
