import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailOutcomes } from '@gatehouse/core/mail/mail-outcome.ts';
import {
  decisionsFor,
  devicesQuery,
  linesOf,
  outcomeBars,
  readMailSearch,
  sureSuggestion,
} from './mail-view.ts';
import { mailTexts } from './texts.ts';

test('the address says tab, filter, hours and server; what it does not say is the usual', () => {
  assert.deepEqual(readMailSearch({ tab: 'traffic', hours: '168' }), {
    tab: 'traffic',
    show: 'all',
    hours: 168,
    server: undefined,
  });
  assert.deepEqual(readMailSearch({ tab: 7, hours: '9999', show: 'x' }), {
    tab: 'devices',
    show: 'all',
    hours: 24,
    server: undefined,
  });
  assert.deepEqual(devicesQuery('linkedShown'), { linked: 'true' });
});

test('what is decided already is not offered, what can be taken back is', () => {
  assert.deepEqual(decisionsFor({ state: 'unknown', deviceId: null }), [
    'approve',
    'quarantine',
    'block',
    'forget',
  ]);
  assert.deepEqual(decisionsFor({ state: 'allowed', deviceId: 'd' }), [
    'quarantine',
    'block',
    'reset',
    'unlink',
    'forget',
  ]);
});

test('ENR-17 only a strong suggestion without a rival is taken in bulk', () => {
  const of = (...scores: number[]) =>
    sureSuggestion({
      suggestions: scores.map((score, index) => ({ deviceId: `d${index}`, score, evidence: [] })),
    });
  assert.equal(of(80), 'd0');
  assert.equal(of(80, 70), undefined);
  assert.equal(of(80, 30), 'd0');
  assert.equal(of(40), undefined);
  assert.equal(of(), undefined);
});

test('requests add up over servers, and every outcome has words', () => {
  const row = { serverId: null, bytesIn: 0, bytesOut: 0 };
  assert.deepEqual(
    outcomeBars({
      outcomes: [
        { ...row, outcome: 'passed', requests: 1 },
        { ...row, outcome: 'blocked', requests: 5 },
        { ...row, outcome: 'passed', requests: 9 },
        { ...row, outcome: 'throttled', requests: 0 },
      ],
    }),
    [
      { outcome: 'passed', requests: 10, tone: 'ok' },
      { outcome: 'blocked', requests: 5, tone: 'bad' },
    ],
  );
  for (const outcome of mailOutcomes) assert.notEqual(mailTexts.say(`out.${outcome}`), `out.${outcome}`);
  assert.deepEqual(linesOf(' a \n\nb\na'), ['a', 'b']);
});
