import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareVersions, parseReportedVersion, parseVersion, type Version } from './version.ts';

const version = fc.array(fc.nat(999_999_999), { minLength: 1, maxLength: 8 });

test('CMP-06: versions as devices report them are read', () => {
  const cases: [string, Version][] = [
    ['12.11', [12, 11]],
    ['24.04.1', [24, 4, 1]],
    ['24.04.1 LTS (Noble Numbat)', [24, 4, 1]],
    ['18.1', [18, 1]],
    ['16.4.1 (a)', [16, 4, 1]],
    ['10.0.22631', [10, 0, 22_631]],
    ['  15 ', [15]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseReportedVersion(text), expected, text);
});

test('CMP-06: what cannot be read as numbers is no version', () => {
  for (const text of [
    '',
    'trixie/sid',
    'Debian trixie/sid',
    '14.0-beta',
    'v12',
    '1..2',
    '1.',
    '.1',
    '-1',
    '١٢',
    '1e3',
  ]) {
    assert.equal(parseReportedVersion(text), undefined, text);
  }
  assert.equal(parseVersion('18.1 (a)'), undefined, 'a demanded version is digits and dots only');
});

test('the length and number of components are bounded', () => {
  assert.ok(parseVersion('999999999'));
  assert.equal(parseVersion('9999999999'), undefined);
  assert.ok(parseVersion('1.2.3.4.5.6.7.8'));
  assert.equal(parseVersion('1.2.3.4.5.6.7.8.9'), undefined);
  assert.equal(parseReportedVersion(`1 ${'x'.repeat(1_000)}`), undefined);
});

test('components compare as numbers and missing ones are zero', () => {
  assert.ok(compareVersions([9, 9], [10, 0]) < 0);
  assert.ok(compareVersions([18, 10], [18, 9]) > 0);
  assert.equal(compareVersions([18, 1], [18, 1, 0]), 0);
  assert.ok(compareVersions([18, 1, 1], [18, 1]) > 0);
});

test('comparison is a total order', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(compareVersions(a, a), 0);
      assert.equal(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)), 0);
      const [low, middle, high] = [a, b, c].toSorted(compareVersions);
      assert.ok(low && middle && high && compareVersions(low, high) <= 0);
    }),
  );
});

test('a version survives being written and read', () => {
  fc.assert(fc.property(version, (numbers) => assert.deepEqual(parseVersion(numbers.join('.')), numbers)));
});
