import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FactName, isFactName } from '@gatehouse/core/facts/catalogue.ts';
import { parseReport } from '@gatehouse/core/facts/parse-report.ts';
import { scans, type StoredFact } from '@gatehouse/core/facts/types.ts';
import { evaluate } from '@gatehouse/core/compliance/evaluate.ts';
import { rulesFromSettings } from '@gatehouse/core/compliance/rules.ts';
import { applyPolicy } from './apply-policy.ts';
import { type Computer, newComputer, restartComputer, wipeComputer } from './computer.ts';
import { driftNames, drifts, driftsOf } from './drift.ts';
import { scanComputer } from './scan-computer.ts';

const seeds = Array.from({ length: 300 }, (_, index) => `computer ${index}`);
const now = Date.UTC(2026, 10, 21);

test('a seed is a machine: the same one every time, another one for another seed', () => {
  for (const seed of seeds.slice(0, 20)) assert.deepEqual(newComputer(seed), newComputer(seed));
  const computers = seeds.map((seed) => newComputer(seed));
  const different = (of: (computer: Computer) => string | undefined) => new Set(computers.map(of)).size;
  assert.equal(
    different(({ hardware }) => hardware.serialNumber),
    seeds.length,
  );
  assert.equal(
    different(({ interfaces }) => interfaces[0]?.mac),
    seeds.length,
  );
  assert.ok(different(({ hardware }) => hardware.manufacturer) >= 5);
  assert.equal(
    different(({ system }) => system),
    5,
  );
});

test('every scan of every machine is taken whole by the catalogue of facts', () => {
  for (const seed of seeds) {
    const computer = newComputer(seed);
    for (const scan of scans) {
      const given = scanComputer(computer, scan);
      const { facts, dropped, truncated } = parseReport(scan, 'agent', given);
      assert.deepEqual(dropped, []);
      assert.equal(truncated, false);
      assert.deepEqual(facts, given);
    }
  }
});

test('hardware survives a restart and a wipe; what people did to the machine survives only the restart', () => {
  const computer = newComputer('ann');
  const { hardware, interfaces } = structuredClone(computer);
  const booted = computer.bootId;
  computer.messages.push({ id: '1', text: 'hello' });
  drifts['passcode-removed'].apply(computer);
  restartComputer(computer);
  assert.notEqual(computer.bootId, booted);
  assert.equal(computer.messages.length, 1);
  assert.deepEqual(driftsOf(computer), ['passcode-removed']);
  wipeComputer(computer);
  assert.deepEqual([computer.hardware, computer.interfaces, computer.wipes], [hardware, interfaces, 1]);
  assert.deepEqual([computer.messages, driftsOf(computer)], [[], []]);
});

/** With no grace, so that each drift shows at once. */
const settings = {
  'passcode.required': true,
  'passcode.grace-minutes': 0,
  'passcode.minimum-length': 10,
  'encryption.required': true,
  'encryption.grace-minutes': 0,
  'screen-lock.required': true,
  'compromise.forbidden': true,
  'os.minimum-version.macos': '15.0',
  'os.grace-minutes': 0,
} as const;

function isCompliant(computer: Computer): boolean {
  const facts = new Map<FactName, StoredFact>();
  for (const scan of scans) {
    for (const [name, value] of Object.entries(scanComputer(computer, scan))) {
      assert.ok(isFactName(name));
      facts.set(name, { value: value, source: 'agent', observedAt: now });
    }
  }
  const rules = rulesFromSettings({ values: settings }, computer.platform);
  const device = {
    platform: computer.platform,
    ownership: 'corporate',
    state: 'registered',
    barred: null,
    name: 'computer',
    userName: null,
    policyVersion: '1',
    acknowledgedPolicyVersion: '1',
  } as const;
  return evaluate(rules, facts, { now, lastCheckInAt: now, device }).compliant;
}

test('a policy makes a new machine comply where a machine can be told to', () => {
  const computer = newComputer('new', { platform: 'linux' });
  assert.equal(isCompliant(computer), false, 'it accepts passwords of 8 characters');
  applyPolicy(computer, settings);
  assert.equal(isCompliant(computer), true);
  assert.deepEqual(computer.appliedSettings, settings);
});

test('each way to drift makes a compliant machine not compliant, and mending it undoes that', () => {
  for (const name of driftNames) {
    const computer = newComputer(`drifting by ${name}`, { platform: 'macos' });
    applyPolicy(computer, settings);
    assert.equal(isCompliant(computer), true);
    const healthy = structuredClone(computer);
    drifts[name].apply(computer);
    assert.deepEqual(driftsOf(computer), [name]);
    assert.equal(isCompliant(computer), false, name);
    drifts[name].mend(computer);
    assert.deepEqual(computer, healthy);
  }
});
