import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignedRule, follow, hour, minute, noon, statusUnder } from '../device-arbitrary.ts';
import { render } from '../wording/render.ts';

const rule = (expression: string) =>
  assignedRule('custom', { expression, text: 'Too old.', remedy: 'Ask for a new device.' });

test('CEL-02 true is met, false is broken, and what cannot be told is unknown', () => {
  assert.equal(statusUnder(rule('storage.encrypted && passcode.minimum_length >= 8')), 'compliant');
  const broken = follow(rule('device.platform == "android"'))({}, 0);
  assert.equal(broken.status, 'not-compliant');
  assert.equal(render(broken.says), 'Too old.');
  const unknown = follow(rule('hardware.cpu_count >= 2'))({}, 0);
  assert.equal(unknown.status, 'unknown');
  assert.equal(render(unknown.says), 'This cannot be told: Nothing is known of hardware.cpu_count.');
  assert.equal(statusUnder(rule('storage.encrypted'), { values: { 'storage.encrypted': 'yes' } }), 'unknown');
});

test('what is met rests on facts that are young; what is broken stays broken', () => {
  const met = follow(rule('storage.encrypted'))({ ageMs: hour }, 0);
  assert.equal(met.changesAt, noon + 71 * hour);
  assert.equal(statusUnder(rule('storage.encrypted'), { ageMs: 72 * hour }), 'unknown');
  assert.equal(statusUnder(rule('!storage.encrypted'), { ageMs: 72 * hour }), 'not-compliant');
});

test('an expression about ages changes by itself at the moment that it names', () => {
  const expression = 'age("storage.encrypted") <= duration("30m")';
  const step = follow(rule(expression));
  const first = step({}, 0);
  assert.equal(first.status, 'compliant');
  assert.equal(first.changesAt, noon + 30 * minute + 1);
  assert.equal(step({}, 30).status, 'compliant');
  assert.equal(step({}, 30 + 1 / 60_000).status, 'not-compliant');
  const waiting = follow(rule('age("storage.encrypted") > duration("10m")'))({}, 0);
  assert.equal(waiting.status, 'not-compliant');
  assert.equal(waiting.changesAt, noon + 10 * minute + 1, 'what is broken by time is mended by time');
});

test('DLP-06 where a device is goes into no verdict', () => {
  const values = { 'location.latitude': 47.3769, 'location.longitude': 8.5417 };
  const verdict = follow(rule('location.latitude < 10.0 || location.longitude < 1.0'))({ values }, 0);
  assert.equal(verdict.status, 'not-compliant');
  assert.ok(!/47\.3|8\.54/.test(JSON.stringify(verdict)));
});

test('the evidence is what the expression reads, long lists by their length', () => {
  const verdict = follow(rule('network.interfaces.exists(i, i.kind == "wifi") || storage.encrypted'))(
    {
      values: { 'network.interfaces': [{ name: 'wlan0', mac: '3c:22:fb:11:22:33', kind: 'wifi', up: true }] },
    },
    0,
  );
  assert.deepEqual(
    verdict.evidence.map(({ fact, value }) => [fact, value]),
    [
      ['network.interfaces', 1],
      ['storage.encrypted', true],
    ],
  );
});
