import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AssignedPolicy, resolveSettings } from '../settings/resolve.ts';
import type { Language } from '../languages.ts';
import { settingsArbitrary } from '../settings/settings-arbitrary.ts';
import { decideAllAccess } from './access.ts';
import type { ComplianceRule, RuleException } from './compliance-rule.ts';
import { evaluate } from './evaluate.ts';
import {
  assignedRule,
  assignedRulesArbitrary,
  factsArbitrary,
  inForce,
  knownFacts,
  laptop,
  minute,
  noon,
} from './device-arbitrary.ts';
import { explain } from './explain.ts';
import type { Gate } from './gate.ts';
import { formatDuration, formatValue } from './plain-language.ts';
import { rulesFromSettings } from './rules.ts';
import { render } from './wording/render.ts';

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

function explained(
  values: Parameters<typeof knownFacts>[0],
  now = noon + 5 * minute,
  language: Language = 'en',
) {
  const evaluation = evaluate(rules, knownFacts(values), { now: noon, lastCheckInAt: noon, device: laptop });
  return explain({ subject: { registered: true, blocked: false, evaluation }, resolved, now, language });
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

test('CMP-21 it can be read aloud in German', () => {
  const { text } = explained({ values: { 'passcode.set': false } }, undefined, 'de');
  assert.deepEqual(text.slice(0, 8), [
    'Netz, E-Mail, VPN, Apps, Inhalte: in Quarantäne.',
    'Ein ausreichender Gerätecode ist eingerichtet: verletzt, in der Nachfrist. Es ist kein Gerätecode eingerichtet.',
    '  Gesehen: passcode.set = nein, laut dem Agenten vor 5 Minuten.',
    '  Verlangt: passcode.required = ja, aus der Richtlinie "Basic" Version 3, zugewiesen an die Organisation "Acme".',
    '  Verlangt: passcode.grace-minutes = 30 Minuten, aus der Richtlinie "Sales" Version 7, zugewiesen an die Gruppe "Sales".',
    '  Wirkung: Netz in Quarantäne, E-Mail in Quarantäne, VPN in Quarantäne, Apps in Quarantäne, Inhalte in Quarantäne.',
    '  Abhilfe: Richten Sie für jedes Konto, das sich anmelden kann, einen Gerätecode oder ein Kennwort ein.',
    '  Die Nachfrist endet am 2026-11-21 12:30 UTC, in 25 Minuten.',
  ]);
  assert.equal(text.at(-1), 'Ohne neue Meldung ändert sich das am 2026-11-21 12:30 UTC.');
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

describe('assigned rules are explained along the same chain', () => {
  const stages = [
    { afterMinutes: 0, actions: [{ kind: 'notify-user', by: ['push', 'mail'] }] },
    { afterMinutes: 60, actions: [{ kind: 'restrict', gates: ['vpn'] }] },
  ] as const;
  const plain = { 'storage.encrypted': false } as const;
  const explainRules = (rule: ComplianceRule, minutes: number, exceptions: readonly RuleException[] = []) => {
    const inForceNow = inForce([rule]);
    const at = { lastCheckInAt: noon, device: laptop, exceptions };
    const facts = knownFacts({ values: plain });
    const previous = evaluate(inForceNow, facts, { ...at, now: noon });
    const now = noon + minutes * minute;
    const evaluation = evaluate(inForceNow, facts, { ...at, now, previous });
    return explain({ subject: { registered: true, blocked: false, evaluation }, resolved, now });
  };

  test('CMP-21, CMP-22 rule and version, assignment, stages, effects, and that the network does not learn of it', () => {
    const rule = assignedRule('encryption', {}, { name: 'Disks', version: 4, gates: ['mail'], stages });
    const { text, compliant, networkCompliant, rules: chain } = explainRules(rule, 60);
    assert.equal(compliant, false);
    assert.equal(networkCompliant, true);
    assert.equal(chain[0]?.countsForNetwork, false);
    assert.deepEqual(text, [
      'network, apps, content: open.',
      'mail, vpn: shut.',
      'The device is not compliant, but the network is told that it is: "Disks" does not count for the network.',
      'Disks: broken. Storage is not encrypted.',
      '  Seen: storage.encrypted = no, stated by the agent 1 hour ago.',
      '  Demanded: by rule "Disks" version 4, assigned to organization "Acme".',
      '  Stage 1: the user is told by push, mail.',
      '  Stage 2: vpn shut.',
      '  Effect: mail shut, vpn shut.',
      '  The network does not learn of this.',
      `  Mend: ${chain[0]?.remedy}`,
    ]);
  });

  test('an exception is told with its reason and its end', () => {
    const until = noon + 90 * minute;
    const exception = { exceptionId: 'e1', rule: 'r1', reason: 'Being repaired.', until };
    const { text, gates } = explainRules(assignedRule('encryption', {}), 0, [exception]);
    assert.equal(gates.network.access, 'allow');
    assert.ok(text.includes('  Excepted: until 2026-11-21 13:30 UTC. Being repaired.'));
    assert.ok(text.includes('  Without any report, this changes at 2026-11-21 13:30 UTC.'));
  });

  test('who may not see a fact is told its name only', () => {
    const evaluation = evaluate(inForce([assignedRule('encryption', {})]), knownFacts({ values: plain }), {
      now: noon,
      lastCheckInAt: noon,
      device: laptop,
    });
    const { text } = explain({
      subject: { registered: true, blocked: false, evaluation },
      resolved,
      now: noon,
      mayShow: (fact) => fact !== 'storage.encrypted',
    });
    assert.ok(text.some((line) => line.includes('storage.encrypted = "not shown"')));
  });
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
    fc.property(settingsArbitrary, assignedRulesArbitrary, factsArbitrary, (settings, assigned, facts) => {
      const of = resolveSettings([policy('P', { settings })]);
      const evaluation = evaluate(inForce(assigned, settings, 'linux'), facts, {
        now: noon,
        lastCheckInAt: noon,
        device: laptop,
      });
      const subject = { registered: true, blocked: false, evaluation };
      const explanation = explain({ subject, resolved: of, now: noon });
      for (const [gate, { access, reasons }] of Object.entries(decideAllAccess(subject)))
        assert.deepEqual(explanation.gates[gate as Gate], {
          access,
          reasons: reasons.map(({ says, ...reason }) => ({ ...reason, text: render(says) })),
        });
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
