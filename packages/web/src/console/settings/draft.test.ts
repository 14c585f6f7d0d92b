import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedMembers, contested, keptDraft } from './draft.ts';

test('only what differs from what the server holds is a change', () => {
  const base = { name: 'Acme', hosts: ['a'], days: 3 };
  assert.deepEqual(changedMembers(base, { name: 'Acme', hosts: ['a'] }), {});
  assert.deepEqual(changedMembers(base, { hosts: ['a', 'b'], days: 4 }), { hosts: ['a', 'b'], days: 4 });
  assert.deepEqual(contested({ days: 4 }, { name: 'x', hosts: [], days: 9 }), { days: 9 });
});

test('a draft outlives the page until it is saved, and what is no draft is none', () => {
  const items = new Map<string, string>();
  const store = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  const draft = keptDraft<{ name: string }>(store, 'x');
  draft.write({ name: 'new' });
  assert.deepEqual(keptDraft(store, 'x').read(), { name: 'new' });
  draft.write({});
  assert.equal(items.size, 0);
  for (const junk of ['[1]', 'null', '{', '"x"']) {
    items.set('gatehouse-draft x', junk);
    assert.deepEqual(draft.read(), {});
  }
});
