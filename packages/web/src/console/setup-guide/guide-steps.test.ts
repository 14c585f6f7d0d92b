import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doneCount, guideSteps, nextStep } from './guide-steps.ts';

const nobody = new Set<string>();
const stateOf = (found: Parameters<typeof guideSteps>[0], name: string, accepted = nobody) =>
  guideSteps(found, accepted).find((step) => step.name === name)?.state;

test('ARC-15 the steps come in their order, and the first that is open is the next one', () => {
  const steps = guideSteps({}, new Set(['read']));
  assert.deepEqual(
    steps.map(({ name }) => name),
    ['read', 'organization', 'push', 'policy', 'schedule', 'compliance', 'administrators', 'devices'],
  );
  assert.equal(nextStep(steps), undefined, 'what is not known yet is nobody’s next step');
  const known = guideSteps({ support: false, push: 'valid' }, new Set(['read']));
  assert.equal(nextStep(known), 'organization');
  assert.equal(doneCount(known), 2);
});

test('ARC-14 what is done is read from the organization, not remembered', () => {
  assert.equal(stateOf({ support: true }, 'organization'), 'done');
  assert.equal(stateOf({ push: 'missing' }, 'push'), 'open');
  assert.equal(stateOf({ push: 'expiring' }, 'push'), 'done');
  assert.equal(
    stateOf({ push: 'expired' }, 'push', new Set(['push'])),
    'trouble',
    'an old yes hides no trouble',
  );
  assert.equal(stateOf({ policyVersions: [1] }, 'policy'), 'open');
  assert.equal(stateOf({ policyVersions: [2] }, 'policy'), 'done');
  assert.equal(stateOf({ scheduleVersions: [1, 1] }, 'schedule'), 'done');
  assert.equal(stateOf({ deciders: 1 }, 'administrators'), 'open');
  assert.equal(stateOf({ deciders: 2 }, 'administrators'), 'done');
  assert.equal(stateOf({ rulesInForce: 0 }, 'compliance', new Set(['compliance'])), 'accepted');
  assert.equal(
    stateOf({ devices: 0 }, 'devices', new Set(['devices'])),
    'open',
    'devices cannot be done without',
  );
});
