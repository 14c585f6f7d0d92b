import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import {
  factDefinition,
  factNames,
  type FactValueOf,
  interfaceCount,
  isFactName,
  packageCount,
} from './catalogue.ts';
import { factSources } from './types.ts';

test('SCN-01 … SCN-05: every fact belongs to a scan, has sources in order of trust and a description', () => {
  for (const name of factNames) {
    const { sources, description } = factDefinition(name);
    assert.ok(sources.length > 0, name);
    const ranks = sources.map((source) => factSources.indexOf(source));
    assert.deepEqual(ranks, ranks.toSorted(), name);
    assert.match(description, /\.$/, name);
  }
});

test('what names or follows a person is not technical', () => {
  const telling = [
    'device.phone-number',
    'device.imei',
    'network.wifi-ssid',
    'apps.installed',
    'sim.id',
  ] as const;
  for (const name of telling) {
    assert.notEqual(factDefinition(name).privacy, 'technical', name);
  }
});

test('DLP-06 where a device is, is sensitive', () => {
  for (const name of ['location.latitude', 'location.longitude', 'location.accuracy-meters'] as const) {
    assert.equal(factDefinition(name).privacy, 'sensitive', name);
  }
});

test('an administrator may not declare a device sound', () => {
  for (const name of ['integrity.compromised', 'storage.encrypted', 'security.secure-boot'] as const) {
    assert.ok(!factDefinition(name).sources.includes('administrator'), name);
    assert.ok(!factDefinition(name).sources.includes('activesync'), name);
  }
});

test('the counts of lists are the limits of reports', () => {
  assert.equal(interfaceCount, limits.agentReport.interfaces);
  assert.equal(packageCount, limits.agentReport.packages);
});

test('names of object properties are not facts', () => {
  for (const name of ['constructor', '__proto__', 'toString', '']) assert.ok(!isFactName(name));
});

test('the type of a value follows from its row', () => {
  const encrypted: FactValueOf<'storage.encrypted'> = true;
  const length: FactValueOf<'passcode.minimum-length'> = 8;
  const interfaces: FactValueOf<'network.interfaces'> = [
    { name: 'eth0', mac: '00:11', kind: 'ethernet', up: true },
  ];
  // @ts-expect-error a kind of interface that the row does not list
  const wrong: FactValueOf<'network.interfaces'> = [{ name: 'x', mac: '', kind: 'tube', up: true }];
  assert.ok(encrypted && length && interfaces && wrong);
});
