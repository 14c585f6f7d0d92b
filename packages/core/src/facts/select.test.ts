import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { factChanges } from './changes.ts';
import { type FactReport, sameValue, selectFacts } from './select.ts';
import { factSources, type FactValue } from './types.ts';

test('DEV-09 an attested fact wins over a false one from the agent, and the evidence shows both', () => {
  const facts = selectFacts([
    { source: 'agent', observedAt: 2_000, facts: { 'integrity.compromised': false } },
    { source: 'attested', observedAt: 1_000, facts: { 'integrity.compromised': true } },
  ]);
  assert.deepEqual(facts.get('integrity.compromised'), {
    value: true,
    source: 'attested',
    observedAt: 1_000,
    contradictedBy: [{ value: false, source: 'agent', observedAt: 2_000 }],
  });
});

test('DEV-09 a trusted source that fell silent does not hand the word to a lesser one', () => {
  const facts = selectFacts([
    { source: 'os-protocol', observedAt: 0, facts: { 'storage.encrypted': true } },
    { source: 'agent', observedAt: 9_000_000, facts: { 'storage.encrypted': true } },
  ]);
  assert.deepEqual(facts.get('storage.encrypted'), { value: true, source: 'os-protocol', observedAt: 0 });
});

test('a source is not heard on what it may not state', () => {
  const facts = selectFacts([
    {
      source: 'administrator',
      observedAt: 1,
      facts: { 'integrity.compromised': false, 'device.model': 'X1' },
    },
    { source: 'agent', observedAt: 1, facts: { 'no.such-fact': 1 } },
  ]);
  assert.deepEqual([...facts.keys()], ['device.model']);
});

test('of one source, the younger statement counts', () => {
  const facts = selectFacts([
    { source: 'agent', observedAt: 2, facts: { 'os.version': '2' } },
    { source: 'agent', observedAt: 3, facts: { 'os.version': '3' } },
    { source: 'agent', observedAt: 1, facts: { 'os.version': '1' } },
  ]);
  assert.equal(facts.get('os.version')?.value, '3');
});

const report: fc.Arbitrary<FactReport> = fc.record({
  source: fc.constantFrom(...factSources),
  observedAt: fc.nat(5),
  facts: fc.dictionary(
    fc.constantFrom('os.version', 'device.model', 'passcode.set'),
    fc.constantFrom('a', 'b', true),
  ),
});

test('the order of reports does not matter, and nobody outranks the source believed', () => {
  fc.assert(
    fc.property(fc.array(report, { maxLength: 8 }), fc.nat(), (reports, seed) => {
      const turn = reports.length === 0 ? 0 : seed % reports.length;
      const rotated = [...reports.slice(turn), ...reports.slice(0, turn)].toReversed();
      const facts = selectFacts(reports);
      assert.deepEqual(selectFacts(rotated), new Map(facts));
      for (const [, { source, contradictedBy = [] }] of facts) {
        for (const other of contradictedBy) {
          assert.ok(factSources.indexOf(other.source) >= factSources.indexOf(source));
        }
      }
    }),
  );
});

test('values are compared as JSON, whatever the order of fields', () => {
  assert.ok(sameValue([{ a: 1, b: [true] }], [{ b: [true], a: 1 }]));
  for (const [a, b] of [
    [1, '1'],
    [[1], [1, 2]],
    [[1], { 0: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1 }, { b: 1 }],
  ] as [FactValue, FactValue][]) {
    assert.ok(!sameValue(a, b) && !sameValue(b, a));
  }
  const value = fc.jsonValue({ maxDepth: 3 }).filter((json) => !JSON.stringify(json).includes('null'));
  fc.assert(
    fc.property(value, (json) => assert.ok(sameValue(json as FactValue, structuredClone(json) as FactValue))),
  );
});

test('the history of facts holds what came, went and changed, and nothing else', () => {
  const before = { 'os.version': '1', 'device.model': 'X1', 'passcode.set': true };
  const after = { 'os.version': '2', 'device.model': 'X1', 'storage.encrypted': false };
  assert.deepEqual(factChanges(before, after), [
    { fact: 'os.version', before: '1', after: '2' },
    { fact: 'passcode.set', before: true, after: undefined },
    { fact: 'storage.encrypted', before: undefined, after: false },
  ]);
});
