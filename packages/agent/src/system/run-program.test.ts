import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from './run-program.ts';

const node = process.execPath;
const show =
  'process.stdout.write(JSON.stringify({ args: process.argv.slice(1), env: process.env, cwd: process.cwd() }))';

interface Shown {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

async function shown(args: readonly string[]): Promise<Shown> {
  const said = await runProgram(node, ['-e', show, '--', ...args]);
  assert.equal(said.state, 'present');
  return JSON.parse(said.state === 'present' ? said.value : '') as Shown;
}

/** What shells, formatters and argument parsers give a meaning to. */
const payloads = [
  ...[';', '|', '&', '&&', '||', '>', '<', '>>', '<<', '\n', '\r', '\t'].map(
    (sign) => `x${sign}touch /tmp/gatehouse-owned`,
  ),
  ...[
    '$(id)',
    '`id`',
    '${IFS}id',
    '$HOME',
    '$((1+1))',
    '$0',
    '~',
    '~root',
    '{a,b}',
    '[a-z]',
    '*',
    '?',
    '!!',
    '!id',
  ],
  ...["'", '"', "'; id; '", '"; id; "', '\\', '\\\\', "\\'", '\\n', '\\x41', '\\$(id)'],
  ...['-', '--', '--help', '-rf', '--version', '-e', '--eval=1', '@file', '%s%s%s%n', '%n', '%00'],
  ...[
    '',
    ' ',
    '  leading',
    'trailing  ',
    '../../etc/passwd',
    '/etc/shadow',
    'a\u0001b',
    '\u001b[31m',
    'ünïcode ☃',
    '\u202eevil',
  ],
  ...['(id)', '{ id; }', '# comment', '=cmd|calc', '<(id)', '>(id)', '\u2028id', 'x'.repeat(10_000)],
];

test(`AGT-T01 ${payloads.length} metacharacter payloads reach a program as they are, and nothing else runs`, async () => {
  assert.ok(payloads.length >= 60);
  assert.deepEqual((await shown(payloads)).args, payloads);
});

test('AGT-T01 a program is named by its absolute path; NUL is refused before anything starts', async () => {
  await assert.rejects(async () => runProgram('id', []), TypeError);
  await assert.rejects(async () => runProgram('./id', []), TypeError);
  const said = await runProgram('/bin/echo', ['a\0b']);
  assert.equal(said.state, 'unreadable');
});

test('AGT-T07 nothing of the caller’s environment is handed on', async () => {
  const planted = {
    LD_PRELOAD: '/tmp/x.so',
    LD_LIBRARY_PATH: '/tmp',
    LD_AUDIT: '/tmp/x.so',
    NODE_OPTIONS: '--no-deprecation',
    NODE_EXTRA_CA_CERTS: '/tmp/ca.pem',
    PATH: '/tmp/evil',
    BASH_ENV: '/tmp/evil',
    HOME: '/tmp/evil',
    GATEHOUSE_CANARY: '1',
  };
  const before = { ...process.env };
  // LD_PRELOAD of a file that does not exist only prints a warning, if it has any effect at all.
  Object.assign(process.env, planted);
  try {
    const { env, cwd } = await shown([]);
    assert.equal(env['PATH'], '/usr/sbin:/usr/bin:/sbin:/bin');
    assert.equal(cwd, '/');
    for (const name of Object.keys(planted)) if (name !== 'PATH') assert.equal(env[name], undefined, name);
  } finally {
    for (const name of Object.keys(planted)) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test('a program that is not there, fails, takes too long or says too much costs an answer, not the agent', async () => {
  assert.deepEqual(await runProgram('/nonexistent/program', []), { state: 'absent' });
  const failed = await runProgram(node, ['-e', 'console.error("no such thing"); process.exit(3)']);
  assert.ok(failed.state === 'unreadable' && /ended with 3: no such thing/.test(failed.why));
  const accepted = await runProgram(node, ['-e', 'console.log("x"); process.exit(3)'], { accept: [3] });
  assert.deepEqual(accepted, { state: 'present', value: 'x\n' });
  const slow = await runProgram(node, ['-e', 'setTimeout(() => {}, 60000)'], { timeoutMs: 300 });
  assert.ok(slow.state === 'unreadable' && /longer than 300 ms/.test(slow.why));
  const loud = await runProgram(node, ['-e', 'process.stdout.write("x".repeat(1e6))'], {
    maximumBytes: 1000,
  });
  assert.ok(loud.state === 'unreadable' && /too much/.test(loud.why));
});

test('standard input is what it is given, and ends', async () => {
  assert.deepEqual(await runProgram('/bin/cat', [], { input: 'hello\n' }), {
    state: 'present',
    value: 'hello\n',
  });
  assert.deepEqual(await runProgram('/bin/cat', []), { state: 'present', value: '' });
});
