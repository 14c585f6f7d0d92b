// How a page loads on a slow computer over a slow line (four times slower, 10 Mbit/s, 40 ms), with nothing in the cache.
import type { Page } from 'playwright-core';
import { settled } from './web-world.ts';

export interface LoadingFigures {
  /** When the largest thing was drawn, milliseconds from the beginning. */
  readonly largestDrawn: number;
  /** How long the page could not have answered, over all tasks of more than fifty milliseconds. */
  readonly blocked: number;
  /** Time of the page’s own thread: what else the machine does is not in it. */
  readonly busy: number;
}

/**
 * The best of some loads, each in a window of its own: whatever comes on top is not the page’s doing.
 * @param limits no further load is needed once all figures are below these
 */
export async function loadingFigures(
  open: () => Promise<Page>,
  address: string,
  limits: LoadingFigures,
  times = 2,
): Promise<LoadingFigures> {
  const all: LoadingFigures[] = [];
  const best = (name: keyof LoadingFigures) => Math.round(Math.min(...all.map((each) => each[name])));
  for (;;) {
    all.push(await loadOnce(await open(), address));
    const found = { largestDrawn: best('largestDrawn'), blocked: best('blocked'), busy: best('busy') };
    if (all.length === times || areWithin(found, limits)) return found;
  }
}

export const areWithin = (found: LoadingFigures, limits: LoadingFigures): boolean =>
  found.largestDrawn < limits.largestDrawn && found.blocked < limits.blocked && found.busy < limits.busy;

async function loadOnce(page: Page, address: string): Promise<LoadingFigures> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 40,
    downloadThroughput: 10_000_000 / 8,
    uploadThroughput: 10_000_000 / 8,
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    const seen = { largestDrawn: 0, blocked: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const { startTime } of list.getEntries()) seen.largestDrawn = startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.blocked += Math.max(0, duration - 50);
    }).observe({ type: 'longtask', buffered: true });
  });
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await settled(page);
  const seen = await page.evaluate(
    () => (globalThis as unknown as { seen: { largestDrawn: number; blocked: number } }).seen,
  );
  const { metrics } = await cdp.send('Performance.getMetrics');
  const busy = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  await page.context().close();
  return { ...seen, busy };
}
