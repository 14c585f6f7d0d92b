import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { firstObstacle, runAs } from './account.ts';
import { cleanEnvironment } from './cluster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres, type UnexpectedExit } from './embedded-postgres.ts';
import { processesIn } from './leftovers.ts';
import { settingArguments } from './settings.ts';

const root = process.getuid?.() === 0;
const asRoot = root ? {} : { skip: 'needs root' };
/** An ordinary user can run our sources only where he can go; a clone under /root is not such a place. */
const asRootWithReachableSources =
  root && firstObstacle(import.meta.dirname, { uid: 65534, gid: 65534, switched: true }) !== undefined
    ? { skip: 'only root can reach these sources' }
    : asRoot;

/** A directory that the database's user can reach, removed afterwards. */
function makeDirectory(t: TestContext, mode = 0o711): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  chmodSync(directory, mode);
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const model = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
after(() => rmSync(model, { recursive: true, force: true }));

/** For what is not about making a cluster: that takes seconds, and a copy of one that was just made a moment. */
async function withCluster(directory: string): Promise<string> {
  if (!existsSync(join(model, 'postgres'))) {
    chmodSync(model, 0o711);
    await (await startEmbeddedPostgres({ directory: join(model, 'postgres') })).stop();
  }
  mkdirSync(directory, { recursive: true });
  execFileSync('cp', ['--archive', join(model, 'postgres/cluster'), directory]);
  return directory;
}

async function start(
  t: TestContext,
  options: Parameters<typeof startEmbeddedPostgres>[0],
): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres(options);
  t.after(() => postgres.stop());
  return postgres;
}

async function query(postgres: Pick<EmbeddedPostgres, 'connection'>, text: string): Promise<unknown[][]> {
  const client = new pg.Client(postgres.connection());
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query({ text, rowMode: 'array' });
    return rows as unknown[][];
  } finally {
    await client.end();
  }
}

async function eventually(what: string, holds: () => boolean, patienceMs = 30_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `not in ${patienceMs} ms: ${what}`);
    await wait(20);
  }
}

interface Parent {
  process: ChildProcess;
  said: { pid?: number; connection?: pg.ClientConfig; error?: string };
}

/** Starts the database from another process, as another server would. */
async function startParent(t: TestContext, directory: string, wrap = plain): Promise<Parent> {
  const script = fileURLToPath(new URL('./testdata/parent.ts', import.meta.url));
  const command = wrap([process.execPath, script, join(directory, 'postgres')]);
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line', {
    signal: AbortSignal.timeout(30_000),
  });
  return { process: child, said: JSON.parse(String(line)) as Parent['said'] };
}

const plain = (command: string[]): string[] => command;
const asNobody = (command: string[]): string[] => {
  const account = { uid: 65534, gid: 65534, switched: true };
  const { program, args } = runAs(account, 'KILL', command[0] ?? '', command.slice(1));
  return [program, ...args];
};

test('makes a cluster, answers queries, and keeps its data over stop and start', async (t) => {
  const directory = join(makeDirectory(t), 'postgres');
  const before = performance.now();
  const first = await startEmbeddedPostgres({ directory });
  const elapsed = performance.now() - before;
  await query(first, 'create table kept (n int); insert into kept select generate_series(1, 1000)');
  await first.stop();
  assert.deepEqual(processesIn(first.clusterDirectory), [], 'stop waits for the end');

  const second = await start(t, { directory });
  assert.deepEqual(await query(second, 'select count(*)::int from kept'), [[1000]]);
  assert.ok(elapsed < 10_000, `the first start took ${Math.round(elapsed)} ms`);
});

test('UPD-04, DAT-03: no network, durable, and neither statements nor values in the log', async (t) => {
  const directory = join(makeDirectory(t), 'postgres');
  const lines: string[] = [];
  const postgres = await start(t, { directory, log: (line) => lines.push(line) });
  const settings = Object.fromEntries(
    (await query(postgres, 'select name, setting from pg_settings')) as [string, string][],
  );
  const expected = {
    listen_addresses: '',
    ssl: 'off',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    log_statement: 'none',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    server_encoding: 'UTF8',
    data_checksums: 'on',
    TimeZone: 'UTC',
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(settings[name], value, name);
  assert.deepEqual(
    await query(
      postgres,
      'select datlocprovider::text, datlocale from pg_database where datname = current_database()',
    ),
    [['b', 'C.UTF-8']],
  );

  await query(postgres, 'create table people (email text primary key, n int check (n > 0))');
  await assert.rejects(
    query(postgres, `insert into people values ('canary-7f3a@example', -1)`),
    /check constraint/,
  );
  await eventually('the error is logged', () => lines.some((line) => line.includes('check constraint')));
  assert.ok(!lines.join('\n').includes('canary-7f3a'), lines.join('\n'));
});

test('the socket and the cluster are closed to everybody else', async (t) => {
  const directory = await withCluster(join(makeDirectory(t), 'postgres'));
  const postgres = await start(t, { directory });
  for (const path of [postgres.socketDirectory, postgres.clusterDirectory]) {
    const stats = statSync(path);
    assert.equal(stats.mode & 0o777, 0o700, path);
    assert.notEqual(stats.uid, 0, 'belongs to the unprivileged user');
  }
});

test('settings of the caller win', async (t) => {
  const postgres = await start(t, {
    directory: await withCluster(join(makeDirectory(t), 'postgres')),
    settings: { work_mem: '9MB' },
  });
  assert.deepEqual(await query(postgres, 'show work_mem'), [['9MB']]);
});

test('a killed postmaster is restarted with its data, and the exit is reported', async (t) => {
  const postgres = await start(t, { directory: await withCluster(join(makeDirectory(t), 'postgres')) });
  await query(postgres, 'create table kept (n int); insert into kept select generate_series(1, 1000)');
  const reported = new Promise<UnexpectedExit>((resolve) => postgres.onExit(resolve));
  const killed = postgres.pid;
  process.kill(killed, 'SIGKILL');
  const exit = await reported;
  assert.equal(exit.signal, 'SIGKILL');
  assert.equal(exit.restarted, true);
  assert.notEqual(postgres.pid, killed);
  assert.deepEqual(await query(postgres, 'select count(*)::int from kept'), [[1000]]);
});

test('a second server on the same directory is refused, and the first is not disturbed', async (t) => {
  const directory = makeDirectory(t);
  const first = await start(t, { directory: await withCluster(join(directory, 'postgres')) });
  const second = await startParent(t, directory);
  assert.match(
    second.said.error ?? '',
    new RegExp(`Another gatehouse server \\(process ${process.pid}\\) is running`),
  );
  assert.deepEqual(await query(first, 'select 1'), [[1]]);
});

test('a server killed with -9 leaves no orphan, and the next one starts', async (t) => {
  const directory = makeDirectory(t);
  await withCluster(join(directory, 'postgres'));
  const parent = await startParent(t, directory);
  const cluster = join(directory, 'postgres/cluster');
  assert.ok(processesIn(cluster).length > 1);
  parent.process.kill('SIGKILL');
  await eventually('the database ends with its server', () => processesIn(cluster).length === 0);
  const next = await start(t, { directory: join(directory, 'postgres') });
  assert.deepEqual(await query(next, 'select 1'), [[1]]);
});

test('a leftover database is ended before ours starts', async (t) => {
  const directory = await withCluster(join(makeDirectory(t), 'postgres'));
  const first = await startEmbeddedPostgres({ directory });
  const { clusterDirectory, socketDirectory } = first;
  const { uid, gid } = statSync(clusterDirectory);
  const program = readlinkSync(`/proc/${first.pid}/exe`);
  await first.stop();
  // without the death signal, as after a crash on a machine that has no setpriv
  const leftover = spawn(program, ['-D', clusterDirectory, ...settingArguments(socketDirectory, {})], {
    ...(root ? { uid, gid } : {}),
    env: cleanEnvironment,
    stdio: 'ignore',
    detached: true,
  });
  t.after(() => leftover.kill('SIGKILL'));
  await eventually('it runs', () => existsSync(join(socketDirectory, '.s.PGSQL.5432')));

  const lines: string[] = [];
  const second = await start(t, { directory, log: (line) => lines.push(line) });
  assert.notEqual(second.pid, leftover.pid);
  assert.ok(
    leftover.exitCode !== null || leftover.signalCode !== null || !existsSync(`/proc/${leftover.pid}/cwd`),
  );
  assert.deepEqual(await query(second, 'select 1'), [[1]]);
  assert.match(lines[0] ?? '', /ending \d+ leftover/);
});

test('a process id that something else has now is not signalled', async (t) => {
  const directory = await withCluster(join(makeDirectory(t), 'postgres'));
  const first = await startEmbeddedPostgres({ directory });
  const file = join(first.clusterDirectory, 'postmaster.pid');
  const lines = readFileSync(file, 'utf8').split('\n');
  await first.stop();
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.after(() => bystander.kill());
  const { uid, gid } = statSync(first.clusterDirectory);
  writeFileSync(file, [bystander.pid, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  if (root) chownSync(file, uid, gid);

  const second = await start(t, { directory });
  assert.deepEqual(await query(second, 'select 1'), [[1]]);
  assert.equal(bystander.exitCode, null);
  assert.equal(bystander.signalCode, null);
});

test('a path too long for a socket gets a short private directory, which goes with the server', async (t) => {
  const directory = await withCluster(
    join(makeDirectory(t), 'a-directory-with-a-long-name'.repeat(3), 'and-more-of-it'.repeat(3)),
  );
  const postgres = await startEmbeddedPostgres({ directory });
  const { socketDirectory } = postgres;
  assert.match(socketDirectory, /^\/tmp\/gatehouse-/);
  assert.equal(lstatSync(socketDirectory).mode & 0o777, 0o700);
  assert.equal(readFileSync(join(directory, 'socket-directory'), 'utf8').trim(), socketDirectory);
  assert.deepEqual(await query(postgres, 'select 1'), [[1]]);
  await postgres.stop();
  assert.ok(!existsSync(socketDirectory));
});

test('an ordinary user runs it as himself', asRootWithReachableSources, async (t) => {
  const directory = makeDirectory(t, 0o700);
  chownSync(directory, 65534, 65534);
  const parent = await startParent(t, directory, asNobody);
  assert.equal(parent.said.error, undefined);
  const cluster = join(directory, 'postgres/cluster');
  assert.equal(statSync(cluster).uid, 65534);
  parent.process.kill('SIGKILL');
  await eventually('the database ends with its server', () => processesIn(cluster).length === 0);
});

test(
  'a directory only root can pass: the cluster lives elsewhere, with a copy of the binaries',
  asRoot,
  async (t) => {
    const directory = join(makeDirectory(t, 0o700), 'postgres');
    const outsideDirectory = join(makeDirectory(t), 'outside');
    const first = await startEmbeddedPostgres({ directory, outsideDirectory });
    assert.ok(first.clusterDirectory.startsWith(outsideDirectory), first.clusterDirectory);
    assert.ok(!existsSync(join(directory, 'cluster')));
    await query(first, 'create table kept (n int); insert into kept values (7)');
    await first.stop();

    const second = await startEmbeddedPostgres({ directory, outsideDirectory });
    assert.deepEqual(await query(second, 'select n from kept'), [[7]]);
    await second.stop();

    rmSync(second.clusterDirectory, { recursive: true });
    await assert.rejects(startEmbeddedPostgres({ directory, outsideDirectory }), { reason: 'lost-cluster' });

    rmSync(directory, { recursive: true });
    const fresh = await start(t, { directory, outsideDirectory });
    await assert.rejects(query(fresh, 'select n from kept'), /does not exist/);
  },
);

test('a cluster that became unreachable is not replaced by an empty one', asRoot, async (t) => {
  const above = makeDirectory(t);
  const directory = await withCluster(join(above, 'postgres'));
  chmodSync(above, 0o700);
  await assert.rejects(startEmbeddedPostgres({ directory, outsideDirectory: join(above, 'outside') }), {
    reason: 'not-reachable',
    message: /chmod o\+x/,
  });
});

test('a bad setting is reported in the words of PostgreSQL', async (t) => {
  const directory = await withCluster(join(makeDirectory(t), 'postgres'));
  await assert.rejects(startEmbeddedPostgres({ directory, settings: { work_mem: 'plenty' } }), {
    reason: 'start-failed',
    message: /invalid value for parameter "work_mem"/,
  });
  // and the directory is not left locked
  await start(t, { directory });
});
