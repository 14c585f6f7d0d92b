/** Runs a target on mutated inputs and keeps what breaks its promise: no throw but DecodeError, and an answer in bounded time. */
import { DecodeError } from '../src/decode-error.ts';
import { mutate, Random } from './mutator.ts';
import type { FuzzTarget } from './target.ts';

export interface FuzzBudget {
  readonly runs: number;
  readonly milliseconds: number;
  readonly seed: number;
}

export interface Crash {
  readonly bytes: Uint8Array;
  readonly problem: string;
}

export interface FuzzReport {
  readonly runs: number;
  /** Inputs that were decoded, not refused: a target that never accepts anything tests little. */
  readonly accepted: number;
  readonly slowest: number;
  readonly crashes: readonly Crash[];
}

/** Far above any honest answer (milliseconds), low enough to show growth out of bounds, also on a busy machine. */
const slowest = 500;
const mostCrashes = 10;

export function fuzz(target: FuzzTarget, budget: FuzzBudget): FuzzReport {
  const random = new Random(budget.seed);
  const deadline = performance.now() + budget.milliseconds;
  const crashes: Crash[] = [];
  let runs = 0;
  let accepted = 0;
  let longest = 0;
  while (runs < budget.runs && performance.now() < deadline && crashes.length < mostCrashes) {
    const bytes = mutate(target, random);
    const outcome = runOnce(target, bytes);
    runs += 1;
    longest = Math.max(longest, outcome.milliseconds);
    if (outcome.accepted) accepted += 1;
    if (outcome.problem !== undefined) {
      crashes.push({ bytes: minimise(target, bytes, outcome.problem), problem: outcome.problem });
    }
  }
  return { runs, accepted, slowest: longest, crashes };
}

interface Outcome {
  readonly accepted: boolean;
  readonly milliseconds: number;
  readonly problem?: string;
}

export function runOnce(target: FuzzTarget, bytes: Uint8Array): Outcome {
  const first = attempt(target, bytes);
  if (first.problem !== undefined || first.milliseconds < slowest) return first;
  // Once may be the machine's fault; three times is ours.
  const fastest = Math.min(first.milliseconds, ...[1, 2].map(() => attempt(target, bytes).milliseconds));
  return fastest < slowest
    ? first
    : { ...first, problem: `took ${Math.round(fastest)} ms for ${bytes.length} bytes` };
}

function attempt(target: FuzzTarget, bytes: Uint8Array): Outcome {
  const startedAt = performance.now();
  try {
    target.run(bytes);
    return { accepted: true, milliseconds: performance.now() - startedAt };
  } catch (error) {
    const milliseconds = performance.now() - startedAt;
    if (error instanceof DecodeError) return { accepted: false, milliseconds };
    return {
      accepted: false,
      milliseconds,
      problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    };
  }
}

/** Cuts ever smaller pieces out as long as something of the same kind still breaks. */
function minimise(target: FuzzTarget, bytes: Uint8Array, problem: string): Uint8Array {
  const kind = problem.split(/[:\s]/)[0];
  let smallest = bytes;
  let attempts = 0;
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.length && attempts < 2000; ) {
      const shorter = Buffer.concat([smallest.subarray(0, from), smallest.subarray(from + size)]);
      attempts += 1;
      if (attempt(target, shorter).problem?.split(/[:\s]/)[0] === kind) smallest = shorter;
      else from += size;
    }
  }
  return smallest;
}
