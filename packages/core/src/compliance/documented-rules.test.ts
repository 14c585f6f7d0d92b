import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { actionKinds } from './compliance-rule.ts';
import { parseRule, type RuleInput } from './parse-rule.ts';
import { ruleKinds } from './rule-kind.ts';
import { ruleWarnings } from './rule-warnings.ts';

const page = readFileSync(new URL('../../../../docs/compliance.md', import.meta.url), 'utf8');

test('every rule that the administrators’ page shows can be saved as it stands, without a warning', () => {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text]) => JSON.parse(text ?? '') as RuleInput,
  );
  assert.ok(examples.length >= 5);
  for (const example of examples) assert.deepEqual(ruleWarnings(parseRule(example)), [], example.kind);
});

test('the page names every kind of rule and every action', () => {
  for (const name of [...ruleKinds, ...actionKinds]) assert.ok(page.includes(`\`${name}\``), name);
});
