import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { before, test } from 'node:test';
import { definedTexts, languages } from './texts.ts';

const root = new URL('..', import.meta.url);

before(async () => {
  for (const file of globSync('**/texts.ts', { cwd: root }).concat(globSync('**/*-texts.ts', { cwd: root })))
    await import(new URL(file, root).href);
});

const slotsOf = (text: string) => [...text.matchAll(/\{\{(\w+)[^}]*\}\}/g)].map((match) => match[1]).sort();
const stem = (key: string) => key.replace(/_(?:zero|one|two|few|many|other)$/, '');

test('every text stands in every language, with the same slots, and says something', () => {
  assert.ok(definedTexts.length > 3);
  for (const { namespace, languages: texts } of definedTexts) {
    for (const [key, english] of Object.entries(texts.en)) {
      for (const language of languages) {
        const text = texts[language][key];
        assert.ok(text !== undefined && text.trim() !== '', `${namespace}.${key} in ${language}`);
        assert.deepEqual(slotsOf(text), slotsOf(english), `slots of ${namespace}.${key} in ${language}`);
      }
    }
  }
});

test('a text that counts has a singular and a plural, and no two areas share a name', () => {
  const names = definedTexts.map(({ namespace }) => namespace);
  assert.deepEqual(names, [...new Set(names)]);
  for (const { namespace, languages: texts } of definedTexts) {
    const keys = Object.keys(texts.en);
    for (const key of keys.filter((each) => each !== stem(each))) {
      assert.ok(
        keys.includes(`${stem(key)}_one`) && keys.includes(`${stem(key)}_other`),
        `${namespace}.${key}`,
      );
    }
  }
});

test('German addresses people formally, and screens alone are "gesperrt"', () => {
  for (const { namespace, languages: texts } of definedTexts) {
    for (const [key, text] of Object.entries(texts.de))
      assert.doesNotMatch(text, /\b(?:du|dein|deine|dir|dich)\b/i, `${namespace}.${key}`);
  }
});
