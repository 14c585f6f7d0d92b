import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { languages } from '@gatehouse/core/languages.ts';
import { settingDefinition, settingNames } from '@gatehouse/core/settings/catalogue.ts';
import { settingWords } from '@gatehouse/core/settings/wording.ts';
import { costOf } from '../../../../../../tools/processor-time.ts';
import { plainWords } from './everyday-words.ts';
import { buildIndex, type Findable } from './search-index.ts';
import { treeRows } from './tree.ts';

const settings: readonly Findable[] = settingNames.map((name) => ({
  id: name,
  group: name.split('.')[0] ?? '',
  title: settingWords(name, 'en').title,
  key: name,
  words: `${languages.map((language) => Object.values(settingWords(name, language)).join(' ')).join(' ')} ${settingDefinition(name).description}`,
}));
/** As many as the largest catalogue has, named as Apple names keys. */
const many: readonly Findable[] = [
  ...settings,
  ...Array.from(
    { length: 4_000 },
    (_each, index): Findable => ({
      id: `apple/${index}`,
      group: `payload ${index % 160}`,
      title: `Allow feature ${index}`,
      key: `allowFeature${index}`,
      words: '',
    }),
  ),
  { id: 'apple/siri', group: 'Siri', title: 'Allow user dictation', key: 'allowDictation', words: '' },
];

describe('the search of what can be set', () => {
  const index = buildIndex(many);
  const found = (question: string) => index.find(question);

  test('everyday words of either language find what they mean, whatever it is called', () => {
    assert.equal(found('camera')[0], 'restrictions.no-camera');
    assert.equal(found('Kamera')[0], 'restrictions.no-camera');
    assert.ok(found('Foto').includes('restrictions.no-camera'));
    assert.equal(found('länge gerätecode')[0], 'passcode.minimum-length');
    assert.ok(found('password length').includes('passcode.minimum-length'));
    assert.ok(found('screenshot').includes('restrictions.no-screen-capture'));
    assert.ok(found('Sprachassistent').includes('apple/siri'), 'keys of Apple by German words');
  });

  test('wire keys, old names and parts of words are found; every word must fit', () => {
    assert.equal(found('allowCamera')[0], 'restrictions.no-camera');
    assert.ok(found('minLength').includes('passcode.minimum-length'));
    assert.ok(found('allowfeature399').includes('apple/399'));
    assert.deepEqual(found('camera zebra'), []);
    assert.deepEqual(found('  '), []);
  });

  test('case, diacritics and signs make no difference', () => {
    assert.equal(plainWords('Größe, ÄRGER – Wi‑Fi'), 'grosse arger wi fi');
  });

  test('a keystroke over the largest catalogue takes a part of its fifty milliseconds', () => {
    for (const question of ['p', 'pa', 'pass', 'kennwort', 'allow f']) {
      const ms = costOf(() => found(question));
      assert.ok(ms < 50, `${question}: ${ms} ms`);
    }
  });
});

describe('the catalogue as a tree', () => {
  const groups = [
    { id: 'passcode', title: 'Passcode', keys: ['a', 'b'] },
    { id: 'mail', title: 'Mail', keys: ['c'] },
  ];
  const nothing = { found: undefined, open: new Set<string>(), stated: new Set<string>(), onlyStated: false };

  test('closed groups say how much is in them and how much is set', () => {
    assert.deepEqual(treeRows(groups, { ...nothing, stated: new Set(['b']) }), [
      { kind: 'group', id: 'passcode', title: 'Passcode', open: false, total: 2, set: 1 },
      { kind: 'group', id: 'mail', title: 'Mail', open: false, total: 1, set: 0 },
    ]);
  });

  test('a search opens what fits, best group first; the filter shows only what is set', () => {
    const rows = treeRows(groups, { ...nothing, found: ['c', 'b'] });
    assert.deepEqual(
      rows.map((row) => row.id),
      ['mail', 'c', 'passcode', 'b'],
    );
    const own = treeRows(groups, { ...nothing, stated: new Set(['a']), onlyStated: true });
    assert.deepEqual(
      own.map((row) => row.id),
      ['passcode', 'a'],
    );
  });
});
