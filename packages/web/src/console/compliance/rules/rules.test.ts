import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComplianceRule } from '@gatehouse/contracts/admin/rules.ts';
import { demandForms } from '@gatehouse/core/compliance/demand-forms.ts';
import type { Form } from '@gatehouse/core/compliance/form.ts';
import { isPolicyRuleKind, ruleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { ruleCatalogue } from '@gatehouse/core/compliance/rules.ts';
import { complianceTexts } from '../texts.ts';
import { emptyObject, formAt, pathOf, placeIn, tidied } from './demand-values.ts';
import { checkExpression, completionsAt } from './expression-check.ts';
import { complaintText } from './problem-words.ts';
import {
  changesOf,
  draftOf,
  formOf,
  newDraft,
  type RuleDraft,
  type RuleKindInfo,
  toNewRule,
  withKind,
} from './rule-draft.ts';
import { complaintsAbout, warningsAbout } from './rule-reader.ts';
import { sentenceOf } from './rule-sentence.ts';
import { asleep, cautionAbout, ringsFrom, rolloutOf } from './save-plan.ts';
import { inUnit, ladderOf, toMinutes, withStage, withTime } from './stage-ladder.ts';
import { ruleTexts } from './texts.ts';

const infoOf = (kind: RuleDraft['kind']): RuleKindInfo => ({
  kind,
  title: kind,
  severity: ruleCatalogue[kind].severity,
  purpose: ruleCatalogue[kind].purpose,
  gates: [...ruleCatalogue[kind].defaultGates],
  facts: [],
  fromPolicies: isPolicyRuleKind(kind),
  demand: demandForms[kind],
});
const say = ruleTexts.say;
const saying = { rule: say, shared: complianceTexts.say, language: 'en' } as const;
const minimumOs = infoOf('minimum-os');
const written: RuleDraft = {
  ...newDraft(minimumOs),
  name: 'New enough',
  demand: { versions: { ios: '18.0' } },
  graceMinutes: 3 * 24 * 60,
};

test('each kind of rule has a form that is filled as far as can be guessed, and a name for each of its fields', () => {
  const names = new Set<string>();
  const collect = (form: Form): void => {
    if (form.type === 'list') collect(form.of);
    if (form.type === 'variant') {
      names.add(form.by);
      for (const each of Object.values(form.forms)) collect(each);
    }
    if (form.type !== 'object') return;
    for (const [name, field] of Object.entries(form.fields)) {
      names.add(name);
      collect(field);
    }
  };
  for (const kind of ruleKinds) {
    collect(demandForms[kind]);
    assert.deepEqual(Object.keys(newDraft(infoOf(kind)).demand), Object.keys(emptyObject(demandForms[kind])));
  }
  for (const name of names) {
    assert.notEqual(say(`field.${name}` as 'field.name'), `field.${name}`, `field.${name} has a text`);
  }
});

test('a rule reads as one sentence, from what is demanded to what is unknown', () => {
  const text = sentenceOf(
    {
      ...written,
      gates: ['mail', 'apps'],
      stages: [
        { afterMinutes: 0, actions: [{ kind: 'notify-user', by: ['push', 'mail'] }] },
        { afterMinutes: 4320, actions: [{ kind: 'selective-wipe' }] },
      ],
      maximumFactAgeHours: 48,
    },
    minimumOs,
    ['Sales'],
    saying,
  ).join(' ');
  assert.equal(
    text,
    'If not: The operating system is new enough (iOS and iPadOS 18.0), for Sales, then after 3 days no access at Mail, Apps; ' +
      'at once: Tell the user (on the device, by mail); after 3 days: Selective wipe; ' +
      'and if nothing is known or it is older than 2 days, treat it as unknown.',
  );
});

test('what is wrong is told at its place and in words of the form', () => {
  const wrong = { ...written, name: ' ', demand: { versions: { ios: 'eighteen' } } };
  const complaints = complaintsAbout(wrong, minimumOs);
  assert.deepEqual(
    complaints.map(({ place }) => place),
    ['name', 'demand.versions.ios'],
  );
  assert.deepEqual(
    complaints.map((each) => complaintText(each, formOf(minimumOs), say)),
    ['Give the rule a name.', 'iOS and iPadOS: a version number, such as 18.1.'],
  );
  const nothing = complaintsAbout({ ...written, demand: { versions: {} } }, minimumOs);
  assert.match(
    nothing.map((each) => complaintText(each, formOf(minimumOs), say)).join(),
    /demands nothing yet/,
  );
  assert.deepEqual(complaintsAbout(written, minimumOs), []);
});

test('an expression is read while it is typed, and the place where it is wrong is pointed at', () => {
  const source = 'storage.encrypted &&\n  security.nonsense';
  const found = checkExpression(source);
  assert.equal(found.state, 'wrong');
  if (found.state !== 'wrong') return;
  assert.deepEqual([found.line, found.column], [2, 11]);
  assert.equal(found.pointer.indexOf('^'), found.column - 1);
  assert.match(found.problem, /there is no "security\.nonsense"/);
  assert.deepEqual(checkExpression('storage.encrypted'), { state: 'good', reads: ['storage.encrypted'] });
  assert.deepEqual(checkExpression(' '), { state: 'empty' });
  const custom = infoOf('custom');
  const draft = {
    ...newDraft(custom),
    name: 'Mine',
    demand: { expression: 'storage.encryted', text: 'It is plain.', remedy: 'Encrypt it.' },
  };
  const [complaint] = complaintsAbout(draft, custom);
  assert.deepEqual([complaint?.place, complaint?.at?.position], ['demand.expression', 7]);
});

test('names of facts are completed after two characters, those that begin so first', () => {
  assert.deepEqual(completionsAt('s', 1), []);
  const [first] = completionsAt('device.platform == "ios" && stora', 33);
  assert.deepEqual([first?.name.startsWith('storage.'), first?.from], [true, 28]);
});

test('what was not written is not sent, and only what is another is a change', () => {
  const apps = infoOf('apps');
  const draft = {
    ...newDraft(apps),
    name: ' Games ',
    demand: { forbidden: [{ id: 'a.b', name: '' }], required: [] },
  };
  assert.deepEqual(toNewRule(draft, apps).demand, { forbidden: [{ id: 'a.b' }] });
  assert.equal(toNewRule(draft, apps).name, 'Games');
  const saved: ComplianceRule = {
    ...draftOf({ ...written, id: 'x', version: 4, createdAt: 't', updatedAt: 't' }),
    id: 'x',
    version: 4,
    createdAt: 't',
    updatedAt: 't',
  };
  assert.equal(changesOf(saved, written, minimumOs), undefined);
  assert.deepEqual(changesOf(saved, { ...written, graceMinutes: 0 }, minimumOs), { graceMinutes: 0 });
  const others = withKind({ ...written, stages: withStage([]) }, infoOf('roaming'));
  assert.deepEqual([others.name, others.gates, others.stages.length], ['New enough', [], 1]);
  assert.deepEqual(
    tidied(demandForms.geofence, { areas: [], must: 'inside', hysteresisMeters: 1, dwellMinutes: 0 }),
    {
      areas: [],
      must: 'inside',
      hysteresisMeters: 1,
      dwellMinutes: 0,
    },
  );
});

test('a ladder shows who stands on each rung and who comes next, and which rungs pass the guard', () => {
  const stages = [
    { afterMinutes: 0, actions: [{ kind: 'notify-user' as const, by: ['mail' as const] }] },
    { afterMinutes: 60, actions: [{ kind: 'full-wipe' as const }] },
  ];
  const rungs = ladderOf(stages, { notCompliant: 3, inGrace: 2, unknown: 0, atStage: { 1: 2, 2: 1 } });
  assert.deepEqual(
    rungs.map(({ devices, coming, guarded }) => [devices, coming, guarded]),
    [
      [2, 2, false],
      [1, 4, true],
    ],
  );
  assert.equal(ladderOf(stages)[0]?.devices, undefined);
  assert.deepEqual(
    withTime(stages, 0, 90).map(({ afterMinutes }) => afterMinutes),
    [60, 90],
  );
  assert.deepEqual(
    [0, 60, 90, 1440].map((minutes) => inUnit(minutes)),
    [
      { amount: 0, unit: 'hours' },
      { amount: 1, unit: 'hours' },
      { amount: 90, unit: 'minutes' },
      { amount: 1, unit: 'days' },
    ],
  );
  assert.equal(toMinutes(2, 'days'), 2880);
});

test('a rule that catches nobody or a fifth of the fleet makes its author look twice', () => {
  const counts = (changed: number, becomeNotCompliant: number) => ({
    changed,
    becomeNotCompliant,
    newlyDenied: 0,
  });
  assert.deepEqual(cautionAbout({ fleet: 10, counts: counts(0, 0) }), { kind: 'catches-nobody' });
  assert.equal(cautionAbout({ fleet: 10, counts: counts(2, 2) }), undefined);
  assert.deepEqual(cautionAbout({ fleet: 10, counts: counts(3, 3) }), {
    kind: 'catches-many',
    count: 3,
    percent: 30,
  });
});

test('rings are shares that rise to everybody; a new rule is made asleep, and the rings wake it', () => {
  assert.deepEqual(ringsFrom('1, 10 → 100 %'), [{ percent: 1 }, { percent: 10 }, { percent: 100 }]);
  for (const wrong of ['', '10', '10,5,100', '0,100', 'all', '1.5,100'])
    assert.equal(ringsFrom(wrong), undefined);
  assert.equal(asleep(toNewRule(written, minimumOs)).enabled, false);
  const rings = { rings: [{ percent: 100 }], soakMinutes: 60, tolerance: 2 };
  assert.deepEqual(rolloutOf('x', { enabled: true, expectedVersion: 1, simulationId: 'y' }, rings), {
    item: { kind: 'rule', id: 'x' },
    changes: { enabled: true },
    ...rings,
  });
});

test('places are taken apart, and found in forms', () => {
  assert.deepEqual(pathOf('demand.areas[0].center.latitude'), ['demand', 'areas', 0, 'center', 'latitude']);
  assert.deepEqual(placeIn('stages[1].afterMinutes must be later'), {
    place: 'stages[1].afterMinutes',
    rest: 'must be later',
  });
  assert.equal(formAt(demandForms.geofence, ['areas', 0, 'radiusMeters'])?.type, 'decimal');
  assert.equal(formAt(demandForms.geofence, ['areas', 'x']), undefined);
});

test('a rule from which nothing follows, or too much, is warned of before it is saved', () => {
  assert.match(warningsAbout({ ...written, gates: [] }, minimumOs).join(), /nothing follows/);
  assert.deepEqual(warningsAbout({ ...written, demand: {} }, minimumOs), []);
});
