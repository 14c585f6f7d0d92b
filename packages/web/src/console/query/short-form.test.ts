import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '@gatehouse/core/expressions/compile.ts';
import { knownNames } from '@gatehouse/core/expressions/known-names.ts';
import { searchEnvironment } from '@gatehouse/core/expressions/search-environment.ts';
import fc from 'fast-check';
import { type NameInfo, namesByKey } from './known.ts';
import { readShortForm, withClause, withoutChip } from './short-form.ts';

const names = namesByKey(
  knownNames.map(({ name, type, values, unit, description, example, inGroups }): NameInfo => {
    const fields =
      type.kind === 'list' && type.item.kind === 'object'
        ? [...type.item.fields].map(([field, of]) => ({ name: field, type: of.kind }))
        : null;
    return {
      name,
      type: type.kind as NameInfo['type'],
      unit: unit ?? null,
      description,
      privacy: null,
      values: values === undefined ? null : [...values],
      fields,
      example,
      inGroups,
      allowed: true,
    };
  }),
);
const read = (text: string) => readShortForm(text, names);

test('words are for the search, the rest becomes conditions that compile', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['anna "zoe’s iphone"', 'anna "zoe’s iphone"', ''],
    ['a0:b1:c2:d3:e4:f2', 'a0:b1:c2:d3:e4:f2', ''],
    ['C02XY1', 'C02XY1', ''],
    ['platform:ios', '', 'device.platform == "ios"'],
    ['-platform:ios', '', '!(device.platform == "ios")'],
    ['platform:(ios macos) anna', 'anna', 'device.platform == "ios" || device.platform == "macos"'],
    ['os<17.4', '', 'version(os.version) < version("17.4")'],
    ['os:17', '', 'os.version.startsWith("17")'],
    ['gate.mail:no seen>7d', '', 'posture.mail != "allow" && age("contact.made") > duration("7d")'],
    ['gate.net:quarantine', '', 'posture.network == "quarantine"'],
    ['seen:never', '', '!contact.made'],
    ['encrypted:no', '', '!storage.encrypted'],
    ['encrypted:ja', '', 'storage.encrypted'],
    ['is:bad failing:passcode', '', 'posture.standing == "bad" && "passcode" in posture.failing'],
    ['in:"Field sales"', '', '"Field sales" in device.groups'],
    ['platform:ios OR platform:macos', '', 'device.platform == "ios" || device.platform == "macos"'],
    [
      '(platform:ios is:bad) OR in:Sales compliant:no',
      '',
      '((device.platform == "ios" && posture.standing == "bad") || "Sales" in device.groups) && !posture.compliant',
    ],
    ['-(platform:ios OR is:bad)', '', '!(device.platform == "ios" || posture.standing == "bad")'],
    ['-anna', '', '!(device.name.lowerAscii().contains("anna"))'],
    ['has:os.version unknown:jailbroken', '', 'has(os.version)'],
    ['= posture.compliant || true', '', 'posture.compliant || true'],
    ['user:"x\\" || true"', '|| true"', 'user.name == "x\\\\"'],
  ];
  for (const [text, search, expression] of cases) {
    const understood = read(text);
    assert.equal(understood.expression, expression, text);
    assert.equal(understood.search, search, text);
    if (expression !== '') compileExpression(expression, searchEnvironment);
  }
});

test('what is not understood says so, with the place and what may have been meant', () => {
  const cases: readonly (readonly [string, string, number, number])[] = [
    ['roamin:yes', 'unknown-name', 0, 10],
    ['anna platfrom:ios', 'unknown-name', 5, 17],
    ['encrypted:perhaps', 'truth', 0, 17],
    ['seen>soon', 'span', 0, 9],
    ['platform:beos', 'value', 0, 13],
    ['name<x', 'order', 0, 6],
    ['gate.mail:maybe', 'gate', 0, 15],
    ['platform:', 'empty', 0, 9],
    ['(platform:ios', 'bracket', 0, 13],
    ['"anna', 'quote', 0, 5],
  ];
  for (const [text, kind, from, to] of cases) {
    const [problem] = read(text).problems;
    assert.deepEqual([problem?.kind, problem?.from, problem?.to], [kind, from, to], text);
  }
  assert.equal(read('platfrom:ios').problems[0]?.slots['nearest'], 'platform');
});

test('a chip is the part it came from, and taking it away leaves the rest', () => {
  const text = 'anna platform:ios  gate:no';
  const { chips } = read(text);
  assert.deepEqual(
    chips.map((chip) => chip.text),
    ['anna', 'platform:ios', 'gate:no'],
  );
  assert.equal(withoutChip(text, chips[1] ?? { from: 0, to: 0 }), 'anna gate:no');
  assert.equal(withClause(' anna ', 'is:bad'), 'anna is:bad');
});

test('whatever is typed is read, and what it becomes compiles', () => {
  const piece = fc.constantFrom(
    '(',
    ')',
    '-',
    ' ',
    'OR ',
    '"',
    'is:bad',
    'os<17',
    'gate:',
    'no',
    'x',
    'in:(a b)',
    '=',
    ':',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join('');
      const { expression } = read(text);
      if (expression !== '' && !/^\s*=/.test(text)) compileExpression(expression, searchEnvironment);
    }),
    { numRuns: 2_000 },
  );
});
