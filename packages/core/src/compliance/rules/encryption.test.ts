import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateAt, verdictOf } from '../device-arbitrary.ts';
import { render } from '../wording/render.ts';

const settings = { 'encryption.required': true };

test('CMP-07: encrypted storage meets the rule, other storage breaks it', () => {
  assert.equal(verdictOf(settings).status, 'compliant');
  const broken = verdictOf(settings, { values: { 'storage.encrypted': false } });
  assert.equal(broken.status, 'not-compliant');
  assert.match(render(broken.mends), /encryption/);
});

test('CEL-02 without a report, storage counts as unknown', () => {
  assert.equal(verdictOf(settings, { without: ['storage.encrypted'] }).status, 'unknown');
});

test('the volumes that are not encrypted are shown', () => {
  const volume = (mount: string, encrypted: boolean) => ({
    mount,
    device: 'sda1',
    fileSystem: 'ext4',
    encrypted,
    method: '',
  });
  const { evidence } = verdictOf(settings, {
    values: { 'storage.encrypted': false, 'storage.volumes': [volume('/', true), volume('/home', false)] },
  });
  assert.deepEqual(
    evidence.map(({ fact, value }) => [fact, value]),
    [
      ['storage.encrypted', false],
      ['storage.volumes', ['/home']],
    ],
  );
});

test('no rule when encryption is not required', () => {
  assert.deepEqual(evaluateAt({ 'encryption.required': false }, {}).verdicts, []);
});
