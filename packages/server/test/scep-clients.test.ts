// SCEP clients that are not ours, against the whole server: Debian's scep (micromdm), certmonger, strongSwan. What each insists on
// is written where it is met.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { decodeScepAnswer } from '@gatehouse/protocols/scep/index.ts';
import {
  decodePem,
  encodePem,
  findDeviceId,
  parseCertificate,
  verifyPath,
} from '@gatehouse/protocols/x509/index.ts';
import { firstRequest, openScepWorld, rsaKeys, type ScepWorld } from './scep-world.ts';

const run = promisify(execFile);

describe('foreign SCEP clients', () => {
  let world: ScepWorld;
  let server: Uint8Array;
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-scep-'));
  const file = (name: string) => join(directory, name);

  /** Some HTTP libraries take trusted certificates from the system only: for them TLS ends before, as it does at a proxy. */
  const relay = createServer((question, reply) => {
    const forward = httpsRequest(
      {
        host: '127.0.0.1',
        port: world.server.ports.main,
        servername: 'localhost',
        ca: world.server.ca,
        method: question.method,
        path: question.url,
        headers: { ...question.headers, host: `localhost:${world.server.ports.main}` },
      },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(reply);
      },
    );
    question.pipe(forward);
  });
  let url: string;

  before(async () => {
    world = await openScepWorld('acme');
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}/scep/acme`;
    server = await world.caCertificate('acme');
    writeFileSync(file('tls.pem'), world.server.ca);
    writeFileSync(file('ca.pem'), encodePem('CERTIFICATE', server));
  });
  after(async () => {
    relay.close();
    await world[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  const options = {
    cwd: directory,
    timeout: 30_000,
    env: { ...process.env, SSL_CERT_FILE: join(directory, 'tls.pem') },
  };

  async function newcomer() {
    const deviceId = await world.addDevice('acme');
    return { deviceId, challenge: await world.challenge('acme', deviceId) };
  }

  function requireGood(pem: string, deviceId: string): void {
    const [der = new Uint8Array()] = decodePem('CERTIFICATE', pem);
    const leaf = parseCertificate(der);
    assert.equal(findDeviceId(leaf), deviceId);
    const roots = [parseCertificate(server)];
    assert.ok(verifyPath({ leaf, intermediates: [], roots, now: Date.now(), usage: 'clientAuth' }).ok);
  }

  test('OpenSSL verifies what was issued against the one certificate of GetCACert', async () => {
    const { deviceId, challenge } = await newcomer();
    const sent = firstRequest(server, rsaKeys(1)[0] as never, deviceId, challenge);
    const http = await world.post('/scep/acme?operation=PKIOperation', sent.bytes);
    const answer = decodeScepAnswer(http.body, sent.request);
    assert.ok(answer.status === 'success');
    writeFileSync(file('leaf.pem'), encodePem('CERTIFICATE', answer.certificates[0] ?? new Uint8Array()));
    writeFileSync(file('answer.der'), http.body);
    const verify = ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'ca.pem', 'leaf.pem'];
    assert.match((await run('openssl', verify, options)).stdout, /leaf\.pem: OK/);
    // The answer itself: signed by that certificate, its content an envelope.
    const cms = [
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      'answer.der',
      '-CAfile',
      'ca.pem',
      '-purpose',
      'any',
      '-out',
      'envelope.der',
    ];
    await run('openssl', cms, options);
    writeFileSync(file('requester.pem'), encodePem('CERTIFICATE', sent.request.certificate));
    writeFileSync(file('requester.key'), sent.request.key.export({ format: 'pem', type: 'pkcs8' }));
    const decrypt = [
      'cms',
      '-decrypt',
      '-inform',
      'DER',
      '-in',
      'envelope.der',
      '-recip',
      'requester.pem',
      '-inkey',
      'requester.key',
      '-out',
      'bag.der',
    ];
    await run('openssl', decrypt, options);
    const printed = await run(
      'openssl',
      ['pkcs7', '-inform', 'DER', '-in', 'bag.der', '-print_certs'],
      options,
    );
    requireGood(printed.stdout, deviceId);
  });

  test('Debian’s scepclient enrols where the organization lets it: it encrypts with single DES and signs with SHA-1, whatever is offered', async () => {
    const { deviceId, challenge } = await newcomer();
    const args = [
      '-private-key',
      'd.key',
      '-certificate',
      'd.pem',
      '-server-url',
      world.url('acme'),
      '-challenge',
      challenge,
      '-cn',
      deviceId,
    ];
    await assert.rejects(run('scepclient', args, options), (error: { stdout?: string; stderr?: string }) =>
      /badAlg/.test(`${error.stdout ?? ''}${error.stderr ?? ''}`),
    );
    const set = (oldCiphers: string) =>
      world.server.operate('PATCH', '/organization/settings', { scep: { oldCiphers } }, 'acme');
    assert.equal((await set('des')).statusCode, 200);
    try {
      await run('scepclient', args, options);
    } finally {
      await set('none');
    }
    requireGood(readFileSync(file('d.pem'), 'utf8'), deviceId);
    const [der = new Uint8Array()] = decodePem('CERTIFICATE', readFileSync(file('d.pem'), 'utf8'));
    const key = createPrivateKey(readFileSync(file('d.key')));
    const [row] = await world.query<{ device_id: string; purpose: string }>(
      'select device_id, purpose from gh.certificates where fingerprint = $1',
      [Buffer.from(parseCertificate(der).fingerprint, 'hex')],
    );
    assert.deepEqual(row, { device_id: deviceId, purpose: 'mdm' });
    assert.equal(key.asymmetricKeyType, 'rsa');
  });

  test('certmonger’s scep-submit reads capabilities and certificate, proves our answer, and asks by GET though POST is offered', async () => {
    const program = '/usr/lib/certmonger/scep-submit';
    const base = ['-u', world.url('acme'), '-R', file('tls.pem')];
    const capabilities = await run(program, [...base, '-c'], options);
    assert.match(capabilities.stdout, /^POSTPKIOperation\nRenewal\nSHA-256\n/);
    const certificates = await run(program, [...base, '-C'], options);
    assert.deepEqual(
      decodePem('CERTIFICATE', certificates.stdout).map((der) => Buffer.from(der)),
      [Buffer.from(server)],
    );

    const { deviceId, challenge } = await newcomer();
    const sent = firstRequest(server, rsaKeys(1)[0] as never, deviceId, challenge);
    writeFileSync(file('message'), Buffer.from(sent.bytes).toString('base64'));
    const answered = await run(
      program,
      ['-u', url, '-r', file('ca.pem'), '-I', file('ca.pem'), '-p', file('message')],
      options,
    );
    // It has proved our signature, and hands the envelope on to the daemon that holds the key.
    writeFileSync(file('certmonger.pem'), answered.stdout);
    writeFileSync(file('certmonger.crt'), encodePem('CERTIFICATE', sent.request.certificate));
    writeFileSync(file('certmonger.key'), sent.request.key.export({ format: 'pem', type: 'pkcs8' }));
    const open = [
      'cms',
      '-decrypt',
      '-inform',
      'PEM',
      '-in',
      'certmonger.pem',
      '-recip',
      'certmonger.crt',
      '-inkey',
      'certmonger.key',
    ];
    await run('openssl', [...open, '-out', 'certmonger.der'], options);
    const bag = await run(
      'openssl',
      ['pkcs7', '-inform', 'DER', '-in', 'certmonger.der', '-print_certs'],
      options,
    );
    requireGood(bag.stdout, deviceId);
  });

  test('strongSwan’s pki enrols and trusts what it gets; it goes on only with SHA-384 among the capabilities, and names no body type', async () => {
    const root = await run(
      'pki',
      ['--scepca', '--url', url, '--caout', 'root.pem', '--outform', 'pem'],
      options,
    );
    assert.match(root.stderr + root.stdout, /Root CA cert "O=acme, CN=Gatehouse device CA/);
    assert.deepEqual(
      decodePem('CERTIFICATE', readFileSync(file('root.pem'), 'utf8')).map((der) => Buffer.from(der)),
      [Buffer.from(server)],
    );
    const { deviceId, challenge } = await newcomer();
    const write = (name: string, key: ReturnType<typeof rsaKeys>[number] | undefined) =>
      writeFileSync(file(name), key?.export({ format: 'pem', type: 'pkcs1' }) ?? '');
    const [first, second, third] = rsaKeys(3);
    write('s.key', first);
    write('s2.key', second);
    const trust = [
      '--cacert-enc',
      'ca.pem',
      '--cacert-sig',
      'ca.pem',
      '--cacert',
      'ca.pem',
      '--outform',
      'pem',
    ];
    const name = ['--url', url, '--dn', `CN=${deviceId}`];
    const enrolled = await run(
      'pki',
      ['--scep', ...name, '--in', 's.key', '--password', challenge, ...trust],
      options,
    );
    requireGood(enrolled.stdout, deviceId);
    assert.match(enrolled.stderr, /Issued certificate is trusted/);

    writeFileSync(file('s.pem'), enrolled.stdout);
    const renewed = await run(
      'pki',
      ['--scep', ...name, '--in', 's2.key', '--cert', 's.pem', '--key', 's.key', ...trust],
      options,
    );
    requireGood(renewed.stdout, deviceId);
    assert.notEqual(renewed.stdout, enrolled.stdout);

    // The same request byte for byte is a device that has lost its answer.
    const again = await run(
      'pki',
      ['--scep', ...name, '--in', 's.key', '--password', challenge, ...trust],
      options,
    );
    assert.equal(again.stdout, enrolled.stdout);
    write('s3.key', third);
    const stolen = run(
      'pki',
      ['--scep', ...name, '--in', 's3.key', '--password', challenge, ...trust],
      options,
    );
    await assert.rejects(stolen, 'the challenge is used');
  });
});
