import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchKey, searchWords } from './search-words.ts';

test('words are what stands between blanks, or in quotes', () => {
  assert.deepEqual(searchWords('  anna  "zoe’s iPhone" anna '), ['anna', 'zoe’s iPhone']);
  assert.deepEqual(searchWords('"not closed'), ['not closed']);
  assert.deepEqual(searchWords('""'), []);
});

test('MON-03 case, accents and the kind of apostrophe make no difference', () => {
  for (const text of ['ZOË’S', 'zoe\u0308‘s', "Zoe's"]) assert.equal(searchKey(text), "zoe's");
});
