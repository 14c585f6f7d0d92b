import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rulesOf, verdictOf } from '../device-arbitrary.ts';
import { minimumOs } from './minimum-os.ts';
import { render } from '../wording/render.ts';

const demand = { 'os.minimum-version.linux': '24.04' };
const on = (version: string) => verdictOf(demand, { values: { 'os.version': version } });

test('CMP-06: the demanded version and newer ones meet the rule, older ones break it', () => {
  assert.equal(on('24.04').status, 'compliant');
  assert.equal(on('24.04.1 LTS (Noble Numbat)').status, 'compliant');
  assert.equal(on('100').status, 'compliant');
  assert.equal(on('24.3.9').status, 'not-compliant');
  assert.equal(on('9').status, 'not-compliant');
});

test('CMP-06: a version that cannot be compared is unknown', () => {
  for (const version of ['trixie/sid', '', '24.04-rc1']) assert.equal(on(version).status, 'unknown', version);
});

test('DEV-12 the text holds the version as numbers, not as the device wrote it', () => {
  const verdict = on('12.1 <img onerror=alert(1)>');
  assert.equal(render(verdict.says), "The operating system's version is 12.1; 24.04 is demanded.");
});

test('each platform has its own minimum', () => {
  assert.equal(rulesOf(demand, 'linux').length, 1);
  assert.equal(rulesOf(demand, 'ios').length, 0);
});

test('a grace may be given for updates', () => {
  const verdict = verdictOf({ ...demand, 'os.grace-minutes': 60 }, { values: { 'os.version': '22.04' } });
  assert.equal(verdict.status, 'in-grace');
});

test('the rule names the setting of the device’s own platform alone', () => {
  const values = { 'os.minimum-version.linux': '12', 'os.minimum-version.macos': '15.0' } as const;
  assert.deepEqual(minimumOs.instantiate(values, 'linux')?.settings, ['os.minimum-version.linux']);
  assert.deepEqual(minimumOs.instantiate(values, 'macos')?.settings, ['os.minimum-version.macos']);
});
