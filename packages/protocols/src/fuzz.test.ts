/** A short fuzzing run of every decoder, and every crash ever found. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { fuzz, runOnce } from '../fuzz/engine.ts';
import { mutate, Random } from '../fuzz/mutator.ts';
import type { FuzzTarget } from '../fuzz/target.ts';
import { targets } from '../fuzz/targets.ts';
import { DecodeError } from './decode-error.ts';

/** `FUZZ_SEED=…` repeats a run; without it every run tries something new. */
const seed = process.env.FUZZ_SEED === undefined ? randomInt(2 ** 32) : Number(process.env.FUZZ_SEED);

suite('any bytes give a message or a DecodeError, in bounded time', () => {
  for (const target of targets) {
    test(target.name, (context) => {
      const report = fuzz(target, { runs: 2000, milliseconds: 3000, seed });
      context.diagnostic(`FUZZ_SEED=${seed}: ${report.runs} runs, ${report.accepted} accepted`);
      const found = report.crashes.map(
        ({ problem, bytes }) => `${problem}: ${Buffer.from(bytes).toString('base64')}`,
      );
      assert.deepEqual(found, [], `FUZZ_SEED=${seed}`);
      assert.ok(report.runs > 0);
    });
  }
});

test('every seed is a valid input: mutations start from something the decoder accepts', () => {
  for (const target of targets) {
    for (const [index, bytes] of target.seeds.entries()) {
      const outcome = runOnce(target, bytes);
      assert.ok(outcome.accepted, `${target.name} seed ${index}: ${outcome.problem ?? 'refused'}`);
    }
  }
});

suite('crashes of the past stay mended', () => {
  const directory = new URL('../testdata/crashes/', import.meta.url);
  for (const target of targets) {
    const own = new URL(`${target.name}/`, directory);
    for (const name of existsSync(own) ? readdirSync(own) : []) {
      test(`${target.name} ${name}`, () => {
        assert.equal(runOnce(target, readFileSync(new URL(name, own))).problem, undefined);
      });
    }
  }
});

test('the engine finds a planted fault, minimises it, and repeats itself from a seed', () => {
  const planted: FuzzTarget = {
    name: 'planted',
    seeds: [Buffer.from('some harmless text that is long enough')],
    dictionary: [Buffer.from('BOOM')],
    run(bytes) {
      if (Buffer.from(bytes).includes('BOOM')) throw new TypeError('planted');
      throw new DecodeError('refused');
    },
  };
  const budget = { runs: 500, milliseconds: 3000, seed: 42 };
  const report = fuzz(planted, budget);
  assert.ok(report.crashes.length > 0);
  assert.equal(Buffer.from(report.crashes[0]?.bytes ?? []).toString(), 'BOOM');
  assert.deepEqual(fuzz(planted, budget).crashes, report.crashes);
  const inputs = (from: number) =>
    Array.from({ length: 5 }, () => Buffer.from(mutate(planted, new Random(from))).toString('hex'));
  assert.deepEqual(inputs(1), inputs(1));
  assert.notDeepEqual(inputs(1), inputs(2));
});
