// The rules that docs/radius.md shows are rules, and do what it says they do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NetworkAccessChanges } from '@gatehouse/contracts/admin/network-access.ts';
import {
  chooseReply,
  type NetworkSubject,
  type ReplyRule,
} from '@gatehouse/core/network-access/reply-rules.ts';
import { Value } from 'typebox/value';

const guide = readFileSync(new URL('../../../../../../docs/radius.md', import.meta.url), 'utf8');
const full = '11111111-1111-4111-8111-111111111111';
const partial = '22222222-2222-4222-8222-222222222222';

function rulesIn(text: string): ReplyRule[][] {
  return [...text.matchAll(/```json\n([^`]+)```/g)].map(
    ([, json = '']) =>
      JSON.parse(
        json.replaceAll('"FULL"', `"${full}"`).replaceAll('"PARTIAL"', `"${partial}"`),
      ) as ReplyRule[],
  );
}

test('every list of rules in the guide is one that the API takes', () => {
  const lists = rulesIn(guide);
  assert.equal(lists.length, 2);
  for (const rules of lists)
    assert.ok(Value.Check(NetworkAccessChanges, { rules }), JSON.stringify(rules[0]));
});

test('NAC-38, POL-16 the worked example: private devices by the group of their user, corporate ones apart, all only when they are good', () => {
  const rules = rulesIn(guide)[1] ?? [];
  const choose = (subject: NetworkSubject) => chooseReply(rules, subject);
  const allowed = (ownership: 'corporate' | 'personal' | 'unspecified', ...groupIds: string[]) =>
    choose({ decision: 'allow', ownership, groupIds }).rule;
  assert.equal(allowed('corporate', full), 'Corporate');
  assert.equal(allowed('personal', full, partial), 'Personal_Full');
  assert.equal(allowed('personal', partial), 'Personal_Partial');
  assert.equal(allowed('personal'), 'Personal_Internet-Only');
  assert.equal(allowed('unspecified'), 'Personal_Internet-Only');
  for (const decision of ['quarantine', 'deny'] as const)
    assert.match(choose({ decision, ownership: 'personal', groupIds: [full] }).rule ?? '', /apart/);
  // NAC-39: to the enrolment page
  const stranger = choose({ decision: 'unknown' }).reply;
  assert.ok(
    stranger.kind === 'accept' && stranger.attributes.some(({ value }) => value.includes('/enroll/')),
  );
});
