import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { connect, createServer, type SecureContextOptions, type Server } from 'node:tls';
import {
  buildCertificate,
  decodePem,
  encodePem,
  newSerial,
  parseCertificate,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { newIssuing, newKey, newRoot, oddCertificate } from '@gatehouse/protocols/x509/test-authority.ts';
import { createLog, silentLog } from '../log.ts';
import { openServerTls, type ServerTlsOptions } from './index.ts';

const day = 86_400_000;
const directories: string[] = [];
const servers: Server[] = [];

function newDirectory(): string {
  const made = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
  directories.push(made);
  return join(made, 'tls');
}

function open(change: Partial<ServerTlsOptions> = {}, clock = { now: () => Date.now() }) {
  return openServerTls({
    directory: newDirectory(),
    addresses: [new URL('https://mdm.acme.example:8443'), new URL('https://devices.acme.example:8444')],
    clock,
    log: silentLog,
    ...change,
  });
}

async function serve(context: SecureContextOptions): Promise<{ server: Server; port: number }> {
  const server = createServer(context, (socket) => socket.end('hello'));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** The fingerprint of the certificate that a client with these anchors accepts for the name; rejects when it does not. */
async function handshake(port: number, servername: string, anchors: readonly Uint8Array[]): Promise<string> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername: servername === '127.0.0.1' ? '' : servername,
    ...(servername === '127.0.0.1' ? { checkServerIdentity: () => undefined } : {}),
    ca: anchors.map((der) => encodePem('CERTIFICATE', der)),
    allowPartialTrustChain: true,
  });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

after(() => {
  for (const server of servers) server.close();
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

describe('the local authority', () => {
  test('CRY-05 a client that trusts the anchor accepts every name of the server and no other', async () => {
    const tls = open();
    const { port } = await serve(tls.context);
    for (const name of ['mdm.acme.example', 'devices.acme.example', 'localhost', '127.0.0.1']) {
      await handshake(port, name, tls.anchors);
    }
    await assert.rejects(handshake(port, 'elsewhere.example', tls.anchors), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await assert.rejects(handshake(port, 'mdm.acme.example', []), { code: /UNABLE_TO|SELF_SIGNED/ });
    tls.close();
  });

  test('keys are for the owner alone, and a file that others can read is refused', () => {
    const directory = newDirectory();
    open({ directory }).close();
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    for (const file of ['root.pem', 'server.pem'])
      assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
    chmodSync(join(directory, 'root.pem'), 0o640);
    assert.throws(() => open({ directory }), /may be read by others/);
  });

  test('a restart keeps root and certificate', () => {
    const directory = newDirectory();
    const first = open({ directory });
    const second = open({ directory });
    assert.equal(String(first.context.cert), String(second.context.cert));
    assert.deepEqual(first.anchors.map(fingerprint), second.anchors.map(fingerprint));
  });

  test('the certificate is renewed in its last third without a restart, under the same root', async () => {
    const start = Date.now() - 62 * day;
    let now = start;
    const tls = open({}, { now: () => now });
    const { server, port } = await serve(tls.context);
    tls.follow(server);
    const before = await handshake(port, 'mdm.acme.example', tls.anchors);
    const { anchors } = tls;
    now = start + 59 * day;
    tls.refresh();
    assert.equal(await handshake(port, 'mdm.acme.example', anchors), before);
    now = start + 60 * day + 1_000;
    tls.refresh();
    assert.notEqual(await handshake(port, 'mdm.acme.example', anchors), before);
    assert.equal(tls.notAfter, Math.trunc((now + 90 * day) / 1000) * 1000);
    tls.close();
  });

  test('what the root’s key signs for another name is refused by clients that trust the root', async () => {
    const directory = newDirectory();
    const tls = open({ directory });
    const text = readFileSync(join(directory, 'root.pem'), 'utf8');
    const key = createPrivateKey(text);
    const [der] = decodePem('CERTIFICATE', text);
    assert.ok(der);
    const forge = (name: { kind: 'dns' | 'ip'; value: string }) =>
      buildCertificate({
        profile: 'server-tls',
        subject: { commonName: 'forged' },
        issuer: parseCertificate(der),
        serial: newSerial(randomBytes),
        notBefore: Date.now() - day,
        notAfter: Date.now() + day,
        subjectPublicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
        signer: signerFor(key),
        names: [name],
      });
    for (const name of [
      { kind: 'dns', value: 'bank.example' },
      { kind: 'ip', value: '192.0.2.7' },
    ] as const) {
      const { port } = await serve({ cert: encodePem('CERTIFICATE', forge(name)), key: text });
      await assert.rejects(handshake(port, name.kind === 'dns' ? name.value : '127.0.0.1', tls.anchors), {
        message: /permitted subtree violation/,
      });
    }
    tls.close();
  });

  test('new host names make a new root, and the old one is kept aside', () => {
    const directory = newDirectory();
    const first = open({ directory });
    const second = open({ directory, addresses: [new URL('https://other.example')] });
    assert.notDeepEqual(first.anchors.map(fingerprint), second.anchors.map(fingerprint));
    assert.ok(second.hosts.has('other.example'));
    const third = open({ directory, addresses: [new URL('https://other.example')] });
    assert.deepEqual(third.anchors.map(fingerprint), second.anchors.map(fingerprint));
  });
});

describe('the operator’s certificate', () => {
  const source = open();
  const files = () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
    directories.push(directory);
    return { certificate: join(directory, 'fullchain.pem'), key: join(directory, 'key.pem') };
  };
  const write = (at: { certificate: string; key: string }, from = source) => {
    const root = encodePem('CERTIFICATE', from.anchors[0] ?? new Uint8Array());
    writeFileSync(at.certificate, decodeCertificates(String(from.context.cert)) + root);
    writeFileSync(at.key, String(from.context.key).split('-----BEGIN CERTIFICATE')[0] ?? '');
  };

  test('serves, and the root at the end of its chain is the anchor', async () => {
    const operator = files();
    write(operator);
    const tls = open({ operator });
    assert.equal(
      fingerprint(tls.anchors[0] ?? new Uint8Array()),
      fingerprint(source.anchors[0] ?? new Uint8Array()),
    );
    const { port } = await serve(tls.context);
    await handshake(port, 'mdm.acme.example', tls.anchors);
    tls.close();
  });

  test('devices that enrolled before it came, or under another one, still reach their listener', async () => {
    const directory = newDirectory();
    const enrolledUnder = open({ directory }).anchors;
    const operator = files();
    write(operator);
    const tls = open({ directory, operator });
    const { port } = await serve(tls.devices.context);
    await handshake(port, 'devices.acme.example', enrolledUnder);
    const main = await serve(tls.context);
    await assert.rejects(handshake(main.port, 'mdm.acme.example', enrolledUnder));
    // One that enrols now meets both listeners, and goes on doing so when the operator's certificate is gone again.
    await handshake(main.port, 'mdm.acme.example', tls.anchors);
    await handshake(port, 'devices.acme.example', tls.anchors);
    const without = open({ directory });
    await handshake((await serve(without.devices.context)).port, 'devices.acme.example', tls.anchors);
    tls.close();
  });

  test('a chain that ends below a private root is its own anchor', async () => {
    const root = newRoot('Private root');
    const issuing = newIssuing(root, 'Private issuing CA');
    const key = newKey();
    const leaf = oddCertificate({
      issuer: issuing,
      commonName: 'mdm.acme.example',
      key,
      notBefore: Date.now() - day,
      notAfter: Date.now() + day,
      extensions: {
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['serverAuth'],
        subjectAlternativeNames: [{ kind: 'dns', value: 'mdm.acme.example' }],
      },
    });
    const operator = files();
    writeFileSync(
      operator.certificate,
      encodePem('CERTIFICATE', leaf) + encodePem('CERTIFICATE', issuing.certificate.der),
    );
    writeFileSync(operator.key, key.export({ format: 'pem', type: 'pkcs8' }));
    const warnings: string[] = [];
    const log = createLog({ level: 'warn', console: (line) => void warnings.push(line) });
    const tls = open({ operator, log });
    assert.ok(tls.anchors.map(fingerprint).includes(fingerprint(issuing.certificate.der)));
    const { port } = await serve(tls.context);
    await handshake(port, 'mdm.acme.example', tls.anchors);
    assert.match(warnings.join(), /does not name devices.acme.example/);
    tls.close();
  });

  test('is read again when its files change; broken files leave the old one serving', async () => {
    const operator = files();
    write(operator);
    const tls = open({ operator });
    const { server, port } = await serve(tls.context);
    tls.follow(server);
    const before = await handshake(port, 'mdm.acme.example', tls.anchors);
    writeFileSync(operator.certificate, 'half a file');
    tls.refresh();
    assert.equal(await handshake(port, 'mdm.acme.example', tls.anchors), before);
    write(operator, open());
    tls.refresh();
    assert.notEqual(await handshake(port, 'mdm.acme.example', tls.anchors), before);
    tls.close();
  });

  test('a key of another certificate stops the start with a sentence that says so', () => {
    const operator = files();
    write(operator);
    writeFileSync(operator.key, String(open().context.key).split('-----BEGIN CERTIFICATE')[0] ?? '');
    assert.throws(() => open({ operator }), /is not the key of the certificate/);
  });
});

function fingerprint(der: Uint8Array): string {
  return new X509Certificate(Buffer.from(der)).fingerprint256;
}

function decodeCertificates(pem: string): string {
  return decodePem('CERTIFICATE', pem)
    .map((der) => encodePem('CERTIFICATE', der))
    .join('');
}
