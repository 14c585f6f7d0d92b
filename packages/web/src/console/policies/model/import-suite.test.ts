import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Field } from './field.ts';
import { fileNameOf, largestFile, readSuiteFile, suiteFile } from './import-suite.ts';

const field = (name: string, node: Field['node']): Field => ({
  name,
  title: name,
  help: '',
  words: '',
  group: '',
  node,
  required: true,
  secret: false,
  variables: false,
});
const fields = [
  field('passcode.required', { kind: 'boolean' }),
  field('passcode.minimum-length', { kind: 'integer', minimum: 1, maximum: 64 }),
];

describe('a suite as a file', () => {
  test('what is written is read back', () => {
    const settings = { 'passcode.required': true, 'passcode.minimum-length': 8 };
    const text = suiteFile({ name: 'Phones', description: '', settings });
    assert.deepEqual(readSuiteFile(text, fields), { settings, problems: [] });
    assert.equal(fileNameOf('Phones & Tablets ü'), 'phones-tablets-u.json');
    assert.equal(fileNameOf('??'), 'suite.json');
  });

  test('what is wrong is named with its line and its limit, and the rest is kept', () => {
    const text = `{
  "format": "gatehouse.policy-suite",
  "name": "x",
  "settings": {
    "passcode.required": true,
    "passcode.minimum-length": 900,
    "passcode.colour": "red"
  }
}`;
    const { settings, problems } = readSuiteFile(text, fields);
    assert.deepEqual(settings, { 'passcode.required': true });
    assert.deepEqual(
      problems.map(({ line, setting, complaint, slots }) => [line, setting, complaint, slots]),
      [
        [6, 'passcode.minimum-length', 'outOfRange', { minimum: 1, maximum: 64 }],
        [7, 'passcode.colour', 'noSuchSetting', {}],
      ],
    );
  });

  test('what is no suite at all is said once', () => {
    const only = (text: string) => {
      const { settings, problems } = readSuiteFile(text, fields);
      assert.deepEqual(settings, {});
      assert.equal(problems.length, 1);
      return problems[0];
    };
    assert.equal(only('{\n  "a": }')?.complaint, 'notJson');
    assert.ok((only('{\n\n  "a": }')?.line ?? 0) >= 1);
    assert.equal(only('[]')?.complaint, 'notASuite');
    assert.equal(only('{"settings":{"passcode.required":true}}')?.complaint, 'notASuite');
    assert.equal(only(' '.repeat(largestFile + 1))?.complaint, 'fileTooLong');
    const polluted = readSuiteFile(
      '{"format":"gatehouse.policy-suite","settings":{"__proto__":{"x":1}}}',
      fields,
    );
    assert.equal(polluted.problems[0]?.complaint, 'noSuchSetting');
  });
});
