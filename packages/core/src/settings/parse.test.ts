import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDomainError } from '../errors.ts';
import { basicSuite } from './basic-suite.ts';
import { settingDefinition, settingNames } from './catalogue.ts';
import { parseSettings, settingComplaint } from './parse.ts';

const refuses = (settings: unknown, problem: RegExp) =>
  assert.throws(
    () => parseSettings(settings),
    (error) => isDomainError(error, 'invalid-input') && problem.test(error.message),
  );

test('every setting is described, and its default is a value it allows', () => {
  for (const name of settingNames) {
    const { shape, description, default: fallback } = settingDefinition(name);
    assert.match(description, /^[A-Z].*\.$/, name);
    if (fallback !== undefined) assert.equal(settingComplaint(shape, fallback), undefined, name);
  }
});

test('POL-17: the suite that every organization starts with is valid', () => {
  assert.deepEqual(parseSettings(basicSuite), basicSuite);
});

test('PWD-09: the passcode history is 1 to 50', () => {
  assert.ok(parseSettings({ 'passcode.history': 1 }));
  assert.ok(parseSettings({ 'passcode.history': 50 }));
  refuses({ 'passcode.history': 0 }, /1 to 50/);
  refuses({ 'passcode.history': 51 }, /1 to 50/);
});

test('wrong types, versions, texts and names are refused, all in one answer', () => {
  refuses({ 'passcode.required': 'yes' }, /true or false/);
  refuses({ 'os.minimum-version.ios': '18 beta' }, /version number/);
  refuses({ 'os.minimum-version.ios': 18 }, /version number/);
  refuses({ 'support.contact': 'a\nb' }, /one line/);
  refuses({ 'support.contact': 'x'.repeat(201) }, /200/);
  refuses({ 'camera.allowed': true }, /"camera.allowed" is not a setting/);
  refuses({ constructor: true }, /not a setting/);
  refuses([], /object/);
  refuses({ 'passcode.history': 99, 'encryption.required': 1 }, /history.*;.*encryption/);
});

test('any input gives settings or an invalid-input error', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...settingNames), fc.anything())),
      (input) => {
        try {
          parseSettings(input);
        } catch (error) {
          assert.ok(isDomainError(error, 'invalid-input'));
        }
      },
    ),
  );
});
