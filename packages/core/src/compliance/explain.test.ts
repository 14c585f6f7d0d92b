import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AssignedPolicy, resolveSettings } from '../settings/resolve.ts';
import { settingsArbitrary } from '../settings/settings-arbitrary.ts';
import { decideAllAccess } from './access.ts';
import { evaluate } from './evaluate.ts';
import { factsArbitrary, knownFacts, laptop, minute, noon } from './device-arbitrary.ts';
import { explain } from './explain.ts';
import { formatDuration, formatValue } from './plain-language.ts';
import { rulesFromSettings } from './rules.ts';

const policy = (name: string, change: Partial<AssignedPolicy>): AssignedPolicy => ({
  policyId: name,
  name,
  version: 3,
  settings: {},
  path: { targetKind: 'organization', targetId: 'o', targetName: 'Acme' },
  priority: 0,
  ...change,
});

const resolved = resolveSettings([
  policy('Basic', { settings: { 'passcode.required': true, 'encryption.required': true } }),
  policy('Sales', {
    version: 7,
    settings: { 'passcode.grace-minutes': 30, 'encryption.required': false },
    path: { targetKind: 'group', targetId: 'g', targetName: 'Sales' },
  }),
]);
const rules = rulesFromSettings(resolved, 'linux');

function explained(values: Parameters<typeof knownFacts>[0], now = noon + 5 * minute) {
  const evaluation = evaluate(rules, knownFacts(values), { now: noon, lastCheckInAt: noon, device: laptop });
  return explain({ subject: { registered: true, blocked: false, evaluation }, resolved, now });
}

test('the explanation leads from the fact to the gate, naming policy, version and assignment', () => {
  const { rules: chain, gates, nextChangeAt } = explained({ values: { 'passcode.set': false } });
  const [passcode] = chain;
  assert.equal(passcode?.rule, 'passcode', 'what fails comes first');
  assert.equal(passcode?.evidence[0]?.text, 'passcode.set = no, stated by the agent 5 minutes ago');
  assert.deepEqual(
    passcode?.demands.map(({ text }) => text),
    [
      'passcode.required = yes, from policy "Basic" version 3, assigned to organization "Acme"',
      'passcode.grace-minutes = 30 minutes, from policy "Sales" version 7, assigned to group "Sales"',
    ],
  );
  assert.equal(passcode?.effects.network, 'quarantine');
  assert.equal(gates.network.access, 'quarantine');
  assert.equal(nextChangeAt, noon + 30 * minute);
});

test('it can be read aloud', () => {
  const { text } = explained({ values: { 'passcode.set': false } });
  assert.deepEqual(text.slice(0, 8), [
    'network, mail, vpn, apps, content: in quarantine.',
    'A proper passcode is set: broken, in grace. No passcode is set.',
    '  Seen: passcode.set = no, stated by the agent 5 minutes ago.',
    '  Demanded: passcode.required = yes, from policy "Basic" version 3, assigned to organization "Acme".',
    '  Demanded: passcode.grace-minutes = 30 minutes, from policy "Sales" version 7, assigned to group "Sales".',
    '  Effect: network in quarantine, mail in quarantine, vpn in quarantine, apps in quarantine, content in quarantine.',
    '  Mend: Set a passcode for every account that can sign in.',
    '  Grace ends at 2026-11-21 12:30 UTC, in 25 minutes.',
  ]);
  assert.equal(text.at(-1), 'Without any report, this changes at 2026-11-21 12:30 UTC.');
});

test('POL-09: it says that the strictest of several policies won', () => {
  const { rules: chain } = explained({});
  const encryption = chain.find(({ rule }) => rule === 'encryption');
  assert.equal(
    encryption?.demands[0]?.text,
    'encryption.required = yes, from policy "Basic" version 3, assigned to organization "Acme", the strictest of 2',
  );
  assert.equal(encryption?.demands[0]?.origin?.candidates.length, 2);
});

test('a device that is not registered, blocked or not evaluated is explained without rules', () => {
  for (const [subject, words] of [
    [{ registered: false, blocked: false, evaluation: null }, /shut\. The device is not under management\.$/],
    [
      { registered: true, blocked: true, evaluation: null },
      /shut\. An administrator has blocked the device\.$/,
    ],
    [
      { registered: true, blocked: false, evaluation: null },
      /quarantine\. The device has not reported since/,
    ],
  ] as const) {
    const { text, compliant } = explain({ subject, resolved, now: noon });
    assert.equal(text.length, 1);
    assert.match(text[0] ?? '', words);
    assert.equal(compliant, false);
  }
});

test('DEV-09 a contradiction is told', () => {
  const contradictedBy = [{ value: true, source: 'agent', observedAt: noon }] as const;
  const facts = new Map([
    ['storage.encrypted', { value: false, source: 'attested', observedAt: noon, contradictedBy }],
  ] as const);
  const evaluation = evaluate(rules, facts, { now: noon, lastCheckInAt: noon, device: laptop });
  const { text } = explain({
    subject: { registered: true, blocked: false, evaluation },
    resolved,
    now: noon,
  });
  assert.ok(text.some((line) => line.includes('the agent says yes and is trusted less')));
});

test('settings that changed since the evaluation are left out rather than made up', () => {
  const evaluation = evaluate(rules, knownFacts(), { now: noon, lastCheckInAt: noon, device: laptop });
  const subject = { registered: true, blocked: false, evaluation };
  const { rules: chain } = explain({ subject, resolved: resolveSettings([]), now: noon });
  assert.deepEqual(
    chain.find(({ rule }) => rule === 'encryption')?.demands.map(({ setting }) => setting),
    ['encryption.grace-minutes'],
  );
});

test('the explanation decides nothing: its gates are those of the one decision', () => {
  fc.assert(
    fc.property(settingsArbitrary, factsArbitrary, (settings, facts) => {
      const of = resolveSettings([policy('P', { settings })]);
      const evaluation = evaluate(rulesFromSettings(of, 'linux'), facts, {
        now: noon,
        lastCheckInAt: noon,
        device: laptop,
      });
      const subject = { registered: true, blocked: false, evaluation };
      const explanation = explain({ subject, resolved: of, now: noon });
      assert.deepEqual(explanation.gates, decideAllAccess(subject));
      assert.equal(explanation.rules.length, evaluation.verdicts.length);
      for (const line of explanation.text) assert.match(line, /^\P{Cc}+$/u);
    }),
  );
});

test('DEV-12 text from a device is quoted, shortened and cannot disturb a terminal', () => {
  assert.equal(formatValue('a\u001b[31mb\u202ec"d'), '"a?[31mb?c?d"');
  assert.equal(formatValue('x'.repeat(200)).length, 82);
  assert.equal(formatValue(['a', true, 3]), '"a", yes, 3');
  assert.equal(formatValue([]), 'none');
  assert.equal(formatValue(8, 'characters'), '8 characters');
});

test('spans are told in the largest unit that fits', () => {
  assert.deepEqual(
    [0, 999, 1_000, 61_000, 3_600_000, 7_300_000, 90_000_000, 200_000_000].map(formatDuration),
    ['a moment', 'a moment', '1 second', '1 minute', '1 hour', '2 hours', '1 day', '2 days'],
  );
});
