/** The validator is total: whatever is given, it gives problems and throws nothing. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { PlistReal, type PlistValue } from '../../plist/index.ts';
import {
  listTypes,
  type SchemaType,
  validate,
  validateAnswer,
  validateCommand,
  validateDeclaration,
  validatePayload,
  validateProfile,
} from './index.ts';
import { mostProblems } from './problem.ts';

suite('any value gives a list', () => {
  const plist: fc.Arbitrary<PlistValue> = fc.letrec<{ value: PlistValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array({ maxLength: 4 }),
      fc.double().map((value) => new PlistReal(value)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: false }),
    ),
  })).value;
  const types = listTypes();
  const target = fc.record({
    platform: fc.constantFrom('iOS', 'macOS', 'tvOS', 'visionOS', 'watchOS'),
    osVersion: fc.oneof(fc.string(), fc.constantFrom('18.1', '', '16.1 (a)', '999999999999999999999999')),
    supervised: fc.boolean(),
    enrollmentKind: fc.constantFrom('device', 'automated', 'user'),
    channel: fc.constantFrom('device', 'user'),
    sharedIPad: fc.boolean(),
    accessRights: fc.nat(),
  } as const);

  /** A value that has the keys of the schema, and nonsense in them: gets deeper than chance alone. */
  function shaped(schema: SchemaType): fc.Arbitrary<PlistValue> {
    const names = schema.keys.map(({ name }) => name);
    return names.length === 0
      ? plist
      : fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), plist, { maxKeys: 6 });
  }

  test('whatever it is, of every type of the catalogue', () => {
    const cases = fc
      .constantFrom(...types)
      .chain((type) => fc.tuple(fc.constant(type), shaped(type), target));
    fc.assert(
      fc.property(cases, ([type, value, where]) => {
        for (const problems of [
          validate(type, value, where),
          validateAnswer(type, value),
          validate(type, value),
        ]) {
          assert.ok(Array.isArray(problems));
          assert.ok(problems.every(({ path }) => path.startsWith('$')));
        }
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(plist, (value) => {
        for (const check of [validateProfile, validateCommand, validateDeclaration, validatePayload]) {
          assert.ok(Array.isArray(check(value)));
        }
      }),
    );
  });

  test('values that no plist holds do no harm either', () => {
    for (const value of [null, undefined, Symbol('x'), () => 1, Number.NaN, new Map()]) {
      for (const type of types) {
        const odd = value as unknown as PlistValue;
        assert.ok(Array.isArray(validate(type, odd)));
        assert.ok(
          Array.isArray(validate(type, Object.fromEntries(type.keys.map(({ name }) => [name, odd])))),
        );
        assert.ok(
          Array.isArray(validate(type, Object.fromEntries(type.keys.map(({ name }) => [name, [odd]])))),
        );
      }
    }
  });

  test('keys of the prototype are keys that nobody knows', () => {
    const hostile = JSON.parse(
      '{"RequestType":"DeviceLock","__proto__":{"Message":7},"constructor":{"prototype":1},"toString":1}',
    ) as PlistValue;
    const told = validateCommand(hostile).map(({ path, problem }) => `${path}: ${problem}`);
    assert.deepEqual(told, [
      '$.__proto__: is no key here',
      '$.constructor: is no key here',
      '$.toString: is no key here',
    ]);
    const inherited = Object.create({ RequestType: 'DeviceLock' }) as PlistValue;
    assert.equal(validateCommand(inherited)[0]?.kind, 'unknown-type');
  });

  test('a hostile number of mistakes is told up to a limit', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]));
    const startedAt = performance.now();
    const problems = validateCommand({ RequestType: 'DeviceLock', ...many });
    assert.equal(problems.length, mostProblems + 1);
    assert.equal(problems.at(-1)?.kind, 'too-many');
    assert.ok(performance.now() - startedAt < 1000);
  });
});
