import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '@gatehouse/core/expressions/compile.ts';
import { knownNames } from '@gatehouse/core/expressions/known-names.ts';
import { searchEnvironment } from '@gatehouse/core/expressions/search-environment.ts';
import { type NameInfo, namesByKey } from '../query/known.ts';
import { readShortForm } from '../query/short-form.ts';
import { reasonQuery } from '../fleet/device-lists.ts';
import {
  complianceTrend,
  gateQuery,
  platformQuery,
  silenceQuery,
  spanOf,
  standingQuery,
  versionQuery,
} from './links.ts';

const names = namesByKey(
  knownNames.map((each) => ({
    ...each,
    type: each.type.kind as NameInfo['type'],
    unit: null,
    privacy: null,
    fields: null,
    values: each.values === undefined ? null : [...each.values],
    allowed: true,
  })),
);

test('every link of the overview is a search that is understood', () => {
  const queries = [
    platformQuery('ios'),
    versionQuery('ios', '17.2'),
    versionQuery('linux', '6.1 (rolling)'),
    standingQuery('grace'),
    gateQuery('mail', 'deny'),
    gateQuery('network', 'allow'),
    gateQuery('vpn', 'quarantine'),
    reasonQuery('passcode'),
    reasonQuery('01930000-0000-7000-8000-000000000000'),
    silenceQuery({ fromSeconds: 0, toSeconds: 3_600, devices: 0 }),
    silenceQuery({ fromSeconds: 3_600, toSeconds: 28_800, devices: 0 }),
    silenceQuery({ fromSeconds: 2_592_000, toSeconds: null, devices: 0 }),
    silenceQuery({ fromSeconds: null, toSeconds: null, devices: 0 }),
  ];
  for (const query of queries) {
    const { expression, problems } = readShortForm(query, names);
    assert.deepEqual(problems, [], query);
    compileExpression(expression, searchEnvironment);
  }
  assert.equal(
    readShortForm(versionQuery('linux', '6.1 (rolling)'), names).expression,
    'device.platform == "linux" && os.version == "6.1 (rolling)"',
  );
});

test('spans are written in the largest unit that fits', () => {
  assert.deepEqual([3_600, 28_800, 86_400, 604_800, 90].map(spanOf), ['1h', '8h', '1d', '7d', '90s']);
});

test('the trend compares the last day with the first', () => {
  assert.deepEqual(
    complianceTrend([{ standings: { ok: 5, bad: 5 } }, { standings: { ok: 8, exempt: 1, bad: 1 } }]),
    {
      now: 0.9,
      change: 0.4,
    },
  );
  assert.equal(complianceTrend([{ standings: {} }]), null);
});
