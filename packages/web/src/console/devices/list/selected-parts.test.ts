import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inParts, reasonsOf } from './selected-parts.ts';

test('what is ticked is asked a thousand at a time, and the answers are counted together', async () => {
  const ids = Array.from({ length: 2_300 }, (_, index) => String(index));
  const asked: number[] = [];
  const done: string[] = [];
  const report = await inParts(
    { kept: undefined, ids },
    async (some) => {
      asked.push(some.length);
      return {
        changed: some.length - 2,
        unchanged: 1,
        failed: 1,
        items: [{ deviceId: some[0] ?? '', outcome: 'failed', problem: asked.length > 1 ? 'b' : 'a' }],
      };
    },
    (part, of) => done.push(`${part}/${of}`),
  );
  assert.deepEqual(asked, [1_000, 1_000, 300]);
  assert.deepEqual(done, ['1/3', '2/3', '3/3']);
  assert.deepEqual([report.changed, report.unchanged, report.failed], [2_294, 3, 3]);
  assert.deepEqual(reasonsOf(report), [
    { problem: 'b', count: 2 },
    { problem: 'a', count: 1 },
  ]);
});
