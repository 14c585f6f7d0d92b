import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PostureChange } from '@gatehouse/contracts/admin/devices.ts';
import { countOutcomes, countPreview } from './actions/bulk-counts.ts';
import { commandActions, standingActionsFor } from './actions/action-catalogue.ts';
import { isToldElsewhere, mergeTimeline, type Moment } from './history/timeline.ts';
import { readFactsSearch } from './facts/facts-search.ts';
import { readHistorySearch } from './history/history-search.ts';
import { appRows } from './lists/app-rows.ts';
import { csvOf } from './lists/csv.ts';
import { coordinates, degreesOf } from './location/coordinates.ts';
import { neighboursOf, readTrail } from './neighbours.ts';
import { standingOf } from './standing.ts';
import { momentsOf } from './why/why-of.ts';
import { firstGate, fromLocalInput, readWhySearch, toLocalInput } from './why/why-search.ts';

const registered = { state: 'registered', compliant: false, evaluatedAt: '2026-03-01T09:14:00Z' } as const;
const rule = (change: object) => ({
  status: 'compliant' as const,
  exception: null,
  failingSince: null,
  graceEndsAt: null,
  evidence: [],
  ...change,
});

test('the worst of the rules is the standing: bad, stale, unknown, grace, exempt, fine', () => {
  const grace = rule({ status: 'in-grace', failingSince: 1, graceEndsAt: 9 });
  const unknown = rule({ status: 'unknown' });
  const stale = rule({ status: 'unknown', evidence: [{ stale: true }] });
  const bad = rule({ status: 'not-compliant', failingSince: 5 });
  const exempt = rule({ status: 'not-compliant', exception: { exceptionId: 'e', until: 7, reason: 'x' } });
  const word = (...rules: object[]) => standingOf(registered, rules as never).word;
  assert.equal(word(rule({}), grace, unknown, stale, exempt, bad), 'notCompliant');
  assert.equal(word(rule({}), grace, unknown, stale, exempt), 'outOfDate');
  assert.equal(word(rule({}), grace, unknown, exempt), 'notKnown');
  assert.equal(word(rule({}), grace, exempt), 'inGrace');
  assert.equal(word(rule({}), exempt), 'exempt');
  assert.equal(word(rule({})), 'compliant');
  assert.equal(word(), 'unchecked', 'no rule is no silent compliance');
  assert.deepEqual(standingOf(registered, [grace] as never).until, 9);
  assert.equal(standingOf({ ...registered, state: 'blocked' }, []).word, 'blockedState');
  assert.equal(standingOf({ ...registered, evaluatedAt: null }, []).word, 'notKnown');
  assert.equal(standingOf(registered, undefined).kind, 'bad');
});

test('addresses are read whatever somebody wrote into them', () => {
  assert.deepEqual(readWhySearch({ gate: 'mail', at: '2026-03-01T09:14Z' }), {
    gate: 'mail',
    at: '2026-03-01T09:14:00.000Z',
  });
  assert.deepEqual(readWhySearch({ gate: '<img>', at: 'yesterday' }), {});
  assert.deepEqual(readFactsSearch({ q: 'x'.repeat(500), fact: 'constructor' }), { q: 'x'.repeat(100) });
  assert.deepEqual(readFactsSearch({ fact: 'os.version' }), { fact: 'os.version' });
  assert.deepEqual(readHistorySearch({ kind: 'fact' }), { kind: 'fact' });
  assert.deepEqual(readHistorySearch({ kind: 'toString' }), {});
  assert.equal(firstGate({ network: 'allow', mail: 'deny', vpn: 'quarantine' }), 'mail');
  assert.equal(firstGate({ network: 'allow', mail: 'allow' }), 'network');
  const at = '2026-03-01T09:14:00.000Z';
  assert.equal(fromLocalInput(toLocalInput(at)), at);
  assert.equal(fromLocalInput(''), undefined);
});

test('a timeline ends where one of its lists may have more, so that nothing is missing in between', () => {
  const moment = (kind: Moment['kind'], at: string) => ({ kind, at }) as unknown as Moment;
  const merged = mergeTimeline({
    fact: {
      moments: [moment('fact', '2026-03-05'), moment('fact', '2026-03-04')],
      hasMore: true,
    },
    command: { moments: [moment('command', '2026-03-06'), moment('command', '2026-03-01')], hasMore: false },
  });
  assert.deepEqual(
    merged.moments.map(({ at }) => at),
    ['2026-03-06', '2026-03-05', '2026-03-04'],
  );
  assert.deepEqual(merged.waitsFor, ['fact']);
  const unloaded = mergeTimeline({ fact: { moments: [], hasMore: true } });
  assert.deepEqual(unloaded, { moments: [], waitsFor: ['fact'] });
  const only = mergeTimeline(
    {
      fact: { moments: [moment('fact', '2026-03-05')], hasMore: false },
      command: { moments: [], hasMore: true },
    },
    ['fact'],
  );
  assert.deepEqual([only.moments.length, only.waitsFor], [1, []]);
  assert.equal(isToldElsewhere({ action: 'devices.lock-device', outcome: 'done' }, true), true);
  assert.equal(isToldElsewhere({ action: 'devices.lock-device', outcome: 'refused' }, true), false);
  assert.equal(isToldElsewhere({ action: 'devices.look', outcome: 'done' }, true), false);
});

test('one goes back to the changes of the gate that is asked about, not of the others', () => {
  const change = (at: string, mail: string, network = 'allow') =>
    ({
      at,
      access: { mail, network, vpn: 'allow', apps: 'allow', content: 'allow' },
    }) as unknown as PostureChange;
  const changes = [
    change('4', 'deny'),
    change('3', 'deny', 'deny'),
    change('2', 'allow'),
    change('1', 'allow'),
  ] as never;
  assert.deepEqual(
    momentsOf(changes, 'mail').map(({ at, access }) => [at, access]),
    [
      ['3', 'deny'],
      ['1', 'allow'],
    ],
  );
});

test('the list a device was opened from leads to its neighbours, and is read with care', () => {
  const trail = readTrail(JSON.stringify({ from: '/devices?q=x', ids: ['a', 'b', 'c'], total: 98 }));
  assert.deepEqual(neighboursOf(trail, 'b'), {
    from: '/devices?q=x',
    place: 2,
    total: 98,
    previous: 'a',
    next: 'c',
  });
  assert.equal(neighboursOf(trail, 'z'), undefined);
  assert.equal(neighboursOf(undefined, 'b'), undefined);
  for (const stored of [null, '{', '7', '{"ids":7}', '{"ids":[],"from":"https://evil.example","total":1}'])
    assert.equal(readTrail(stored), undefined);
});

test('CSV-01 a cell that a spreadsheet would calculate is text', () => {
  const written = {
    '=1+1': `'=1+1`,
    '\t=1+1': `'=1+1`,
    '\r@x': `'@x`,
    '"=1+1': `'""=1+1`,
    '+1': `'+1`,
    '-1': `'-1`,
    'x,"y"': 'x,""y""',
    'a\nb': 'a b',
  };
  assert.equal(
    csvOf(
      ['a'],
      Object.keys(written).map((cell) => [cell]),
    ),
    ['a', ...Object.values(written)].map((cell) => `"${cell}"`).join('\r\n'),
  );
});

test('an app that is installed and managed stands once, with how far it is', () => {
  const rows = appRows(
    [
      { id: 'b', name: 'Browser', version: '1', source: 'store' },
      { id: 'm', name: '', version: '2', source: 'store' },
    ],
    [
      { id: 'm', status: 'Managed' },
      { id: 'n', status: 'Installing' },
    ],
  );
  assert.deepEqual(
    rows.map(({ id, managed, state }) => [id, managed, state]),
    [
      ['m', true, 'Managed'],
      ['n', true, 'Installing'],
      ['b', false, ''],
    ],
  );
});

test('what many devices come to is counted, and what is under way is not sent again', () => {
  const item = (deviceId: string, change: object) => ({
    deviceId,
    deviceName: deviceId,
    available: true,
    reason: null,
    message: null,
    needsApproval: false,
    waiting: false,
    ...change,
  });
  const counts = countPreview({
    items: [
      item('a', {}),
      item('b', { needsApproval: true }),
      item('c', { waiting: true }),
      item('d', { available: false, message: 'no' }),
      item('e', { available: false, message: 'no' }),
    ],
  });
  assert.deepEqual(counts, {
    able: ['a', 'b'],
    needApproval: 1,
    waiting: 1,
    reasons: [{ message: 'no', count: 2 }],
  });
  const refusal = { code: 'conflict', reason: null, message: 'no', approvalId: null };
  const outcomes = countOutcomes({
    items: [
      { deviceId: 'a', command: {} as never, refusal: null },
      { deviceId: 'b', command: null, refusal: { ...refusal, approvalId: 'x' } },
      { deviceId: 'c', command: null, refusal },
    ],
  });
  assert.deepEqual([outcomes.sent, outcomes.held, outcomes.failed.length], [1, 1, 1]);
});

test('what destroys asks for the name and a reason, and standing follows the state', () => {
  for (const { name, tier, group } of commandActions)
    assert.equal(tier >= 2, name.endsWith('-wipe'), `${name} in ${group}`);
  const names = (state: string, barred = false) =>
    standingActionsFor({ state, barred }).map(({ name }) => name);
  assert.deepEqual(names('registered'), ['bar', 'block', 'unmanage']);
  assert.deepEqual(names('registered', true), ['unbar', 'block', 'unmanage']);
  assert.deepEqual(names('blocked'), ['unblock', 'unmanage']);
  assert.deepEqual(names('unmanaged'), ['delete']);
});

test('a place is said to a metre, and its accuracy is an angle on the globe', () => {
  assert.equal(coordinates({ latitude: 47.123456789, longitude: -8.5 }), '47.12346, -8.50000');
  assert.ok(Math.abs(degreesOf(111_195) - 1) < 0.001);
});
