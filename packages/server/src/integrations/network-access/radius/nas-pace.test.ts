import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNasPace, patienceMs } from './nas-pace.ts';

function at(start = 2_000_000_000_000) {
  let now = start;
  return { clock: { now: () => now }, pass: (milliseconds: number) => (now += milliseconds) };
}

test('RAD-06 a change of a whole fleet reaches a network device no faster than it is told to', () => {
  const time = at();
  const pace = createNasPace(time.clock);
  let told = 0;
  for (let second = 0; second < 10; second += 1) {
    for (let step = 0; step < 10; step += 1) {
      for (let wanted = 0; wanted < 100; wanted += 1) {
        if (pace.turn('nas', 20) > patienceMs) continue;
        told += 1;
        pace.over('nas');
      }
      time.pass(100);
    }
  }
  // ten seconds’ worth, what may go at once, and what is already given a turn in the next second
  assert.ok(told >= 200 && told <= 200 + 5 + 21, String(told));
});

test('a network device that does not answer is left alone, and then one may try', () => {
  const time = at();
  const pace = createNasPace(time.clock);
  assert.equal(pace.turn('nas', 200), 0);
  pace.leaveAlone('nas');
  pace.over('nas');
  assert.ok(pace.turn('nas', 200) > patienceMs);
  assert.equal(pace.turn('another', 200), 0, 'others do not wait for it');
  time.pass(30_001);
  assert.equal(pace.turn('nas', 200), 0);
  assert.ok(pace.turn('nas', 200) > patienceMs, 'one, not all');
  pace.answered('nas');
  assert.equal(pace.turn('nas', 200), 0);
});

test('no more than 64 are under way to one network device, whose answers nobody has seen yet', () => {
  const pace = createNasPace(at().clock);
  const turns = Array.from({ length: 100 }, () => pace.turn('nas', 1_000));
  assert.equal(turns.filter((wait) => wait <= patienceMs).length, 64);
  pace.over('nas');
  assert.ok(pace.turn('nas', 1_000) <= patienceMs);
});

test('RAD-06 who finds 64 under way waits in line for an answer, one place each, and not for long', async () => {
  const pace = createNasPace(at().clock);
  for (let count = 0; count < 64; count += 1) {
    assert.equal(await pace.room('nas'), false);
    pace.turn('nas', 1_000);
  }
  const began = performance.now();
  const line = Array.from({ length: 3 }, () => pace.room('nas'));
  assert.equal(await pace.room('another'), false, 'others do not wait for it');
  pace.over('nas');
  assert.equal(await line[0], true);
  assert.ok(pace.turn('nas', 1_000) > patienceMs, 'a place that was kept is taken by nobody else');
  assert.ok(pace.turn('nas', 1_000, true) <= patienceMs);
  pace.leaveAlone('nas');
  pace.over('nas');
  assert.equal(await line[1], true);
  assert.ok(pace.turn('nas', 1_000, true) > patienceMs);
  assert.equal(await line[2], true, 'the place passes on');
  assert.ok(pace.turn('nas', 1_000, true) > patienceMs);
  assert.ok(performance.now() - began < patienceMs);
  const dead = createNasPace(at().clock);
  for (let count = 0; count < 64; count += 1) dead.turn('nas', 1_000);
  assert.equal(await dead.room('nas'), false);
  assert.ok(dead.turn('nas', 1_000) > patienceMs, 'put back');
});

test('a clock that is set back makes nobody wait for ever', () => {
  const time = at();
  const pace = createNasPace(time.clock);
  for (let count = 0; count < 20; count += 1) {
    pace.turn('nas', 10);
    pace.over('nas');
  }
  pace.leaveAlone('dead');
  time.pass(-86_400_000);
  assert.equal(pace.turn('nas', 10), 0);
  assert.equal(pace.turn('dead', 10), 0);
});
