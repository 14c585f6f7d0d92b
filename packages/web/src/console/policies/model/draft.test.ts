import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changesOf, withoutEmpty } from './changes.ts';
import { collisionLines } from './collisions.ts';
import { draftOf, isChanged, readDraft, removedKeys, withoutKey, withValue, writeDraft } from './draft.ts';
import { mergeThreeWays, settle } from './merge.ts';
import { compareVersions, unsupportedBy } from './unsupported.ts';

describe('a draft', () => {
  const draft = draftOf(12, { a: 1, b: false });

  test('not configured is something else than off, and a key without a value is neither', () => {
    assert.equal(isChanged(draft), false);
    const without = withoutKey(draft, 'b');
    assert.deepEqual([isChanged(without), removedKeys(without)], [true, ['b']]);
    const added = withValue(draft, 'c', undefined);
    assert.equal(isChanged(added), true);
    assert.deepEqual(withoutEmpty(added.values), { a: 1, b: false });
    assert.equal(isChanged(withValue(without, 'b', false)), false, 'the order of keys says nothing');
  });

  test('what is kept in the window comes back, and whatever else is there does not', () => {
    const added = withValue(draft, 'c', undefined);
    assert.deepEqual(readDraft(writeDraft(added)), added);
    for (const text of [
      null,
      '',
      '{',
      'null',
      '[]',
      '{"baseVersion":"x"}',
      '{"baseVersion":1,"base":[],"values":{}}',
    ])
      assert.equal(readDraft(text), undefined);
  });
});

describe('two people at once', () => {
  test('what only one has changed is kept from both; what both have changed is shown', () => {
    const merged = mergeThreeWays(
      { kept: 1, mine: 1, theirs: 1, both: 1, same: 1, gone: 1 },
      { kept: 1, mine: 2, theirs: 1, both: 2, same: 3, added: true },
      { kept: 1, mine: 1, theirs: 2, both: 3, same: 3, gone: 2 },
    );
    assert.deepEqual(merged.values, { kept: 1, mine: 2, theirs: 2, both: 3, same: 3, gone: 2, added: true });
    assert.deepEqual(
      merged.conflicts.map(({ key, mine, theirs }) => [key, mine, theirs]),
      [
        ['both', 2, 3],
        ['gone', undefined, 2],
      ],
    );
    assert.deepEqual(merged.taken, ['theirs']);
    assert.deepEqual(settle(merged, new Set(['gone'])), {
      kept: 1,
      mine: 2,
      theirs: 2,
      both: 3,
      same: 3,
      added: true,
    });
    assert.equal(settle(merged, new Set(['both']))['both'], 2);
  });

  test('a version is held against another key by key', () => {
    assert.deepEqual(
      changesOf({ a: 1, b: [1], c: true }, { b: [1], c: false, d: 'x' }).map(({ key, what }) => [key, what]),
      [
        ['a', 'removed'],
        ['c', 'changed'],
        ['d', 'added'],
      ],
    );
  });
});

describe('beside other suites and in the fleet', () => {
  const candidate = (policyId: string, value: number) => ({
    policyId,
    policyName: policyId,
    policyVersion: 1,
    path: { targetKind: 'group' as const, targetId: 'g', targetName: 'Sales' },
    value,
  });

  test('a collision says who wins, by which rule and on how many devices; losses come first', () => {
    const outcome = (
      value: number,
      winner: string,
      why: 'strictest' | 'nearest' | 'only-one',
      wins: boolean,
    ) => ({
      devices: 5,
      value,
      why,
      wins,
      winner: candidate(winner, value),
      candidates: [candidate('ours', 6), candidate('Base', 8)],
    });
    const lines = collisionLines(
      {
        devices: 5,
        complete: true,
        settings: [
          { setting: 'won', stated: true, outcomes: [outcome(6, 'ours', 'strictest', true)] },
          { setting: 'lost', stated: true, outcomes: [outcome(8, 'Base', 'strictest', false)] },
          { setting: 'farther', stated: true, outcomes: [outcome(8, 'Base', 'nearest', false)] },
          { setting: 'gone', stated: false, outcomes: [outcome(8, 'Base', 'only-one', false)] },
          { setting: 'alike', stated: true, outcomes: [outcome(8, 'Base', 'strictest', true)] },
        ],
      },
      'ours',
    );
    assert.deepEqual(
      lines.map(({ setting, verdict, rule }) => [setting, verdict, rule]),
      [
        ['lost', 'stricter', 'most-secure'],
        ['farther', 'nearer', 'first'],
        ['gone', 'still', 'most-secure'],
        ['alike', 'equal', 'most-secure'],
        ['won', 'ours', 'most-secure'],
      ],
    );
    assert.deepEqual(
      lines[0]?.candidates.map(({ suite, wins }) => [suite, wins]),
      [
        ['ours', false],
        ['Base', true],
      ],
    );
  });

  test('devices that a setting means nothing to are counted by the reason', () => {
    const groups = [
      { platform: 'ios', osVersion: '17.4', supervised: true, devices: 5 },
      { platform: 'ios', osVersion: '17.4', supervised: false, devices: 3 },
      { platform: 'ios', osVersion: '12.1', supervised: true, devices: 2 },
      { platform: 'ios', osVersion: null, supervised: null, devices: 1 },
      { platform: 'linux', osVersion: '24.04', supervised: null, devices: 4 },
    ] as const;
    assert.deepEqual(unsupportedBy([{ platform: 'iOS', since: '13.0', supervised: true }], groups), {
      devices: 9,
      of: 15,
      why: { platform: 4, version: 2, supervision: 3 },
    });
    assert.equal(unsupportedBy(undefined, groups).devices, 0);
    assert.deepEqual([compareVersions('9.3', '10.0'), compareVersions('17', '17.0')], [-1, 0]);
  });
});
