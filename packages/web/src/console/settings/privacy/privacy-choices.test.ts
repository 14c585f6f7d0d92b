import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectedFrom, withCollected, withOwnAction } from './privacy-choices.ts';

test('where nothing is said, personal facts are collected from corporate devices alone', () => {
  assert.deepEqual(collectedFrom(undefined, 'corporate'), ['personal', 'sensitive']);
  assert.deepEqual(collectedFrom({ corporate: [] }, 'personal'), []);
  assert.deepEqual(withCollected(undefined, 'corporate', 'sensitive', false), { corporate: ['personal'] });
  assert.deepEqual(withCollected({ personal: [] }, 'personal', 'personal', true), { personal: ['personal'] });
});

test('a tick of the portal changes its own action and leaves the others to their defaults', () => {
  assert.deepEqual(withOwnAction(undefined, 'erase', 'personal', true), {
    actions: { erase: ['corporate', 'personal'] },
  });
  assert.deepEqual(withOwnAction({ enrol: false, actions: { lock: [] } }, 'locate', 'personal', false), {
    enrol: false,
    actions: { lock: [], locate: ['corporate', 'unspecified'] },
  });
});
