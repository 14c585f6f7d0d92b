import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { factDefinition, type FactName, interfaceCount, isFactName } from './catalogue.ts';
import { parseReport } from './parse-report.ts';
import { mayCollect } from './privacy.ts';
import { conforms } from './shape.ts';
import { factSources, scans } from './types.ts';

test('a good report is read as it is', () => {
  const facts = { 'storage.encrypted': true, 'passcode.minimum-length': 8, 'sim.status': 'absent' };
  assert.deepEqual(parseReport('security', 'agent', facts), { facts, dropped: [], truncated: false });
});

test('a fact of another scan, from another source, of another type or unknown is dropped, each with its reason', () => {
  const { facts, dropped } = parseReport('security', 'activesync', {
    'os.version': '12',
    'storage.encrypted': true,
    'passcode.set': 'yes',
    'passcode.history': 5,
    'mood.today': 'good',
  });
  assert.deepEqual(facts, { 'passcode.history': 5 });
  assert.deepEqual(dropped, [
    { fact: 'os.version', reason: 'other-scan' },
    { fact: 'storage.encrypted', reason: 'source-not-allowed' },
    { fact: 'passcode.set', reason: 'wrong-type' },
    { fact: 'mood.today', reason: 'not-in-catalogue' },
  ]);
});

test('DLP-04: what may not be collected is dropped at the door', () => {
  const report = { 'device.phone-number': '+1 555 0100', 'device.model': 'X1' };
  const personal = parseReport('device-information', 'agent', report, (fact) => mayCollect(fact, 'personal'));
  assert.deepEqual(personal.facts, { 'device.model': 'X1' });
  assert.deepEqual(personal.dropped, [{ fact: 'device.phone-number', reason: 'not-collected' }]);
  const corporate = parseReport('device-information', 'agent', report, (fact) =>
    mayCollect(fact, 'corporate'),
  );
  assert.deepEqual(corporate.facts, report);
});

const interfaceNamed = (name: string) => ({ name, mac: '02:00:00:00:00:01', kind: 'ethernet', up: true });

test('DEV-10 a list is read up to its limit, and what lies beyond is cut and marked', () => {
  const many = Array.from({ length: interfaceCount }, (_, index) => interfaceNamed(`eth${index}`));
  const full = parseReport('device-information', 'agent', { 'network.interfaces': many });
  assert.equal(full.truncated, false);
  const over = parseReport('device-information', 'agent', {
    'network.interfaces': [...many, interfaceNamed('x')],
  });
  assert.equal(over.truncated, true);
  assert.deepEqual(over.facts, full.facts);
});

test('DEV-10 a text is cut at its limit and marked', () => {
  const exact = parseReport('device-information', 'agent', { 'device.model': 'm'.repeat(128) });
  assert.equal(exact.truncated, false);
  const over = parseReport('device-information', 'agent', { 'device.model': 'm'.repeat(129) });
  assert.deepEqual(over, { ...exact, truncated: true });
});

test('an item that does not fit is left out and marked; unknown fields are left out', () => {
  const { facts, truncated } = parseReport('device-information', 'agent', {
    'network.interfaces': [{ ...interfaceNamed('eth0'), password: 'x' }, { name: 'eth1' }, 'eth2', null],
  });
  assert.deepEqual(facts['network.interfaces'], [interfaceNamed('eth0')]);
  assert.equal(truncated, true);
});

test('DEV-12 text becomes storable: no NUL, no lone surrogates, markup untouched', () => {
  const { facts } = parseReport('device-information', 'agent', {
    'device.model': 'a\0b\ud800c<img onerror=alert(1)>',
  });
  assert.equal(facts['device.model'], 'a\uFFFDb\uFFFDc<img onerror=alert(1)>');
});

test('names of dropped facts are cut, and not more than a hundred are listed', () => {
  const hostile = Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [`${index}${'x'.repeat(500)}`, 1]),
  );
  const { dropped } = parseReport('apps', 'agent', hostile);
  assert.equal(dropped.length, 100);
  assert.ok(dropped.every(({ fact }) => fact.length <= 64));
});

test('any input gives facts that the catalogue allows', () => {
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom<FactName>('network.interfaces', 'passcode.set', 'os.version', 'battery.level-percent'),
    fc.constantFrom('__proto__', 'constructor'),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...scans),
      fc.constantFrom(...factSources),
      fc.oneof(fc.anything(), fc.dictionary(names, fc.anything())),
      (scan, source, input) => {
        const { facts } = parseReport(scan, source, input);
        for (const [name, value] of Object.entries(facts)) {
          assert.ok(isFactName(name));
          const { shape, scan: of, sources } = factDefinition(name);
          assert.ok(conforms(shape, value) && of === scan && sources.includes(source));
        }
      },
    ),
  );
});
