import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StateDirectory } from '../state/state-directory.ts';
import { ManagedLedger } from './managed-ledger.ts';

async function prepared(t: TestContext) {
  const base = mkdtempSync(join(tmpdir(), 'gatehouse-ledger-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const root = join(base, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  const outside = join(base, 'outside');
  mkdirSync(outside);
  const state = await StateDirectory.open(join(base, 'state'));
  return { root, outside, state, ledger: await ManagedLedger.open(state, root) };
}

const profile = { id: 'p', kind: 'profile', name: 'P' } as const;
const app = { id: 'a', kind: 'app', name: 'A' } as const;

test('a file is written whole, with its folders, and everything is taken back again', async (t) => {
  const { root, ledger } = await prepared(t);
  assert.equal(await ledger.putFile(profile, '/etc/new/deep/file.conf', 'content\n'), true);
  const path = join(root, 'etc/new/deep/file.conf');
  assert.equal(readFileSync(path, 'utf8'), 'content\n');
  assert.equal(statSync(path).mode & 0o777, 0o644);
  assert.equal(await ledger.isIntact('p'), true);
  assert.deepEqual(await ledger.removeAll(), { removed: ['/etc/new/deep/file.conf'], left: [] });
  assert.deepEqual(readdirSync(join(root, 'etc')), []);
  assert.equal(existsSync(root), true);
});

test('the same content again changes nothing; new content replaces the old in one step', async (t) => {
  const { root, ledger } = await prepared(t);
  await ledger.putFile(profile, '/etc/f', 'one');
  const { ino } = statSync(join(root, 'etc/f'));
  assert.equal(await ledger.putFile(profile, '/etc/f', 'one'), false);
  assert.equal(statSync(join(root, 'etc/f')).ino, ino);
  assert.equal(await ledger.putFile(profile, '/etc/f', 'two'), true);
  assert.equal(readFileSync(join(root, 'etc/f'), 'utf8'), 'two');
  assert.deepEqual(readdirSync(join(root, 'etc')), ['f']);
});

test('WIP-02: apps go before profiles, whatever the order in which they came', async (t) => {
  const { ledger } = await prepared(t);
  await ledger.putFile(profile, '/etc/profile.conf', '');
  await ledger.putFile(app, '/opt/app/bin', '');
  await ledger.putFile(app, '/opt/app/data', '');
  assert.deepEqual((await ledger.removeAll()).removed, [
    '/opt/app/bin',
    '/opt/app/data',
    '/etc/profile.conf',
  ]);
});

test('two processes that take everything back at the same time do not fail one another', async (t) => {
  const { root, state, ledger } = await prepared(t);
  const paths = Array.from({ length: 40 }, (_, number) => `/etc/gatehouse.d/${number}.conf`);
  for (const path of paths) await ledger.putFile(profile, path, '');
  const second = await ManagedLedger.open(state, root);
  const removals = await Promise.all([ledger.removeAll(), second.removeAll()]);
  // Each file was taken away by exactly one of them.
  assert.deepEqual(removals.flatMap(({ removed }) => removed).sort(), paths.toSorted());
  assert.deepEqual(
    removals.flatMap(({ left }) => left),
    [],
  );
  assert.deepEqual(readdirSync(join(root, 'etc')), []);
});

test('WIP-04: a folder of ours that others have begun to use stays, with what they put there', async (t) => {
  const { root, ledger } = await prepared(t);
  await ledger.putFile(app, '/opt/app/file', '');
  writeFileSync(join(root, 'opt/app/theirs'), 'theirs');
  await ledger.removeAll();
  assert.deepEqual(readdirSync(join(root, 'opt/app')), ['theirs']);
});

test('AGT-T04 links where a file or a folder should be: the target is untouched and nothing is written through them', async (t) => {
  const { root, outside, ledger } = await prepared(t);
  writeFileSync(join(outside, 'target'), 'precious');
  symlinkSync(join(outside, 'target'), join(root, 'etc/link.conf'));
  await assert.rejects(ledger.putFile(profile, '/etc/link.conf', 'evil'), /not Gatehouse's/);
  symlinkSync(outside, join(root, 'etc/linked'));
  await assert.rejects(ledger.putFile(profile, '/etc/linked/target', 'evil'));
  await assert.rejects(ledger.putFile(profile, '/etc/linked/new', 'evil'));
  assert.deepEqual(readdirSync(outside), ['target']);
  assert.equal(readFileSync(join(outside, 'target'), 'utf8'), 'precious');
});

test('AGT-T04 a file that stood there before is not replaced', async (t) => {
  const { root, ledger } = await prepared(t);
  writeFileSync(join(root, 'etc/theirs'), 'theirs');
  await assert.rejects(ledger.putFile(profile, '/etc/theirs', 'ours'), /not Gatehouse's/);
  assert.equal(readFileSync(join(root, 'etc/theirs'), 'utf8'), 'theirs');
  assert.deepEqual(await ledger.removeAll(), { removed: [], left: ['/etc/theirs'] });
  assert.equal(readFileSync(join(root, 'etc/theirs'), 'utf8'), 'theirs');
});

test('AGT-T05 removal takes exactly the file that was written: not a copy, not a changed one, not through a link', async (t) => {
  const { root, outside, ledger } = await prepared(t);
  for (const name of ['copied', 'changed', 'linked/file', 'replaced'])
    await ledger.putFile(app, `/opt/${name}`, name);
  writeFileSync(join(root, 'opt/other'), 'copied');
  renameSync(join(root, 'opt/other'), join(root, 'opt/copied'));
  writeFileSync(join(root, 'opt/changed'), 'changed by hand');
  renameSync(join(root, 'opt/linked'), join(outside, 'linked'));
  symlinkSync(join(outside, 'linked'), join(root, 'opt/linked'));
  rmSync(join(root, 'opt/replaced'));
  mkdirSync(join(root, 'opt/replaced'));
  const { removed, left } = await ledger.removeAll();
  assert.deepEqual(removed, []);
  assert.deepEqual(
    new Set(left),
    new Set(['/opt/copied', '/opt/changed', '/opt/linked/file', '/opt/replaced']),
  );
  assert.equal(readFileSync(join(outside, 'linked/file'), 'utf8'), 'linked/file');
  assert.ok(lstatSync(join(root, 'opt/linked')).isSymbolicLink());
});

test('AGT-T05 a managed folder linked to /etc: /etc is intact', async (t) => {
  const { root, ledger } = await prepared(t);
  await ledger.putFile(app, '/opt/app/passwd', 'x');
  rmSync(join(root, 'opt/app'), { recursive: true });
  symlinkSync('/etc', join(root, 'opt/app'));
  const before = readFileSync('/etc/passwd', 'utf8');
  assert.deepEqual(await ledger.removeAll(), { removed: [], left: ['/opt/app/passwd'] });
  assert.equal(readFileSync('/etc/passwd', 'utf8'), before);
});

test('AGT-T05 names that climb are refused', async (t) => {
  const { root, outside, ledger } = await prepared(t);
  for (const path of ['/etc/../../outside/x', '/../outside/x', '/etc/./x/..', '/etc//x']) {
    await assert.rejects(ledger.putFile(app, path, 'evil'), path);
  }
  assert.deepEqual(readdirSync(outside), []);
  assert.deepEqual(readdirSync(join(root, 'etc')), []);
});

test('a new process knows what the last one wrote, also between the two halves of a replacement', async (t) => {
  const { root, state, ledger } = await prepared(t);
  await ledger.putFile(profile, '/etc/f', 'one');
  await ledger.putFile(profile, '/etc/f', 'two');
  const again = await ManagedLedger.open(state, root);
  assert.equal(await again.isIntact('p'), true);
  assert.deepEqual((await again.removeAll()).removed, ['/etc/f']);
});

test('after the end nothing is put any more', async (t) => {
  const { root, ledger } = await prepared(t);
  await ledger.removeAll();
  await assert.rejects(ledger.putFile(profile, '/etc/f', 'late'), /ended/);
  assert.deepEqual(readdirSync(join(root, 'etc')), []);
});
