// The operator's drill with real processes: a backup beside the running server, a new machine, a restore, and the server again.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Agent, request } from 'undici';
import { type RunningServer, startServer } from './running-server.ts';

const passphrase = 'umbrella-canyon-seven-lamps\n';

describe('backup and restore by the operator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'));
  const file = join(folder, 'all.backup');
  const newDirectory = join(folder, 'new', 'data');
  let old: RunningServer;
  let anew: RunningServer | undefined;
  let token = '';

  before(async () => {
    old = await startServer();
    for (const slug of ['acme', 'globex']) {
      await old.cli('org', 'create', '--slug', slug, '--name', slug);
      await old.cli('user', 'create', '--org', slug, '--email', `ann@${slug}.example`);
    }
    ({ token } = await old.cli<{ token: string }>('token', 'create', '--org', 'acme', '--role', 'auditor'));
  });
  after(async () => {
    await anew?.[Symbol.asyncDispose]();
    await old[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function withToken(server: RunningServer): Promise<number> {
    const ca = readFileSync(join(server.dataDirectory, 'tls', 'trust.pem'));
    const dispatcher = new Agent({ connect: { ca } });
    const { statusCode, body } = await request(`${server.publicUrl}/api/v1/users`, {
      dispatcher,
      headers: { authorization: `Bearer ${token}` },
    });
    await body.dump();
    await dispatcher.close();
    return statusCode;
  }
  const restore = (argv: readonly string[], input = passphrase) =>
    old.tryCli(['restore', file, '--data-dir', newDirectory, ...argv], input);

  test('wrong usage is status 2 and says how it goes; help is status 0', async () => {
    for (const argv of [
      ['backup', file],
      ['backup', file, 'another', '--passphrase-stdin'],
      ['restore', file, '--passphrase-stdin', '--identity', 'x'],
      ['backup-key'],
    ]) {
      const { status, out, err } = await old.tryCli(argv, passphrase);
      assert.deepEqual([status, out], [2, ''], argv.join(' '));
      assert.match(err, /usage: gatehouse (backup|restore)/, argv.join(' '));
    }
    assert.equal(existsSync(file), false);
    const help = await old.tryCli(['restore', '--help']);
    assert.equal(help.status, 0);
    assert.match(help.out, /^usage: gatehouse restore FILE/);
  });

  test('DAT-05 a backup is made beside the running server, for its owner alone', async () => {
    const short = await old.tryCli(['backup', file, '--passphrase-stdin'], 'short\n');
    assert.equal(short.status, 1);
    assert.match(short.err, /too short/);
    assert.equal(existsSync(file), false);
    const made = await old.tryCli(['backup', file, '--passphrase-stdin', '--json'], passphrase);
    assert.equal(made.status, 0, made.err);
    const report = JSON.parse(made.out) as Record<string, unknown>;
    assert.deepEqual([report['file'], report['organizations']], [file, 2]);
    assert.equal(report['bytes'], statSync(file).size);
    assert.ok(Number(report['rows']) > 20 && Number(report['tables']) > 20, made.out);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(await withToken(old), 200, 'the server has gone on');
    const again = await old.tryCli(['backup', file, '--passphrase-stdin'], passphrase);
    assert.equal(again.status, 1);
    assert.match(again.err, /exists already/);
  });

  test('DAT-08 one organization for a public key; the identity file is the owner’s alone', async () => {
    const identity = join(folder, 'identity');
    const made = await old.cli<{ recipient: string }>('backup-key', identity);
    assert.match(made.recipient, /^gatehouse-recipient-1:/);
    assert.equal(statSync(identity).mode & 0o777, 0o600);
    const acme = join(folder, 'acme.backup');
    const report = await old.cli('backup', acme, '--org', 'acme', '--recipient', made.recipient);
    assert.equal(report['organizations'], 1);
    const nobody = await old.tryCli(['backup', `${acme}2`, '--org', 'nobody', '--recipient', made.recipient]);
    assert.equal(nobody.status, 1);
    assert.match(nobody.err, /no organization nobody/);
    const wrongWay = await old.tryCli(
      ['restore', acme, '--data-dir', newDirectory, '--passphrase-stdin'],
      passphrase,
    );
    assert.match(wrongWay.err, /--identity FILE/);
  });

  test('DAT-06 a restore is refused without the passphrase, without the master key, over data, or beside a server', async () => {
    const beside = await old.tryCli(['restore', file, '--passphrase-stdin'], passphrase);
    assert.equal(beside.status, 1);
    assert.match(beside.err, /is running on this data directory/);
    const wrong = await restore(['--passphrase-stdin'], 'not-the-passphrase-at-all\n');
    assert.equal(wrong.status, 1);
    assert.match(wrong.err, /passphrase is not the one/);
    const unknown = await restore(['--passphrase-stdin']);
    assert.equal(unknown.status, 1);
    assert.match(unknown.err, /master\.key/);
    // Nothing was left by those tries that the next one would stumble over.
    const damaged = join(folder, 'damaged.backup');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(damaged, bytes);
    const broken = await old.tryCli(
      ['restore', damaged, '--data-dir', newDirectory, '--passphrase-stdin'],
      passphrase,
    );
    assert.equal(broken.status, 1);
    assert.match(broken.err, /damaged or was altered/);
  });

  test('DAT-07 on a new machine everything is back, and no token of before is good', async () => {
    assert.equal(await withToken(old), 200);
    await old.kill('SIGTERM');
    mkdirSync(newDirectory, { recursive: true, mode: 0o700 });
    cpSync(join(old.dataDirectory, 'master.key'), join(newDirectory, 'master.key'));
    cpSync(join(old.dataDirectory, 'tls'), join(newDirectory, 'tls'), { recursive: true });
    const restored = await restore(['--passphrase-stdin', '--json']);
    assert.equal(restored.status, 0, restored.err);
    const report = JSON.parse(restored.out) as Record<string, unknown>;
    assert.equal(report['organizations'], 2);
    const twice = await restore(['--passphrase-stdin']);
    assert.equal(twice.status, 1);
    assert.match(twice.err, /not empty/);

    anew = await startServer({ dataDirectory: newDirectory });
    const organizations = await anew.cli<{ slug: string }[]>('org', 'list');
    assert.deepEqual(organizations.map(({ slug }) => slug).sort(), ['acme', 'globex']);
    const users = await anew.cli<{ email: string }[]>('user', 'list', '--org', 'globex');
    assert.deepEqual(
      users.map(({ email }) => email),
      ['ann@globex.example'],
    );
    assert.equal(await withToken(anew), 401);
    // A new code can be issued: the authorities' sealed keys open.
    const code = await anew.cli(
      'enrollment',
      'create',
      '--org',
      'acme',
      '--user',
      'ann@acme.example',
      '--platform',
      'linux',
    );
    assert.ok(code['oneTimePassword']);
    const record = join(folder, 'audit.jsonl');
    await anew.cli('audit', 'export', '--org', 'acme', '--out', record);
    const verified = await anew.tryCli(['audit', 'verify', record, '--json']);
    assert.equal(verified.status, 0, verified.err);
    assert.match(readFileSync(record, 'utf8'), /"action":"instance\.restored"/);
  });

  test('a backup of a stopped server starts its database, and stops it again', async () => {
    const later = join(folder, 'later.backup');
    const made = await old.tryCli(['backup', later, '--passphrase-stdin', '--json'], passphrase);
    assert.equal(made.status, 0, made.err);
    // Its directory is free again, or the server could not start on it.
    await old.start();
    assert.equal(await withToken(old), 200);
    const nowhere = await old.tryCli(
      ['backup', join(folder, 'x'), '--passphrase-stdin', '--data-dir', join(folder, 'nothing')],
      passphrase,
    );
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.err, /no Gatehouse database/);
  });
});
