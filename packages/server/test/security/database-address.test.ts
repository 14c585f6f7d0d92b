import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { connectAs, urlAddress } from '../../src/kernel/db/address.ts';
import { openDatabase } from '../../src/kernel/db/database.ts';

const refused =
  /without a verified TLS connection|more than once|not a valid|must begin with|not its IP address/;

describe('a database elsewhere', () => {
  test('DAT-04 nothing but a verified connection is taken, however the address says otherwise', () => {
    const rest = [
      '',
      '?',
      '?sslmode=disable',
      '?sslmode=allow',
      '?sslmode=prefer',
      '?sslmode=require',
      '?sslmode=verify-ca',
      '?sslmode=no-verify',
      '?sslmode=',
      '?sslmode=VERIFY-FULL',
      '?sslmode=verify-full%00',
      '?sslmode=verify-full,disable',
      '?SSLMODE=verify-full',
      '?ssl=true',
      '?ssl=verify-full',
      '?sslmode=verify-full&sslmode=disable',
      '?sslmode=disable&sslmode=verify-full',
      '?sslmode[]=verify-full',
      '?x=sslmode=verify-full',
      '#?sslmode=verify-full',
      '?host=db.example&host=/run/postgresql',
      '?host=/run/postgresql&host=db.example',
      '?host=db.example',
      '?host=run/postgresql',
      '?host=%20/run/postgresql',
      '?hostaddr=127.0.0.1',
    ];
    for (const host of ['db.example', 'localhost', '127.0.0.1', '[::1]', '10.0.0.1', 'db.example:5432', '']) {
      for (const tail of rest) {
        for (const scheme of ['postgres', 'postgresql', 'POSTGRES']) {
          const url = `${scheme}://gatehouse:secret@${host}/gatehouse${tail}`;
          assert.throws(() => urlAddress(url), refused, url);
        }
      }
    }
    for (const url of [
      'http://db.example/?sslmode=verify-full',
      'mysql://db.example/x?sslmode=verify-full',
      'postgres://u@127.0.0.1/x?sslmode=verify-full',
      'postgres://u@[::1]:5432/x?sslmode=verify-full',
      'postgres://u@db.example/x?sslmode=verify-full&host=192.0.2.1',
      'socket:/run/postgresql?db=x',
      '/run/postgresql gatehouse',
      'db.example',
      '',
    ]) {
      assert.throws(() => urlAddress(url), refused, url);
    }
  });

  test('DAT-04 what is taken is what the driver will do: verified TLS, or a socket of this machine', () => {
    const taken = [
      'postgres://u@db.example/x?sslmode=verify-full',
      'postgresql://u:p@db.example:6432/x?sslmode=verify-full&application_name=y',
      'postgres://u@db.example/x?sslmode=verify-full&ssl=0',
      'postgres://u@db.example/x?sslmode=verify-full&ssl=no-verify',
      'postgres://u@db.example/x?sslmode=verify-full&rejectUnauthorized=false',
      'postgres://u@db.example/x?sslmode=verify-full&uselibpqcompat=true',
      'postgres://u@db.example/x?sslmode=verify-full&host=other.example',
      'postgres://u@db.example/x?host=/run/postgresql',
      'postgres://u@/x?host=/run/postgresql&port=5433',
      'postgres:///x?host=/run/postgresql&sslmode=disable',
    ];
    for (const url of taken) {
      for (const role of ['gh_owner', 'gh_app', 'gh_system', 'login'] as const) {
        const client = new pg.Client(connectAs(urlAddress(url), role));
        const { host, ssl } = client as unknown as { host: string; ssl: boolean | Record<string, unknown> };
        if (host.startsWith('/')) continue;
        assert.ok(typeof ssl === 'object', `${url}: ${JSON.stringify(ssl)}`);
        assert.notEqual(ssl['rejectUnauthorized'], false, url);
        assert.equal(ssl['checkServerIdentity'], undefined, url);
      }
    }
  });

  test('DAT-04 the opt-out is explicit', () => {
    const url = 'postgres://u@db.example/x';
    assert.throws(() => urlAddress(url, { allowPlaintext: false }), refused);
    assert.equal(urlAddress(url, { allowPlaintext: true }).config.connectionString, url);
  });
});

describe('a database that is not what it should be', () => {
  let directory = '';
  let tls: { key: Buffer; cert: Buffer };
  /** What came in the clear, and what came through TLS. */
  const plain: Buffer[] = [];
  const secret: Buffer[] = [];
  let answer: 'N' | 'S' = 'N';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', (first) => {
      plain.push(first);
      socket.write(answer);
      if (answer === 'N') {
        socket.on('data', (more) => plain.push(more));
        return;
      }
      const inside = new TLSSocket(socket, { isServer: true, ...tls });
      inside.on('error', () => undefined).on('data', (more) => secret.push(more));
    });
  });

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-false-database-'));
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
        ...['-subj', '/CN=elsewhere.example', '-addext', 'subjectAltName=DNS:elsewhere.example'],
        ...['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'certificate.pem')],
      ],
      { stdio: 'ignore' },
    );
    tls = {
      key: readFileSync(join(directory, 'key.pem')),
      cert: readFileSync(join(directory, 'certificate.pem')),
    };
    await once(server.listen(0, 'localhost'), 'listening');
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (more = '') => {
    const { port } = server.address() as AddressInfo;
    return openDatabase(
      urlAddress(`postgres://gatehouse:canary@localhost:${port}/gatehouse?sslmode=verify-full${more}`),
    );
  };

  test('DAT-04 one without TLS is refused, and hears neither user nor password', async () => {
    answer = 'N';
    await assert.rejects(open());
    assert.deepEqual(
      plain.map(({ length }) => length),
      [8],
      'the question for TLS and nothing else',
    );
  });

  test('DAT-04 one with a certificate of nobody, or of somebody else, hears nothing either', async () => {
    answer = 'S';
    await assert.rejects(open(), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await assert.rejects(open(`&sslrootcert=${join(directory, 'certificate.pem')}`), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    assert.deepEqual(secret, []);
    assert.ok(plain.every(({ length }) => length === 8));
  });
});
