import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandContext } from '../command.ts';
import { ruleCommands } from './rules.ts';

/** What a command asks of the API. */
async function asked(words: string, options: Record<string, string>, ...positionals: string[]) {
  const calls: unknown[] = [];
  const api = {
    request: (method: string, path: string, { body }: { body?: unknown } = {}) => {
      calls.push([method, path, body]);
      return Promise.resolve({});
    },
    list: (path: string) => Promise.resolve(calls.push(['GET', path, undefined])),
  };
  const command = ruleCommands.find((each) => each.words.join(' ') === words);
  assert.ok(command, words);
  await command.run({ api: () => api, options, positionals, json: false } as unknown as CommandContext);
  return calls;
}

test('a rule is made of what was given, and nothing else', async () => {
  const demand = '{"versions":{"ios":"18.0"}}';
  assert.deepEqual(
    await asked('rule create', {
      name: 'New',
      kind: 'minimum-os',
      demand,
      gates: 'mail,vpn',
      'grace-minutes': '60',
    }),
    [
      [
        'POST',
        '/compliance-rules',
        {
          name: 'New',
          kind: 'minimum-os',
          demand: { versions: { ios: '18.0' } },
          gates: ['mail', 'vpn'],
          graceMinutes: 60,
        },
      ],
    ],
  );
  assert.deepEqual(await asked('rule create', { name: 'Disks', kind: 'encryption' }), [
    ['POST', '/compliance-rules', { name: 'Disks', kind: 'encryption', demand: {} }],
  ]);
});

test('a rule that only weighs what policies demand, and one that counts for no gate', async () => {
  const options = { name: 'T', kind: 'passcode', demand: 'from-policies', gates: 'none' };
  assert.deepEqual(await asked('rule create', options), [
    ['POST', '/compliance-rules', { name: 'T', kind: 'passcode', demand: 'from-policies', gates: [] }],
  ]);
});

test('a change names only what changes', async () => {
  const stages = '[{"afterMinutes":60,"actions":[{"kind":"quarantine"}]}]';
  assert.deepEqual(await asked('rule update', { enabled: 'no', stages, 'fact-age-hours': '4' }, 'r1'), [
    [
      'PATCH',
      '/compliance-rules/r1',
      {
        stages: [{ afterMinutes: 60, actions: [{ kind: 'quarantine' }] }],
        maximumFactAgeHours: 4,
        enabled: false,
      },
    ],
  ]);
  await assert.rejects(
    asked('rule update', { 'grace-minutes': 'soon' }, 'r1'),
    /--grace-minutes is a whole number/,
  );
  await assert.rejects(asked('rule update', { stages: '[' }, 'r1'), /--stages is not JSON/);
});

test('an exception is for a device, with a reason and mostly an end', async () => {
  const until = '2026-12-01T08:00:00Z';
  assert.deepEqual(await asked('exception create', { rule: 'encryption', reason: 'Repair.', until }, 'd1'), [
    ['POST', '/devices/d1/exceptions', { rule: 'encryption', reason: 'Repair.', expiresAt: until }],
  ]);
  assert.deepEqual(await asked('exception delete', {}, 'd1', 'e1'), [
    ['DELETE', '/devices/d1/exceptions/e1', undefined],
  ]);
});
