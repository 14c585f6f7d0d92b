import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complianceTexts } from '../texts.ts';
import { changedThing, changeText } from './change-text.ts';
import { simulationPageTexts } from './texts.ts';

const text = (change: unknown) => changeText(change, simulationPageTexts.say, complianceTexts.say);

test('what was simulated is said in a line, whatever is stored', () => {
  assert.equal(text({ kind: 'new-rule', rule: { name: 'Games' } }), 'New rule “Games”');
  assert.equal(
    text({ kind: 'os-version', platform: 'ios', version: '26.1' }),
    'iOS and iPadOS 26.1 on every device',
  );
  assert.equal(text({ kind: 'rule', changes: null }), 'Rule deleted');
  for (const odd of [null, 7, {}, { kind: 'else' }, { kind: 'new-rule', rule: 'x' }])
    assert.ok(text(odd).length > 2);
});

test('a simulation leads to what it was about', () => {
  assert.equal(changedThing({ kind: 'rule', ruleId: 'a/b' }), '/compliance/rules/a%2Fb');
  assert.equal(changedThing({ kind: 'os-version' }), undefined);
  assert.equal(changedThing(null), undefined);
});
