import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Machine, machine } from '../../test/machine.ts';
import { ManagedLedger } from '../files/managed-ledger.ts';
import { StateStore } from '../state/agent-state.ts';
import { StateDirectory } from '../state/state-directory.ts';
import type { RunOptions, System } from '../system/system.ts';
import { RecentLog } from '../daemon/recent-log.ts';
import type { CommandContext } from './command-handler.ts';
import { fullWipe, fullWipeFile } from './full-wipe.ts';
import { locateDevice, parseLocation } from './locate-device.ts';
import { lockDevice } from './lock-device.ts';
import { requestLogs } from './request-logs.ts';
import { messageTitles, plainText, sendMessage } from './send-message.ts';
import { withoutSecrets } from './without-secrets.ts';

interface Ran {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string | undefined;
  readonly account: string | undefined;
}

async function contextOf(t: TestContext, made: Machine, settings: CommandContext['settings'] = {}) {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-commands-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const state = await StateDirectory.open(path);
  const ran: Ran[] = [];
  const context: CommandContext = {
    commandId: 'c1',
    system: made.system,
    run: (program, args, options: RunOptions & { readonly input?: string } = {}) => {
      ran.push({ program, args, input: options.input, account: options.account?.name });
      return Promise.resolve({ state: 'present', value: '' });
    },
    ledger: await ManagedLedger.open(state, made.root),
    store: await StateStore.open(state),
    now: () => 1_000,
    settings,
    recentLog: () => '',
    refresh: () => Promise.resolve(),
  };
  return { context, ran };
}

// ------------------------------------------------------------------------------------------------ send-message

test('AGT-T11 markup, escape sequences, bidi controls and length: what is left is plain text', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;new title\u0007text', 'text'],
    ['\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['a\u0007b\u0000c\u009bd', 'abcd'],
    ['line\r\nnext\rlast', 'line\nnext\nlast'],
    ['safe\u202etxt.exe', 'safetxt.exe'],
    ['\ufeff\u2066x\u2069', 'x'],
    ['\ud800', '\ufffd'],
    ['<b>bold</b> & more', '<b>bold</b> & more'],
    ['☃'.repeat(600), '☃'.repeat(500)],
    ['  \n trimmed \n ', 'trimmed'],
  ];
  for (const [given, plain] of cases) assert.equal(plainText(given), plain);
  assert.equal([...plainText('x'.repeat(1_000_000))].length, 500);
});

test('AGT-T11 whatever is sent, no control character but the line feed is shown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const shown = plainText(text);
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(shown));
      assert.ok([...shown].length <= 500);
    }),
  );
});

test('AGT-T01, AGT-T11 a message reaches wall by its input under the fixed title, and desktops as escaped text, each person as themselves', async (t) => {
  const made = machine(t, 'ubuntu-luks-laptop');
  made.write('/run/user/1000/bus', '');
  const { context, ran } = await contextOf(t, made);
  const text = '--help <a href="x">now</a>; $(reboot) & `id`';
  const outcome = await sendMessage.run({ text }, context);
  assert.deepEqual(outcome.result, { kept: true, shown: ['terminals', 'desktops'] });
  assert.deepEqual(ran[0], {
    program: '/usr/bin/wall',
    args: [],
    input: `${messageTitles.en}\n\n${text}\n`,
    account: undefined,
  });
  assert.equal(ran[1]?.account, 'ann');
  assert.equal(ran.length, 2);
  assert.deepEqual(ran[1]?.args.slice(-3), [
    '--',
    messageTitles.en,
    '--help &lt;a href="x"&gt;now&lt;/a&gt;; $(reboot) &amp; `id`',
  ]);
  assert.deepEqual(context.store.current.messages, [{ id: 'c1', receivedAt: 1_000, text }]);
});

test('the title is in the language of the machine', async (t) => {
  const made = machine(t);
  made.write('/etc/default/locale', 'LANG=de_CH.UTF-8\n');
  const { context, ran } = await contextOf(t, made);
  await sendMessage.run({ text: 'Hallo' }, context);
  assert.equal(ran[0]?.input, `${messageTitles.de}\n\nHallo\n`);
});

// ------------------------------------------------------------------------------------------------ lock-device

const list = '/usr/bin/loginctl list-sessions --no-legend --no-pager';
const show = (id: string) =>
  `/usr/bin/loginctl show-session -p Name -p Type -p Class -p Remote -p LockedHint -- ${id}`;
const session = (name: string, type: string, locked: boolean, more = 'Class=user\nRemote=no') =>
  `Name=${name}\nType=${type}\n${more}\nLockedHint=${locked ? 'yes' : 'no'}\n`;

test('ACT-12: every desktop session is locked, and looked at afterwards', async (t) => {
  const made = machine(t);
  made.program(list, ' 2 1000 ann seat0 tty2\n c1 120 gdm seat0 tty1\n 7 1001 bob - pts/0\n');
  made.program(show('2'), session('ann', 'wayland', true));
  made.program(show('c1'), session('gdm', 'wayland', false, 'Class=greeter\nRemote=no'));
  made.program(show('7'), session('bob', 'tty', false, 'Class=user\nRemote=yes'));
  made.program('/usr/bin/loginctl lock-sessions', '');
  const { context } = await contextOf(t, made);
  assert.deepEqual(await lockDevice.run({}, context), { state: 'acknowledged', result: { sessions: 1 } });
  assert.equal(made.runs.filter(({ command }) => command === '/usr/bin/loginctl lock-sessions').length, 1);
});

test('ACT-12: a session that stays open, and a text console, make the command fail by name', async (t) => {
  const made = machine(t);
  made.program(list, ' 2 1000 ann seat0 tty2\n 3 1001 bob seat0 tty3\n');
  made.program(show('2'), session('ann', 'x11', false));
  made.program(show('3'), session('bob', 'tty', false));
  made.program('/usr/bin/loginctl lock-sessions', '');
  const { context } = await contextOf(t, made);
  assert.deepEqual(await lockDevice.run({}, context), {
    state: 'failed',
    reason: 'not locked: ann (desktop, session 2), bob (text console, session 3)',
  });
});

test('ACT-12: nobody signed in is as good as locked; no logind is a failure with its reason', async (t) => {
  const made = machine(t);
  const { context } = await contextOf(t, made);
  assert.deepEqual(await lockDevice.run({}, context), {
    state: 'failed',
    reason: 'there is no /usr/bin/loginctl',
  });
  made.program(list, '\n');
  assert.equal((await lockDevice.run({}, context)).state, 'acknowledged');
});

// ------------------------------------------------------------------------------------------------ locate-device

test('ACT-16: the location is asked for only with leave of the policy', async (t) => {
  const made = machine(t);
  const program = '/usr/libexec/geoclue-2.0/demos/where-am-i --timeout=20';
  made.program(
    program,
    'New location:\nLatitude:    48.137154°\nLongitude:   11.576124°\nAccuracy:    1500.000000 meters\n',
  );
  assert.equal((await locateDevice.run({}, (await contextOf(t, made)).context)).state, 'failed');
  assert.equal(made.runs.length, 0);
  const { context } = await contextOf(t, made, { 'location.collect': true });
  assert.deepEqual((await locateDevice.run({}, context)).result, {
    latitude: 48.137154,
    longitude: 11.576124,
    accuracyMetres: 1500,
    observedAt: 1_000,
  });
});

test('a location outside the world is none', () => {
  assert.equal(parseLocation('Latitude: 91.0\nLongitude: 0.0\n'), undefined);
  assert.equal(parseLocation('Latitude: x\nLongitude: 0.0\n'), undefined);
  assert.deepEqual(parseLocation('Latitude: 1.0\nLongitude: 2.0\nLatitude: 3.5\nLongitude: -4.25\n'), {
    latitude: 3.5,
    longitude: -4.25,
  });
});

// ------------------------------------------------------------------------------------------------ full-wipe

/** A machine whose root user has enabled a wipe with a program that only leaves a note. */
function enabled(t: TestContext) {
  const made = machine(t);
  const paths = ['/', '/etc', '/etc/gatehouse-agent', '/usr', '/usr/local', '/usr/local/sbin'];
  made.write(fullWipeFile, JSON.stringify({ program: '/usr/local/sbin/wipe', args: ['--all'] }));
  made.write('/usr/local/sbin/wipe', '#!/bin/true\n', 0o755);
  for (const path of paths) chmodSync(join(made.root, path), 0o755);
  made.program('/usr/local/sbin/wipe --all', 'wiped');
  return made;
}

const wiped = (made: Machine) => made.runs.some(({ command }) => command.startsWith('/usr/local/sbin/wipe'));

test('AGT-T02 a program that root named is started, and only after the answer', async (t) => {
  const made = enabled(t);
  const { context } = await contextOf(t, made);
  const outcome = await fullWipe.run({}, context);
  assert.deepEqual(outcome.result, { started: '/usr/local/sbin/wipe' });
  assert.equal(wiped(made), false);
  await outcome.afterwards?.();
  assert.equal(wiped(made), true);
});

const tampered: readonly (readonly [what: string, reason: RegExp, change: (made: Machine) => void])[] = [
  ['no file', /not enabled/, (made) => made.remove(fullWipeFile)],
  ['a file others may write', /written by others/, (made) => chmodSync(join(made.root, fullWipeFile), 0o666)],
  [
    'a folder others may write',
    /written by others/,
    (made) => chmodSync(join(made.root, '/etc/gatehouse-agent'), 0o777),
  ],
  [
    'a program others may write',
    /written by others/,
    (made) => chmodSync(join(made.root, '/usr/local/sbin/wipe'), 0o775),
  ],
  ['no program', /does not exist/, (made) => made.remove('/usr/local/sbin/wipe')],
  ['a relative name', /absolute path/, (made) => made.write(fullWipeFile, '{"program":"wipe"}')],
  [
    'a climbing name',
    /absolute path/,
    (made) => made.write(fullWipeFile, '{"program":"/usr/local/sbin/../../../tmp/x"}'),
  ],
  [
    'arguments that are no texts',
    /list of texts/,
    (made) => made.write(fullWipeFile, '{"program":"/usr/local/sbin/wipe","args":[1]}'),
  ],
  ['no JSON', /not JSON/, (made) => made.write(fullWipeFile, 'rm -rf /')],
  ['null', /absolute path/, (made) => made.write(fullWipeFile, 'null')],
  [
    'a link for a program',
    /link/,
    (made) => {
      made.remove('/usr/local/sbin/wipe');
      made.link('/usr/local/sbin/wipe', '/bin/true');
    },
  ],
];

for (const [what, reason, change] of tampered) {
  test(`AGT-T02 ${what}: the full wipe is refused and the reason reported`, async (t) => {
    const made = enabled(t);
    change(made);
    const { context } = await contextOf(t, made);
    const outcome = await fullWipe.run({}, context);
    assert.equal(outcome.state, 'failed');
    assert.match(outcome.reason ?? '', reason);
    assert.equal(outcome.afterwards, undefined);
  });
}

test('AGT-T02 a file that belongs to somebody else is refused', async (t) => {
  const made = enabled(t);
  const foreign: System = {
    ...made.system,
    linkStatus: async (path) => {
      const status = await made.system.linkStatus(path);
      return path === fullWipeFile && status.state === 'present'
        ? { ...status, value: { ...status.value, uid: 1000 } }
        : status;
    },
  };
  const { context } = await contextOf(t, made);
  assert.match(
    (await fullWipe.run({}, { ...context, system: foreign })).reason ?? '',
    /does not belong to root/,
  );
});

// ------------------------------------------------------------------------------------------------ request-logs

const journalOf = (hours: number, now: number) =>
  `/usr/bin/journalctl --unit=gatehouse-agent.service --since=@${Math.floor((now - hours * 3_600_000) / 1_000)} ` +
  '--output=short-iso --no-pager --quiet --lines=2000';
const logNow = Date.UTC(2026, 10, 22, 12);

test('ACT-20: the agent’s own journal and no other is fetched, without secrets and control characters', async (t) => {
  const made = machine(t);
  made.program(
    journalOf(24, logNow),
    [
      '2026-11-22T10:00:00+0000 host gatehouse[1]: device 01930000-0000-7000-8000-000000000000, server https://mdm.acme.example',
      '2026-11-22T10:00:01+0000 host gatehouse[1]: no contact: proxy http://ann:hunter2@proxy:3128 refused',
      '2026-11-22T10:00:02+0000 host gatehouse[1]: \u001b[31mpassword: "open sesame"; authorization=Bearer abcdefgh12345',
      '2026-11-22T10:00:03+0000 host gatehouse[1]: /var/lib/gatehouse-agent/commands/x.json could not be read',
    ].join('\n'),
  );
  const { context } = await contextOf(t, made);
  const { state, result } = await requestLogs.run({}, { ...context, now: () => logNow });
  assert.equal(state, 'acknowledged');
  const text = String(result?.['text']);
  for (const secret of ['hunter2', 'open sesame', 'abcdefgh12345', '\u001b'])
    assert.ok(!text.includes(secret), secret);
  for (const kept of ['01930000-0000-7000-8000-000000000000', 'proxy:3128', 'x.json could not be read'])
    assert.ok(text.includes(kept), kept);
  assert.deepEqual(
    [result?.['source'], result?.['from'], result?.['lines'], result?.['cut'], result?.['removed']],
    ['journal', '2026-11-21T12:00:00.000Z', 4, false, 4],
  );
  assert.equal(made.runs.length, 1);
});

test('ACT-20: where there is no journal the agent tells what it remembers, the newest if it is too much', async (t) => {
  const made = machine(t);
  const { context } = await contextOf(t, made);
  const recent = new RecentLog();
  for (let at = 0; at < 3_000; at += 1) recent.add(logNow - 3_000 + at, `${at} ${'"'.repeat(600)}`);
  const asked: number[] = [];
  const { result } = await requestLogs.run(
    { hours: 1 },
    {
      ...context,
      now: () => logNow,
      recentLog: (from) => {
        asked.push(from);
        return recent.since(from);
      },
    },
  );
  assert.deepEqual(asked, [logNow - 3_600_000]);
  assert.equal(result?.['source'], 'memory');
  assert.equal(result?.['cut'], true);
  assert.match(String(result?.['text']), /Z 2999 "+$/);
  assert.ok(Buffer.byteLength(JSON.stringify(result)) < 64 * 1024, 'as much as the server keeps');
});

test('ACT-20: whatever a line holds, no key and no password in it leaves the device', () => {
  const key = fc.oneof(
    fc.uint8Array({ minLength: 24, maxLength: 96 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    fc
      .uint8Array({ minLength: 33, maxLength: 96 })
      .map((bytes) => Buffer.from(bytes).toString('base64'))
      .filter((text) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)),
  );
  fc.assert(
    fc.property(fc.lorem(), key, fc.constantFrom(' ', '\n', ': ', '="'), (words, secret, before) => {
      const clean = withoutSecrets(`${words}${before}${secret} ${words}`);
      assert.ok(!clean.text.includes(secret));
      assert.ok(clean.removed >= 1);
      assert.ok(clean.text.includes(words));
    }),
  );
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----';
  assert.deepEqual(withoutSecrets(`a\n${pem}\nb`), { text: 'a\n[removed]\nb', removed: 1 });
  assert.deepEqual(withoutSecrets('token=x; nothing else'), {
    text: 'token=[removed]; nothing else',
    removed: 1,
  });
});
