import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNarrator } from './narrator.ts';

test('a burst is told, the rest of a flood is counted, and what must be told is told', () => {
  let now = Date.UTC(2026, 10, 21, 12);
  const lines: string[] = [];
  const narrator = createNarrator({
    write: (text) => lines.push(text.trimEnd()),
    now: () => now,
    perSecond: 1,
    burst: 2,
  });
  for (let index = 0; index < 10; index += 1) narrator.tell(`event ${index}`);
  narrator.announce('ready');
  now += 1_000;
  narrator.tell('later\nwith \u001b[31mcolour');
  assert.deepEqual(lines, [
    'demo 12:00:00  event 0',
    'demo 12:00:00  event 1',
    'demo 12:00:00  ready',
    'demo 12:00:01  later with  [31mcolour   (and 8 more)',
  ]);
});
