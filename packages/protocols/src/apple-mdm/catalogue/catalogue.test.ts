/** The committed data: whole, well formed, and with everything in it that a newer release may add to but not lose. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { familyData } from './family-data.ts';
import {
  accessRight,
  allAccessRights,
  commonPayloadKeys,
  countFamilies,
  countKeys,
  declarationKeys,
  families,
  findByName,
  findCheckIn,
  findCommand,
  findDeclaration,
  findError,
  findOther,
  findPayloadType,
  findProtocolMessage,
  findStatusItem,
  findType,
  type KeyType,
  keysBelow,
  listTypes,
  platforms,
  type SchemaKey,
  supportMatrix,
} from './index.ts';
import { isKnownRight } from './rights.ts';

const keyTypes: readonly KeyType[] = [
  'string',
  'boolean',
  'integer',
  'real',
  'date',
  'data',
  'array',
  'dictionary',
  'any',
];

/** All keys at all levels with the list that `like` starts from. */
function* allKeys(
  keys: readonly SchemaKey[],
  top = keys,
): Generator<{ key: SchemaKey; top: readonly SchemaKey[] }> {
  for (const key of keys) {
    yield { key, top };
    yield* allKeys(key.keys ?? [], top);
  }
}

const everyKey = listTypes().flatMap((type) => [...allKeys(type.keys), ...allKeys(type.answer ?? [])]);

test('each family has at least what the schema had when it was last generated', () => {
  const least = {
    profiles: [128, 1500],
    commands: [66, 500],
    'check-in': [8, 40],
    declarations: [59, 500],
    credentials: [4, 20],
    'status-items': [44, 100],
    protocol: [4, 20],
    errors: [4, 10],
    other: [5, 100],
  } as const;
  for (const { family, types, keys, answerKeys } of countFamilies()) {
    assert.ok(types >= least[family][0], `${family}: ${types} types`);
    assert.ok(keys + answerKeys >= least[family][1], `${family}: ${keys} + ${answerKeys} keys`);
  }
  assert.deepEqual(
    readdirSync(new URL('./data/', import.meta.url)).sort(),
    [...families.map((family) => `${family}.json`), 'LICENSE.txt'].sort(),
  );
});

test('the data says where it comes from and under which licence', () => {
  for (const family of families) {
    const text = readFileSync(new URL(`./data/${family}.json`, import.meta.url), 'utf8');
    assert.match(text, /^\{\n"source":"github\.com\/apple\/device-management, MIT licence, see LICENSE\.txt/);
    assert.deepEqual(familyData(family).releases, ['18.1', '27.0']);
  }
  const licence = readFileSync(new URL('./data/LICENSE.txt', import.meta.url), 'utf8');
  assert.match(licence, /Apple Inc\.[\s\S]*Permission is hereby granted, free of charge/);
});

suite('every entry is well formed', () => {
  test('types are unique, sorted and found by name', () => {
    for (const family of families) {
      const names = listTypes(family).map(({ name }) => name);
      assert.deepEqual(names, [...new Set(names)].sort(), family);
      for (const type of listTypes(family)) {
        assert.equal(type.family, family);
        assert.ok(findType(family, type.type), type.name);
        assert.ok(findByName(type.name).includes(type));
      }
    }
  });

  test('keys have a known type, a name of their own, and a support on known platforms', () => {
    for (const { key } of everyKey) {
      assert.ok(keyTypes.includes(key.type), `${key.name}: ${key.type}`);
      const names = (key.keys ?? []).map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, key.name);
      for (const platform of Object.keys(key.os ?? {})) {
        assert.ok((platforms as readonly string[]).includes(platform), platform);
      }
    }
  });

  test('values, ranges, defaults and formats fit the type', () => {
    for (const { key } of everyKey) {
      const { min = 0, max = Infinity, default: standard, values = [], format } = key;
      assert.ok(min <= max, key.name);
      if (format !== undefined) assert.doesNotThrow(() => new RegExp(format), key.name);
      const words = standard === undefined ? values : [...values, standard];
      const numeric = key.type === 'integer' || key.type === 'real';
      for (const word of words) {
        assert.equal(
          typeof word,
          numeric ? 'number' : key.type === 'boolean' ? 'boolean' : 'string',
          key.name,
        );
      }
    }
  });

  test('a structure that refers to one above finds it', () => {
    const recursive = everyKey.filter(({ key }) => key.like !== undefined);
    assert.ok(recursive.length > 0);
    for (const { key, top } of recursive) assert.ok(keysBelow(top, key)?.length, key.name);
  });

  test('every access right is known, and together they are all bits', () => {
    const supports = [...listTypes(), ...everyKey.map(({ key }) => key)].flatMap(({ os }) =>
      Object.values(os ?? {}),
    );
    const rights = new Set(supports.flatMap(({ right }) => right ?? []));
    for (const right of rights) assert.ok(isKnownRight(right), right);
    const bits = [...rights].reduce((sum, right) => sum | (accessRight(right)?.bit ?? 0), 0);
    assert.equal(bits, allAccessRights);
  });

  test('alternatives of an item can be told apart by a key with one value', () => {
    const arrays = everyKey.filter(({ key }) => key.type === 'array' && (key.keys?.length ?? 0) > 1);
    assert.ok(arrays.length > 0);
    for (const { key } of arrays) {
      const fixed = (key.keys ?? []).map(
        ({ keys }) => keys?.find(({ values }) => values?.length === 1)?.values?.[0],
      );
      assert.ok(!fixed.includes(undefined), key.name);
      assert.equal(new Set(fixed).size, fixed.length, key.name);
    }
  });
});

test('each kind is found by its name, and nothing by another', () => {
  assert.equal(findCommand('DeviceLock')?.file, 'mdm/commands/device.lock.yaml');
  assert.equal(findCheckIn('TokenUpdate')?.keys.find(({ name }) => name === 'PushMagic')?.required, true);
  assert.equal(findDeclaration('com.apple.configuration.passcode.settings')?.apply, 'combined');
  assert.equal(findDeclaration('com.apple.configuration.app.settings')?.release, '27.0');
  assert.equal(findStatusItem('passcode.is-compliant')?.keys[0]?.type, 'boolean');
  assert.equal(findError('com.apple.unrecognized.device')?.family, 'errors');
  assert.ok(findProtocolMessage('StatusReport'));
  assert.ok(findOther('SkipKeys'));
  assert.ok(findPayloadType('com.apple.wifi.managed'));
  assert.ok(commonPayloadKeys().some(({ name }) => name === 'PayloadUUID'));
  assert.ok(declarationKeys().some(({ name }) => name === 'ServerToken'));
  for (const odd of ['', '__proto__', 'constructor', 'devicelock']) assert.equal(findCommand(odd), undefined);
});

test('payload types with several schemas are one, which has the keys of all', () => {
  const variants = listTypes('profiles').filter(({ type }) => type === 'com.apple.MCX');
  const merged = findPayloadType('com.apple.MCX');
  assert.equal(variants.length, 6);
  const names = new Set(merged?.keys.map(({ name }) => name));
  for (const { keys } of variants) for (const { name } of keys) assert.ok(names.has(name), name);
  assert.ok(countKeys(merged?.keys ?? []) > 50);
});

test('the support matrix says platforms, releases and needs in words', () => {
  const lost = supportMatrix('commands').find(({ name }) => name === 'EnableLostMode');
  assert.deepEqual(lost?.platforms, {
    iOS: {
      since: '9.3',
      needs: ['supervision', 'no user enrolment', 'on Shared iPad the device channel'],
    },
  });
  const lock = supportMatrix('commands').find(({ name }) => name === 'DeviceLock');
  assert.deepEqual(Object.keys(lock?.platforms ?? {}), ['iOS', 'macOS', 'visionOS', 'watchOS']);
  for (const family of families) assert.equal(supportMatrix(family).length, listTypes(family).length);
});
