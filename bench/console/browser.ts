// The list of devices in a real browser: how soon it is there, whether it can be scrolled without a stall, how soon a filter or another
// order shows its rows. Long tasks and frames are counted by the browser itself.
import { browserArguments, findBrowser } from '@gatehouse/server/test/security/real-browser.ts';
import { chromium, type Page } from 'playwright-core';

// What of a page is used here; the rest of this program knows no document.
interface Drawn {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}
declare const document: {
  readonly documentElement: { readonly scrollHeight: number };
  querySelectorAll(selector: string): Iterable<Drawn>;
  querySelector(selector: string): Drawn | null;
};
declare const window: {
  readonly scrollY: number;
  readonly innerHeight: number;
  scrollBy(x: number, y: number): void;
};
declare function requestAnimationFrame(then: (at: number) => void): number;

export interface Seen {
  /** Milliseconds until rows were there, each time anew. */
  readonly opened: readonly number[];
  readonly filtered: readonly number[];
  readonly sorted: readonly number[];
  readonly jumped: readonly number[];
  readonly scrolled: {
    readonly rows: number;
    readonly seconds: number;
    /** Milliseconds. */
    readonly longestTask: number;
    readonly frame50: number;
    readonly frame99: number;
    readonly longestFrame: number;
    /** Times at which the end of what was loaded was reached before more had come, and how long that took at most. */
    readonly waits: number;
    readonly longestWait: number;
  };
  readonly nodes: number;
  /** MiB */
  readonly heap: number;
}

interface Visitor {
  readonly organization: string;
  readonly email: string;
  readonly password: string;
}

export const hasBrowser = findBrowser() !== undefined;

export async function lookThroughBrowser(
  origin: string,
  visitor: Visitor,
  wanted: { readonly rows: number; readonly rounds: number },
): Promise<Seen> {
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? '',
    args: [...browserArguments],
  });
  try {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale: 'en-GB',
      viewport: { width: 1280, height: 860 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const answer = await page.request.post(`${origin}/api/v1/session`, {
      data: visitor,
      headers: { origin, 'sec-fetch-site': 'same-origin' },
    });
    if (answer.status() !== 201) throw new Error(`sign-in: ${answer.status()} ${await answer.text()}`);
    const opened: number[] = [];
    for (let round = 0; round <= wanted.rounds; round += 1) {
      const began = performance.now();
      await page.goto(`${origin}/console/devices`);
      await rowsAre(page);
      // The first visit fills the browser’s cache.
      if (round > 0) opened.push(performance.now() - began);
    }
    const filtered: number[] = [];
    const field = page.getByRole('combobox', { name: 'Find devices' });
    for (let round = 0; round < wanted.rounds; round += 1)
      for (const [typed, sign] of [
        ['platform:ios is:bad', 'Not compliant'],
        [`SER0000${10 + round}`, ''],
        ['pixel carla', 'Carla'],
      ] as const) {
        const before = await namesOf(page);
        const began = performance.now();
        await field.fill(typed);
        await rowsAre(page, { other: before, first: sign });
        filtered.push(performance.now() - began);
      }
    await field.fill('');
    await rowsAre(page, { first: 'Anna' });
    const sorted: number[] = [];
    for (let round = 0; round < wanted.rounds; round += 1)
      for (const column of ['Last seen', 'Owner', 'State', 'Name']) {
        const before = await namesOf(page);
        const began = performance.now();
        await page.getByRole('button', { name: column, exact: true }).click();
        await rowsAre(page, { other: before });
        sorted.push(performance.now() - began);
      }
    const jumped: number[] = [];
    for (const name of ['Max', 'Carla', 'Olga'].slice(0, wanted.rounds)) {
      const began = performance.now();
      await page.getByRole('textbox', { name: /^Go to/ }).fill(name);
      await page.getByRole('button', { name: 'Go there' }).click();
      await rowsAre(page, { first: name });
      jumped.push(performance.now() - began);
    }
    await page.goto(`${origin}/console/devices`);
    await rowsAre(page);
    const scrolled = await scroll(page, wanted.rows);
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (name: string) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
    return {
      opened,
      filtered,
      sorted,
      jumped,
      scrolled,
      nodes: metric('Nodes'),
      heap: metric('JSHeapUsedSize') / 2 ** 20,
    };
  } finally {
    await browser.close();
  }
}

const namesOf = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('tr[data-row]')].map(({ textContent }) => textContent).join(),
  );

interface Awaited {
  /** What all rows said before. */
  readonly other?: string;
  /** What the first row says. */
  readonly first?: string;
}

/** Until the rows of the answer are drawn, and no rows of the question before. */
async function rowsAre(page: Page, awaited: Awaited = {}): Promise<void> {
  await page.waitForFunction(
    ({ other, first = '' }) => {
      const texts = [...document.querySelectorAll('tr[data-row]')].map((row) => row.textContent ?? '');
      const isStale = document.querySelector('[aria-busy="true"] [data-rows]') !== null;
      return texts[0]?.includes(first) === true && !isStale && texts.join() !== other;
    },
    awaited,
    { polling: 'raf', timeout: 30_000 },
  );
}

/** As fast as somebody spins a wheel: three rows a frame. */
async function scroll(page: Page, rows: number): Promise<Seen['scrolled']> {
  return page.evaluate(async (wanted) => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    );
    observer.observe({ entryTypes: ['longtask' as 'measure'] });
    const frames: number[] = [];
    const waits: number[] = [];
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const lastRow = () =>
      Number([...document.querySelectorAll('tr[data-row]')].at(-1)?.getAttribute('data-row'));
    const began = performance.now();
    let [before, stuck] = [await frame(), 0];
    while (lastRow() < wanted && performance.now() - began < 120_000) {
      const height = document.documentElement.scrollHeight;
      const isAtEnd = window.scrollY + window.innerHeight >= height - 2;
      window.scrollBy(0, 132);
      const now = await frame();
      frames.push(now - before);
      if (isAtEnd) stuck += now - before;
      else if (stuck > 0) {
        waits.push(stuck);
        stuck = 0;
      }
      before = now;
    }
    observer.disconnect();
    const sorted = frames.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return {
      rows: lastRow(),
      seconds: (performance.now() - began) / 1_000,
      longestTask: Math.max(0, ...tasks),
      frame50: at(0.5),
      frame99: at(0.99),
      longestFrame: at(1),
      waits: waits.length,
      longestWait: Math.max(0, ...waits),
    };
  }, rows);
}
