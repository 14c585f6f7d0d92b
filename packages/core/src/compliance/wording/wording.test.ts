/** Everything that explains a verdict to a person exists in every language, whatever the rule and the device. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { barCauses, type DeviceState, deviceStates, type Platform, platforms } from '../../devices/device.ts';
import type { FactName } from '../../facts/catalogue.ts';
import { factSources, type Facts, type FactValue, type StoredFact } from '../../facts/types.ts';
import { languages } from '../../languages.ts';
import { type AssignedPolicy, resolveSettings } from '../../settings/resolve.ts';
import { settingsArbitrary } from '../../settings/settings-arbitrary.ts';
import type { Action, ComplianceRule } from '../compliance-rule.ts';
import type { DemandOf, Demands } from '../demands.ts';
import {
  ageArbitrary,
  assignedRule,
  factsArbitrary,
  fromWorstToBest,
  hour,
  inForce,
  laptop,
  minute,
  noon,
} from '../device-arbitrary.ts';
import { evaluate } from '../evaluate.ts';
import { demandOfEveryKind } from '../every-kind.ts';
import { explain } from '../explain.ts';
import { ruleKinds } from '../rule-kind.ts';
import { readEvaluation, writeEvaluation } from '../stored-evaluation.ts';
import type { AccessSubject } from '../access.ts';
import { summarizeStanding } from '../summarize.ts';
import type { RuleVerdict } from '../verdict.ts';
import type { MessageKey } from './message.ts';
import { englishMessages } from './english-messages.ts';
import { render } from './render.ts';

/** What no reader may ever see, in whatever language. */
const broken = /undefined|null|NaN|Infinity|\[object|[{}$]|Invalid Date/;

/** More than one demand of a kind, so that every finding of it is met somewhere. */
const furtherDemands = {
  passcode: [
    { required: false, minimumClasses: 3 },
    { required: false, maximumAgeDays: 90 },
    { required: false, history: 5 },
    { minimumLength: 8, minimumClasses: 3, maximumAgeDays: 90, history: 5 },
    { minimumLength: 1, minimumClasses: 1, maximumAgeDays: 1, history: 1 },
  ],
  apps: [
    { forbidden: [{ id: 'com.game.*', name: 'Games', version: '2.0' }] },
    { allowedOnly: [{ id: 'com.acme.*' }] },
    { required: Array.from({ length: 12 }, (_, index) => ({ id: `com.acme.a${index}` })) },
  ],
  'minimum-os': [{ versions: {}, models: [{ model: 'MacBook*', version: '26.1' }] }],
  activesync: [{ authorized: true }, { authorized: false, maximumSilenceHours: 24 }],
  roaming: [{ when: 'data' }],
  'data-plan': [{ maximumPercent: 50, limitBytes: 1_000 }],
  'screen-lock': [{}],
  geofence: [
    {
      areas: Array.from({ length: 5 }, (_, index) => ({
        shape: 'circle' as const,
        name: `Depot ${index}`,
        center: { latitude: 47.4, longitude: 8.5 },
        radiusMeters: 500,
      })),
      must: 'outside',
      hysteresisMeters: 50,
      dwellMinutes: 0,
    },
  ],
  custom: [
    { expression: 'storage.encrypted', text: 'Own words.', remedy: 'Own remedy.' },
    { expression: 'age("storage.encrypted") < duration("24h")', text: 'Own words.', remedy: 'Own remedy.' },
  ],
} as const satisfies { [K in keyof Demands]?: readonly DemandOf<K>[] };

const everyRule: readonly ComplianceRule[] = ruleKinds.flatMap((kind) => [
  assignedRule(kind, demandOfEveryKind[kind]),
  ...((furtherDemands as Partial<Record<typeof kind, readonly unknown[]>>)[kind] ?? []).map((demand) =>
    assignedRule(kind, demand as never),
  ),
]);

const further = {
  'apps.installed': [
    [],
    [{ id: 'com.acme.mail', name: 'Mail', version: '1.0', source: 's' }],
    [
      { id: 'com.game.chess', name: 'Chess', version: '1.0', source: 's' },
      { id: 'org.other', name: 'Other', version: '3', source: 's' },
    ],
  ],
  'location.services': [true, false],
  'location.latitude': [47.4, 48.0, 47.4045],
  'location.longitude': [8.5],
  'location.accuracy-meters': [5, 5_000],
  'roaming.active': [true, false],
  'roaming.data': [true, false],
  'cellular.data-used-bytes': [0, 900, 2_000_000],
  'cellular.data-limit-bytes': [1_000_000],
  'sim.id': ['8949', '8950'],
  'activesync.authorized': [true, false],
  'activesync.last-seen': ['2026-11-21T11:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  'device.model': ['MacBookPro18,3', 'iPhone15,2'],
  'passcode.compliant-with-profiles': [true, false],
  'hardware.memory-bytes': [1, 8_000_000_000],
} as const satisfies Partial<Record<FactName, readonly FactValue[]>>;

const furtherFacts = fc
  .record(
    Object.fromEntries(
      Object.entries(further).map(([name, values]) => [
        name,
        fc.record({
          value: fc.constantFrom<FactValue>(...values),
          source: fc.constantFrom(...factSources),
          observedAt: ageArbitrary.map((age) => noon - age),
        }),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((facts) => Object.entries(facts) as unknown as [FactName, StoredFact][]);

const deviceArbitrary = fc.record({
  before: fc.tuple(factsArbitrary, furtherFacts),
  now: fc.tuple(factsArbitrary, furtherFacts),
  platform: fc.constantFrom<Platform>(...platforms),
  state: fc.constantFrom<DeviceState>(...deviceStates),
  acknowledged: fc.constantFrom(null, 'v1', 'v0'),
  lastCheckInAt: fc.option(ageArbitrary.map((age) => noon - age)),
  whenUnknown: fc.constantFrom('quarantine', 'compliant', 'not-compliant'),
  graceMinutes: fc.constantFrom(0, 30, 100_000),
  laterMs: fc.constantFrom(0, minute, 30 * hour),
});

type Device = typeof deviceArbitrary extends fc.Arbitrary<infer D> ? D : never;

/** Sound and unsound devices, young and old facts: with these, each rule says everything that it can say. */
const examples: readonly Device[] = [0, 1, 2].flatMap((which) =>
  [true, false].flatMap((sound) =>
    [0, 400 * hour].flatMap((age) => {
      const known = (value: FactValue): StoredFact => ({ value, source: 'agent', observedAt: noon - age });
      const judgedValues = Object.entries(fromWorstToBest).map(
        ([name, values]) => [name, known(values.at(sound ? -1 : 0) ?? 0)] as const,
      );
      const others = Object.entries(further).map(
        ([name, values]) => [name, known(values[which % values.length] ?? 0)] as const,
      );
      const facts = [new Map(judgedValues), others] as unknown as Device['now'];
      return deviceStates.map(
        (state): Device => ({
          before: facts,
          now: facts,
          platform: 'macos',
          state,
          acknowledged: sound ? 'v1' : null,
          lastCheckInAt: sound ? noon : null,
          whenUnknown: 'quarantine',
          graceMinutes: 0,
          laterMs: 30 * hour,
        }),
      );
    }),
  ),
);

const everyAction: readonly Action[] = [
  { kind: 'notify-user', by: ['push', 'mail', 'sms'] },
  { kind: 'alert-administrators' },
  { kind: 'restrict', gates: ['mail', 'content'] },
  { kind: 'quarantine' },
  { kind: 'remove-profiles' },
  { kind: 'lock' },
  { kind: 'selective-wipe' },
  { kind: 'full-wipe' },
];

const factsOf = ([first, second]: readonly [Facts, [FactName, StoredFact][]]): Facts =>
  new Map([...first, ...second]);

function judged(rule: ComplianceRule, device: Device) {
  const { platform, state, acknowledged, lastCheckInAt, whenUnknown, graceMinutes, laterMs } = device;
  const stages = [{ afterMinutes: 0, actions: everyAction }];
  const rules = inForce([{ ...rule, whenUnknown, graceMinutes, stages }], {}, platform);
  const context = {
    lastCheckInAt,
    device: { ...laptop, platform, state, acknowledgedPolicyVersion: acknowledged },
  };
  const previous = evaluate(rules, factsOf(device.before), { ...context, now: noon });
  return evaluate(rules, factsOf(device.now), { ...context, previous, now: noon + laterMs });
}

const isOurs = ({ says, mends }: RuleVerdict) => [...says, ...mends].every(([key]) => key !== 'text');

function assertSpoken(text: string, what: string): void {
  assert.doesNotMatch(text, broken, what);
  assert.match(text, /^[A-ZÄÖÜ"0-9].*[.)]$/u, what);
}

describe('every verdict is put into words in every language', () => {
  const said = new Set<string>();
  for (const rule of everyRule) {
    test(`${rule.kind} ${JSON.stringify(rule.demand).slice(0, 60)}`, () => {
      fc.assert(
        fc.property(deviceArbitrary, (device) => {
          for (const verdict of judged(rule, device).verdicts) {
            for (const messages of [verdict.says, verdict.mends]) {
              for (const [key] of messages) said.add(key);
              if (messages.length === 0) continue;
              const texts = languages.map((language) => render(messages, language));
              for (const text of texts) assertSpoken(text, JSON.stringify(messages));
              if (isOurs(verdict)) assert.equal(new Set(texts).size, texts.length, texts[0]);
            }
          }
        }),
        { numRuns: 150, examples: examples.map((example): [Device] => [example]) },
      );
    });
  }

  test('no message is there that no rule says', () => {
    const elsewhere: readonly MessageKey[] = [
      'standing.unmanaged',
      'standing.blocked',
      'standing.ask-to-unblock',
      'standing.barred',
      'standing.barred-because',
      'standing.barred-certificate',
      'standing.ask-to-let-in',
      'standing.ask-for-certificate',
      'enrollment.barred',
      'standing.wiping',
      'standing.never-reported',
      // Needs four breaks within ten minutes.
      'restless',
      'restless.leave',
      // A time in the future of the gateway, which its fact's shape lets through as text.
      'mail.unreadable',
    ];
    // What the mail gateway says of itself is no rule's: see mail/decide-mail-access.test.ts.
    const unsaid = () =>
      Object.keys(englishMessages).filter((key) => !said.has(key) && !key.startsWith('mail-gate.'));
    // A hundred and fifty devices a rule may by chance have lacked one that hears a rare sentence: it is looked for on.
    for (let looks = 0; looks < 200 && unsaid().length > elsewhere.length; looks += 1)
      for (const device of fc.sample(deviceArbitrary, 100))
        for (const rule of everyRule)
          for (const { says, mends } of judged(rule, device).verdicts)
            for (const [key] of [...says, ...mends]) said.add(key);
    assert.deepEqual(unsaid().toSorted(), elsewhere.toSorted());
  });
});

test('whole explanations are told in every language, in lines without gaps', () => {
  const policy: AssignedPolicy = {
    policyId: 'p',
    name: 'Grundschutz',
    version: 3,
    settings: {},
    path: { targetKind: 'group', targetId: 'g', targetName: 'Vertrieb' },
    priority: 0,
  };
  const input = fc.tuple(settingsArbitrary, fc.constantFrom(...everyRule), deviceArbitrary);
  fc.assert(
    fc.property(input, ([settings, rule, device]) => {
      const resolved = resolveSettings([{ ...policy, settings }]);
      const evaluation = judged({ ...rule, name: 'Regel' }, device);
      const stored = readEvaluation(JSON.parse(JSON.stringify(writeEvaluation(evaluation))));
      const subjects: readonly AccessSubject[] = [
        { registered: true, blocked: false, evaluation: stored },
        { registered: true, blocked: true, evaluation: null },
        { registered: true, blocked: true, bar: { cause: 'order', reason: 'Gone' }, evaluation: null },
        { registered: true, blocked: true, bar: { cause: 'order', reason: null }, evaluation: null },
        { registered: true, blocked: true, bar: { cause: 'certificate', reason: null }, evaluation: null },
        { registered: false, blocked: false, evaluation: null },
        { registered: true, blocked: false, evaluation: null },
      ];
      for (const subject of subjects) {
        const told = languages.map((language) => explain({ subject, resolved, now: noon, language }));
        assert.equal(new Set(told.map(({ text }) => text.length)).size, 1);
        for (const { text } of told) for (const line of text) assert.doesNotMatch(line, broken);
        for (const [index, line] of (told[0]?.text ?? []).entries())
          assert.notEqual(line, told[1]?.text[index], 'nothing is left in English');
      }
    }),
    { numRuns: 300 },
  );
});

test('where a device stands is told in every language', () => {
  const evaluation = evaluate([], new Map(), { now: noon, lastCheckInAt: null, device: laptop });
  for (const state of deviceStates.filter((each) => each !== 'registered')) {
    const told = languages.map((language) =>
      summarizeStanding({ state, barred: null }, evaluation, language),
    );
    assert.notEqual(told[0]?.failureReason, told[1]?.failureReason);
    for (const { failureReason, remediation } of told) {
      assertSpoken(failureReason ?? '', state);
      if (remediation !== null) assertSpoken(remediation, state);
    }
  }
});

test('a barred device is told that it is shut out, not what was said of it', () => {
  const evaluation = evaluate([], new Map(), { now: noon, lastCheckInAt: null, device: laptop });
  const [order, certificate] = barCauses.map((barred) =>
    summarizeStanding({ state: 'blocked', barred }, evaluation, 'en'),
  );
  assert.deepEqual(order, {
    failureReason: 'The device has been shut out of every gate.',
    remediation: 'Ask an administrator to let the device in again.',
  });
  assert.deepEqual(certificate, {
    failureReason: 'The device has been shut out of every gate, because its certificate was revoked.',
    remediation: 'Ask an administrator to have the device enrolled anew, or to let it in again.',
  });
  const german = summarizeStanding({ state: 'blocked', barred: 'order' }, evaluation, 'de');
  assert.equal(german.failureReason, 'Das Gerät wurde von allen Zugängen ausgeschlossen.');
});

test('a message of another version is said to be one', () => {
  assert.equal(
    render([['never-heard-of'] as never], 'de'),
    'Das stammt von einer anderen Version des Servers.',
  );
});
