import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ScanReport } from '@gatehouse/contracts/agent.ts';
import { CommandJournal } from './command-journal.ts';
import { Outbox } from './outbox.ts';
import { StateDirectory } from './state-directory.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-state-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const scan = (kind: ScanReport['scan'], value: string): ScanReport => ({
  scan: kind,
  observedAt: 1,
  facts: { 'os.name': value },
});

test('AGT-T04 a planted link is neither read nor written through', async (t) => {
  const path = folder(t);
  const target = join(folder(t), 'target');
  writeFileSync(target, 'precious');
  const state = await StateDirectory.open(path);
  symlinkSync(target, join(path, 'identity.json'));
  await assert.rejects(state.read('identity.json'), { code: 'ELOOP' });
  await state.write('identity.json', 'ours');
  assert.equal(statSync(join(path, 'identity.json')).mode & 0o777, 0o600);
  assert.equal(await state.read('identity.json'), 'ours');
  assert.equal((await StateDirectory.open(join(target, '..'))).path.length > 0, true);
  const { readFileSync } = await import('node:fs');
  assert.equal(readFileSync(target, 'utf8'), 'precious');
});

test('names that leave the directory are refused', async (t) => {
  const state = await StateDirectory.open(folder(t));
  for (const name of ['../x', 'a/b', '.hidden', '', '..', 'x\0y', 'x'.repeat(200)]) {
    await assert.rejects(async () => state.write(name, ''), /no name/);
  }
});

test('a half-written file of an earlier life is cleared away, the whole one stays', async (t) => {
  const path = folder(t);
  const state = await StateDirectory.open(path);
  await state.write('a.json', '1');
  writeFileSync(join(path, '.0011.new'), 'half');
  utimesSync(join(path, '.0011.new'), new Date(0), new Date(0));
  writeFileSync(join(path, '.0022.new'), 'somebody is writing');
  assert.deepEqual(await state.names(), ['a.json']);
  assert.deepEqual(readdirSync(path), ['.0022.new', 'a.json']);
});

test('DEV-14 counters go up across restarts, also when the newest report has gone', async (t) => {
  const state = await StateDirectory.open(folder(t));
  const first = await Outbox.open(state);
  assert.equal((await first.add('b', [])).counter, 1);
  assert.equal((await first.add('b', [])).counter, 2);
  await first.remove(1);
  await first.remove(2);
  const second = await Outbox.open(state);
  assert.deepEqual(second.waiting, []);
  assert.equal((await second.add('b', [])).counter, 3);
});

test('the outbox keeps its reports in order, and a broken file costs only itself', async (t) => {
  const path = folder(t);
  const state = await StateDirectory.open(path);
  const first = await Outbox.open(state);
  for (const value of ['one', 'two', 'three']) await first.add('b', [scan('security', value)]);
  writeFileSync(join(path, 'outbox', '2.json'), '{"counter":2,"bo');
  const second = await Outbox.open(state);
  assert.deepEqual(
    second.waiting.map(({ counter }) => counter),
    [1, 3],
  );
});

test('a queue of a long absence stays small and loses no newest scan', async (t) => {
  const state = await StateDirectory.open(folder(t));
  const outbox = await Outbox.open(state);
  await outbox.add('b', [scan('certificates', 'only here')]);
  for (let index = 0; index < 200; index += 1) await outbox.add('b', [scan('security', String(index))]);
  assert.ok(outbox.waiting.length <= 32);
  const waiting = (await Outbox.open(state)).waiting.flatMap(({ scans }) => scans);
  assert.equal(waiting.filter((one) => one.scan === 'certificates').length, 1);
  assert.deepEqual(waiting.findLast((one) => one.scan === 'security')?.facts, { 'os.name': '199' });
});

test('after the end nothing is written any more, whatever was on its way', async (t) => {
  const path = folder(t);
  const state = await StateDirectory.open(path);
  const outbox = await Outbox.open(state);
  await outbox.add('b', []);
  const late = outbox.add('b', []);
  state.end();
  await outbox.clear();
  await late;
  await state.write('state.json', '{}');
  assert.deepEqual(readdirSync(join(path, 'outbox')), []);
  assert.deepEqual(readdirSync(path), ['outbox']);
});

test('DEV-07 a command is begun once: in this life, in the next, and with a journal file that cannot be read', async (t) => {
  const path = folder(t);
  const state = await StateDirectory.open(path);
  const command = {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    name: 'lock-device',
    params: { pin: '1234' },
    expiresAt: 10_000,
  };
  const first = await CommandJournal.open(state, 0);
  assert.equal(await first.begin(command, 1), true);
  assert.equal(await first.begin(command, 2), false);
  const second = await CommandJournal.open(state, 3);
  assert.equal(await second.begin(command, 3), false);
  assert.equal(second.interrupted.length, 1);
  await second.finish(command.id, { state: 'acknowledged' });
  assert.deepEqual(second.find(command.id)?.params, {});
  assert.equal(second.undelivered.length, 1);
  await second.markDelivered(command.id);
  assert.equal((await CommandJournal.open(state, 4)).undelivered.length, 0);
  writeFileSync(join(path, 'commands', `${command.id}.json`), 'broken');
  assert.equal(await (await CommandJournal.open(state, 5)).begin(command, 5), false);
});

test('the journal forgets what has long expired and been delivered', async (t) => {
  const state = await StateDirectory.open(folder(t));
  const journal = await CommandJournal.open(state, 0);
  for (const id of ['a', 'b']) {
    await journal.begin({ id, name: 'lock-device', params: {}, expiresAt: 1_000 }, 1);
    await journal.finish(id, { state: 'acknowledged' });
  }
  await journal.markDelivered('a');
  const later = await CommandJournal.open(state, 8 * 86_400_000);
  assert.deepEqual([later.find('a'), later.find('b')?.id], [undefined, 'b']);
});
