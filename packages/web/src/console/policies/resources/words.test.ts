import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceCatalogue, resourceKinds } from '@gatehouse/core/resources/catalogue.ts';
import { kindNames } from './kind-names.ts';
import { fieldWords, kindText, kindTitle } from './words.ts';

test('RES-01 … RES-17: every kind of resource and each of its fields has a title in both languages', () => {
  for (const kind of resourceKinds) {
    for (const language of ['en', 'de'] as const) {
      assert.notEqual(kindTitle(kind, language), kind, kind);
      assert.notEqual(kindText(kind, language), '', kind);
      for (const field of Object.keys(resourceCatalogue[kind].fields))
        assert.ok(fieldWords(field, language).title, `${kind}.${field} in ${language}`);
    }
  }
});

test('every kind can be chosen, once', () => {
  assert.deepEqual(kindNames.toSorted(), resourceKinds.toSorted());
});
