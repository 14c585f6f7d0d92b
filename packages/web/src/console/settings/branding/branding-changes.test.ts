import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBrandingChanges, withWords } from './branding-changes.ts';

test('an emptied field takes the value away, and one that was not touched stays', () => {
  assert.deepEqual(toBrandingChanges({ name: ' ', accent: '' }), { name: null, accent: null });
  assert.deepEqual(toBrandingChanges({ accent: '#0b5cad' }), { accent: '#0b5cad' });
});

test('words are kept by language and place; where nothing is said there is nothing', () => {
  const texts = withWords({}, 'de', 'mail', 'Grüße');
  assert.deepEqual(texts, { de: { mail: 'Grüße' } });
  assert.deepEqual(withWords(texts, 'en', 'portal', 'Hello'), {
    de: { mail: 'Grüße' },
    en: { portal: 'Hello' },
  });
  assert.deepEqual(withWords(texts, 'de', 'mail', ''), {});
});
