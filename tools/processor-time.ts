/**
 * What a stretch of work costs, for tests that hold it to a limit. A clock on the wall tells what else the machine has to do, and the
 * time of the processor how fast the machine is at the moment; what is told here should depend on neither.
 */

/** What `fixedWork` takes on the machine that the limits are meant for, in ms. */
const usualMs = 2.8;

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Of this thread so far, in ms. The system counts up to when it last looked at the thread, which it does when the thread rests. */
function processorMs(): number {
  Atomics.wait(nothing, 0, 0, 0.1);
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function processorMsOf(work: () => unknown): number {
  const before = processorMs();
  work();
  return processorMs() - before;
}

/** What is always the same amount of work. It stands alone, so that a page can be given it too. */
export function fixedWork(): number {
  const counts = new Map<string, number>();
  let sum = 0;
  for (let index = 0; index < 30_000; index += 1) {
    const key = `key-${index % 512}`;
    const count = (counts.get(key) ?? 0) + index;
    counts.set(key, count);
    sum += key.length ^ count;
  }
  return sum;
}

/** How often the usual time a machine needs that takes so long for `fixedWork`; one that is quicker is given no less. */
export const slownessBy = (fixedWorkMs: number): number => Math.max(1, fixedWorkMs / usualMs);

let isWarm = false;

/** How much slower than usual this thread is at the moment. */
export function slowness(): number {
  // The first times it is still being compiled.
  if (!isWarm) for (let round = 0; round < 8; round += 1) fixedWork();
  isWarm = true;
  return slownessBy(Math.min(processorMsOf(fixedWork), processorMsOf(fixedWork)));
}

/** ms of the processor that the work takes at the usual speed: the least of so many tries, because what disturbs only ever adds. */
export function costOf(work: () => unknown, tries = 5): number {
  const costs = Array.from({ length: tries }, () => {
    const before = slowness();
    const cost = processorMsOf(work);
    return cost / Math.min(before, slowness());
  });
  return Math.min(...costs);
}
