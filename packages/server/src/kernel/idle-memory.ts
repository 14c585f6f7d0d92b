// Gives memory back in quiet moments. While a fleet is evaluated the space for short-lived objects grows, because the seldomer it is
// looked through the less is copied; afterwards V8 would keep it, because it looks only where something is allocated.
import { performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';

const lookEveryMs = 30_000;
/** Share of the time since the last look in which something was done. */
const quiet = 0.05;
/** What the space for short-lived objects may keep. */
const mostKept = 8 * 1024 ** 2;

/** The pause is that of one large collection; without `--expose-gc` nothing happens. */
export function giveMemoryBack(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** As long as the process lives. */
export function giveMemoryBackWhenQuiet(): void {
  let before = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization < quiet && spaceForShortLived() > mostKept) giveMemoryBack();
  }, lookEveryMs).unref();
}

function spaceForShortLived(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space?.space_size ?? 0;
}
