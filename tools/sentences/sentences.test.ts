/** What the server says to people in passing is there in every language, and nothing is there that nobody says any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { germanSentences } from '@gatehouse/core/sentences/german/index.ts';
import { ofValidation } from '@gatehouse/core/sentences/german/validation.ts';
import { readSourceFiles } from '../architecture/source-files.ts';
import { isSpokenIn, numbered, toldIn } from './told-sentences.ts';

/** Not for readers: descriptions in the middle of code. */
const notTold = new Set([
  'Slug of the organization to act in; for operators.',
  'Answers an `ETag`: a change may send it as `If-Match`.',
  'With `If-Match`, the `ETag` of the look-up: refused with 412 when somebody else changed it meanwhile.',
]);

const sources = readSourceFiles('.').filter(({ path, isTest }) => !isTest && path.startsWith('packages/'));

const unnumbered = (text: string) => text.replaceAll(/\{\d\}/g, '{}');

test('every sentence that the server says in passing has its German', () => {
  const told = sources.filter(({ path }) => isSpokenIn(path)).flatMap(({ path }) => toldIn(path));
  assert.ok(told.length > 400, 'the sources are read');
  const missing = told.filter(
    ({ sentence }) =>
      /\w/.test(sentence.replaceAll(/\{\d\}/g, '')) &&
      !Object.hasOwn(germanSentences, sentence) &&
      !notTold.has(sentence),
  );
  assert.deepEqual(
    missing.map(({ path, line, sentence }) => `${path}:${line} ${sentence}`),
    [],
    'write it into packages/core/src/sentences/german',
  );
});

test('no translation is left of a sentence that is gone', () => {
  const said = new Set(
    sources
      .filter(({ path }) => !path.includes('/sentences/'))
      .flatMap(({ literals }) => literals.map(({ text }) => unnumbered(numbered(text)))),
  );
  const gone = Object.keys(germanSentences).filter((sentence) => {
    const text = unnumbered(sentence);
    // Some are said of a name that stands before them.
    return !said.has(text) && !said.has(text.replace(/^\{\} /, '')) && !Object.hasOwn(ofValidation, sentence);
  });
  assert.deepEqual(gone, []);
});

test('a translation has the slots of its sentence, and is one', () => {
  const slots = (text: string) => [...text.matchAll(/\{\d\}/g)].map(([slot]) => slot).toSorted();
  for (const [english, german] of Object.entries(germanSentences)) {
    assert.deepEqual(slots(german), slots(english), english);
    assert.notEqual(german, english);
    assert.equal(/[.?]$/.test(german), /[.?]$/.test(english), `${english} | ${german}`);
  }
});
