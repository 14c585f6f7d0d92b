import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CommandContext, UsageError } from '../command.ts';
import { mailCommands } from './mail.ts';

/** What a command asks of the API. */
async function asked(
  words: string,
  options: Record<string, string>,
  positionals: readonly string[] = [],
  flags: readonly string[] = [],
) {
  const calls: unknown[] = [];
  const api = {
    request: (method: string, path: string, { body, query }: { body?: unknown; query?: unknown } = {}) => {
      calls.push([method, path, body ?? query]);
      return Promise.resolve({});
    },
    list: (path: string, query: unknown) => Promise.resolve(calls.push(['GET', path, query])),
  };
  const command = mailCommands.find((each) => each.words.join(' ') === words);
  assert.ok(command, words);
  await command.run({
    api: () => api,
    options,
    positionals,
    flags: new Set(flags),
    readStandardInput: () => Promise.resolve('hush\n'),
    json: false,
  } as unknown as CommandContext);
  return calls[0];
}

test('a mail server is made of what was given, its secret read from standard input', async () => {
  const options = {
    url: 'https://mail.example/Microsoft-Server-ActiveSync',
    'protocol-versions': '14.0, 14.1',
    'timeout-seconds': '20',
    'user-header': 'x-user',
    'secret-header': 'x-secret',
  };
  assert.deepEqual(await asked('mail-server create', options, ['SOGo'], ['secret-stdin']), [
    'POST',
    '/mail-servers',
    {
      name: 'SOGo',
      url: options.url,
      userHeader: 'x-user',
      secretHeader: 'x-secret',
      timeoutSeconds: 20,
      protocolVersions: ['14.0', '14.1'],
      secret: 'hush',
    },
  ]);
  assert.deepEqual(await asked('mail-server update', {}, ['s1'], ['disable']), [
    'PATCH',
    '/mail-servers/s1',
    { enabled: false },
  ]);
  await assert.rejects(asked('mail-server update', { 'timeout-seconds': 'soon' }, ['s1']), UsageError);
});

test('a mail server is assigned to a user, a group, a domain or everybody, and nothing else', async () => {
  assert.deepEqual(await asked('mail-server assign', { priority: '-3' }, ['s1', 'domain', 'mail.example']), [
    'POST',
    '/mail-servers/s1/assignments',
    { targetKind: 'domain', target: 'mail.example', priority: -3 },
  ]);
  assert.deepEqual(await asked('mail-server assign', {}, ['s1', 'organization']), [
    'POST',
    '/mail-servers/s1/assignments',
    { targetKind: 'organization' },
  ]);
  await assert.rejects(async () => asked('mail-server assign', {}, ['s1', 'planet']), UsageError);
});

test('ENR-23 a mail device is let in, held back, linked, wiped', async () => {
  const to = (verb: string) => ['POST', `/mail-devices/m1/${verb}`] as const;
  assert.deepEqual(await asked('mail-device approve', { reason: 'known' }, ['m1']), [
    ...to('approve'),
    { reason: 'known' },
  ]);
  assert.deepEqual(await asked('mail-device quarantine', {}, ['m1']), [...to('quarantine'), {}]);
  assert.deepEqual(await asked('mail-device link', {}, ['m1', 'd1']), [...to('link'), { deviceId: 'd1' }]);
  assert.deepEqual(await asked('mail-device wipe', { kind: 'account' }, ['m1']), [
    ...to('wipe'),
    { kind: 'account' },
  ]);
});

test('ENR-17 a deadline is set and taken back', async () => {
  const path = ['PATCH', '/mail-settings'] as const;
  const enrolBy = '2026-12-24T00:00:00Z';
  assert.deepEqual(await asked('mail-settings set', { strangers: 'allow', 'enrol-by': enrolBy }), [
    ...path,
    { strangers: 'allow', enrolBy },
  ]);
  assert.deepEqual(await asked('mail-settings set', { 'enrol-by': 'never' }), [...path, { enrolBy: null }]);
});
