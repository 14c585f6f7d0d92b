/** The generator on a schema of our own in Apple's format; Apple's is not needed to build or test. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FamilyData, SchemaType } from '@gatehouse/protocols/apple-mdm/catalogue/schema.ts';
import { validate } from '@gatehouse/protocols/apple-mdm/catalogue/validate.ts';
import { type Catalogue, catalogueOf, type Release, renderFamily } from './catalogue-of.ts';
import { coverageOf } from './coverage-of.ts';
import { readSchemaFiles } from './schema-files.ts';

const testdata = (name: string): string => fileURLToPath(new URL(`testdata/${name}`, import.meta.url));
const first: Release = { name: '1.0', files: readSchemaFiles(testdata('first')) };
const second: Release = { name: '2.0', files: readSchemaFiles(testdata('second')) };
const catalogue = catalogueOf([first, second]);

function find(type: string, from: Catalogue = catalogue): SchemaType {
  const found = from.families.flatMap(({ types }) => types).find(({ name }) => name === type);
  assert.ok(found, type);
  return found;
}

test('the same schema gives the same text, which is the one that was looked at', () => {
  for (const family of catalogue.families) {
    if (family.types.length === 0) continue;
    const text = renderFamily(family);
    assert.equal(text, readFileSync(testdata(`expected/${family.family}.json`), 'utf8'), family.family);
    assert.deepEqual(JSON.parse(text).types, structuredClone(family.types));
  }
  assert.deepEqual(
    catalogueOf([first, second]).families.map(renderFamily),
    catalogue.families.map(renderFamily),
  );
});

test('no prose gets into the catalogue', () => {
  const text = catalogue.families.map(renderFamily).join('');
  for (const word of [
    'Made up',
    'How brown',
    'Whether it is',
    'It burnt',
    'Prose',
    'Are left out',
    'lightly',
  ]) {
    assert.ok(!text.includes(word), word);
  }
});

suite('a newer release', () => {
  const settings = find('org.example.configuration.toast.settings');

  test('has the last word, and says which it is', () => {
    assert.equal(settings.release, '2.0');
    assert.equal(settings.apply, 'multiple');
    assert.equal(settings.keys[0]?.required, true);
    assert.equal(find('StartToast').release, '1.0');
  });

  test('does not make forget what only the older one knew', () => {
    const lever = settings.keys.find(({ name }) => name === 'Lever');
    assert.deepEqual(
      lever?.keys?.map(({ name, release }) => [name, release]),
      [
        ['Stiff', undefined],
        ['New', undefined],
        ['Old', '1.0'],
      ],
    );
    assert.equal(settings.keys.at(-1)?.name, 'Recipe');
    assert.equal(settings.keys.at(-1)?.release, '1.0');
  });
});

test('what has no place in the catalogue is listed with file and key', () => {
  const file = 'declarative/declarations/configurations/toast.new.yaml';
  assert.deepEqual(catalogue.inexpressible, [
    `2.0 ${file} payload: sliced = true`,
    `2.0 ${file} Slice: thickness = 3`,
  ]);
});

suite('the proof of coverage', () => {
  test('finds everything, and names what is left out and what cannot be said', () => {
    const coverage = coverageOf([first, second], catalogue.families);
    assert.deepEqual(coverage.missing, []);
    assert.equal(coverage.files, 10);
    assert.equal(coverage.inexpressible.length, 2);
    assert.deepEqual([...coverage.leftOut.keys()].sort(), [
      'behavior',
      'content',
      'description',
      'note',
      'notes',
      'title',
    ]);
    assert.ok(coverage.keys > 30);
  });

  test('notices any key or attribute that is gone or different', () => {
    let damaged = 0;
    for (const family of catalogue.families) {
      const text = JSON.stringify(family);
      for (const { json, what } of damages(JSON.parse(text))) {
        const others = catalogue.families.filter((each) => each.family !== family.family);
        const coverage = coverageOf([first, second], [...others, JSON.parse(json) as FamilyData]);
        assert.ok(coverage.missing.length > 0, `${family.family} ${what}`);
        damaged += 1;
      }
    }
    assert.ok(damaged > 100, String(damaged));
  });
});

/** Each property of each type and key taken away in turn. */
function* damages(family: FamilyData): Generator<{ json: string; what: string }> {
  // ours, not Apple's: not in the schema or not a statement of it
  const ours = ['file', 'family', 'name', 'release', 'wildcard', 'answer'];
  function* inside(value: unknown, path: string): Generator<{ json: string; what: string }> {
    if (typeof value !== 'object' || value === null) return;
    const map = value as Record<string, unknown>;
    for (const [name, inner] of Object.entries(map)) {
      const emptyList = Array.isArray(inner) && inner.length === 0;
      // an error's type is read from its code
      const derived = family.family === 'errors' && name === 'type' && path.split('/').length === 2;
      if (!Array.isArray(map) && !ours.includes(name) && !emptyList && !derived) {
        Reflect.deleteProperty(map, name);
        yield { json: JSON.stringify(family), what: `${path}/${name}` };
        map[name] = inner;
      }
      yield* inside(inner, `${path}/${name}`);
    }
  }
  yield* inside(family.types, '');
}

suite('the schema of the testdata, as the validator reads it', () => {
  const kinds = (type: string, value: Parameters<typeof validate>[1]) =>
    validate(find(type), value).map(({ path, kind }) => `${path} ${kind}`);

  test('alternatives, ranges, repetition, named values', () => {
    const slices = [
      { Kind: 'bread', Grain: 'on' },
      { Kind: 'bagel', Hole: 1.5 },
    ];
    assert.deepEqual(kinds('StartToast', { Browning: 6, Slices: slices, Spreads: ['Jam'] }), []);
    assert.deepEqual(
      kinds('StartToast', {
        Browning: 7,
        Slices: [{ Kind: 'bun' }, { Kind: 'bagel', Hole: 0.4 }],
        Spreads: ['Jam', 'Butter', 'Honey'],
      }),
      [
        '$.Browning range',
        '$.Slices[0] value',
        '$.Slices[1].Hole range',
        '$.Spreads range',
        '$.Spreads[2] value',
      ],
    );
  });

  test('a structure below itself, and any key', () => {
    const rack = { Height: 1, Racks: [{ Height: 2, Racks: [{ Height: 'x' }] }] };
    const about = kinds('org.example.toaster', {
      Racks: [rack],
      SpareRacks: [rack],
      Labels: { a: 'b', c: 1 },
    });
    assert.deepEqual(
      about.filter((told) => !told.includes('.Payload')),
      [
        '$.Racks[0].Racks[0].Racks[0].Height type',
        '$.SpareRacks[0].Racks[0].Racks[0].Height type',
        '$.Labels.c type',
      ],
    );
  });
});
