import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factNames } from '../facts/catalogue.ts';
import { languages } from '../languages.ts';
import { factAreas, factAreaWords, factWords } from './fact-words.ts';

test('every fact has its words for people in every language, in an area that has a name', () => {
  for (const language of languages) {
    for (const area of factAreas) assert.ok(factAreaWords(area, language).length > 2);
    const texts = factNames.map((name) => factWords(name, language).text);
    for (const [index, text] of texts.entries()) {
      assert.match(text, /^\p{Lu}.{3,90}[^.]$/u, factNames[index]);
      assert.doesNotMatch(text, /[A-Z]{3}-\d|[a-z]+\.[a-z]/, 'no ids of ours');
    }
    assert.equal(new Set(texts).size, texts.length, 'no two read alike');
  }
});
