import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { languages } from '../languages.ts';
import { settingNames } from './catalogue.ts';
import { plainSupport, strongestSupport } from './support.ts';
import { settingWords } from './wording.ts';

describe('words of settings', () => {
  test('every setting has a title of its own and a sentence in every language, without citations', () => {
    for (const language of languages) {
      const titles = settingNames.map((name) => settingWords(name, language).title);
      assert.deepEqual(
        titles.filter((title, index) => titles.indexOf(title) !== index),
        [],
        'two settings look alike',
      );
      for (const name of settingNames) {
        const { help } = settingWords(name, language);
        assert.match(help, /\S[.)]$/, name);
        assert.doesNotMatch(help, /[A-Z]{3}-\d\d/, name);
      }
    }
  });

  test('of several ways on one platform the one that says most is told', () => {
    const rows = strongestSupport(plainSupport('passcode.minimum-length'));
    assert.deepEqual(
      rows.map(({ platform, how }) => [platform, how]),
      [
        ['linux', 'enforced'],
        ['macos', 'judged'],
        ['ios', 'judged'],
        ['android', 'judged'],
        ['windows', 'judged'],
      ],
    );
    assert.deepEqual(plainSupport('restrictions.no-camera'), []);
    assert.deepEqual(plainSupport('os.minimum-version.ios'), [{ platform: 'ios', how: 'judged' }]);
  });
});
