// A whole server with an organization in it, and system Chromium in front of it: what every journey begins with. A page that
// complains (an exception, a console error, a refusal of the content policy, a dialog of its own) fails the test.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import {
  type ComposedServer,
  composeServer,
  type CompositionOptions,
} from '@gatehouse/server/test/security/composed-server.ts';
import { findBrowser } from '@gatehouse/server/test/security/real-browser.ts';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export type Role = 'org-admin' | 'help-desk' | 'auditor' | 'system-admin';

/** Fewer than somebody may have open, more than any journey needs at a time. */
const mostWindows = 5;

const password = 'plinth ocelot quaver tumbril';
const slug = 'acme';

export interface WebWorld extends AsyncDisposable {
  readonly server: ComposedServer;
  readonly devices: readonly SimulatedAgent[];
  /** The address of a page: `/console/devices`. */
  url(path: string): string;
  /** A browser window of its own, in which somebody of that role is signed in. */
  signIn(role: Role, options?: WindowOptions): Promise<Page>;
  /** A window in which nobody is signed in. */
  open(options?: WindowOptions): Promise<Page>;
  /** The operator’s hand: what the test needs without showing how it is done. @returns the body */
  operate<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Light, dark and phone as NAME-….png in GATEHOUSE_TEST_PICTURES, for the eyes of whoever builds the page. */
  picture(page: Page, name: string): Promise<void>;
}

export interface WindowOptions {
  readonly locale?: 'en-GB' | 'de-DE';
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Complaints that the journey causes itself: a refused request is an error in the browser’s eyes. */
  readonly expects?: readonly RegExp[];
}

export const credentialsOf = (role: Role) => ({
  organization: slug,
  email: `${role}@${slug}.example`,
  password,
});

/** Why the journeys cannot run here, for `describe(…, { skip })`. */
export const noBrowser = findBrowser() === undefined && 'there is no Chromium on this machine';

export async function openWebWorld(
  options: CompositionOptions & { readonly devices?: number } = {},
): Promise<WebWorld> {
  const [server, browser] = await Promise.all([composeServer(options), launch()]);
  const origin = `https://localhost:${server.ports.main}`;
  await server.addOrganization(slug);
  // Second factors have journeys of their own.
  await server.operate('PATCH', '/organization/settings', { secondFactorRequired: false }, slug);
  await Promise.all(
    (['org-admin', 'help-desk', 'auditor'] as const).map((role) =>
      server.addAdministrator(slug, credentialsOf(role).email, role, password),
    ),
  );
  const devices: SimulatedAgent[] = [];
  for (let index = 0; index < (options.devices ?? 0); index++) devices.push(await server.enrol(slug));
  const contexts: BrowserContext[] = [];

  async function open(window: WindowOptions = {}): Promise<Page> {
    // Each window follows what happens, and nobody may follow it in more than eight: those of tests that are over go.
    if (contexts.length >= mostWindows) await contexts.shift()?.close();
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale: window.locale ?? 'en-GB',
      viewport: { width: window.width ?? 1280, height: window.height ?? 860 },
      colorScheme: window.colorScheme ?? 'light',
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    contexts.push(context);
    const page = await context.newPage();
    watch(page, window.expects ?? []);
    return page;
  }

  return {
    server,
    devices,
    url: (path) => `${origin}${path}`,
    open,
    async signIn(role, window) {
      const page = await open(window);
      const answer = await page.request.post(`${origin}/api/v1/session`, {
        data: credentialsOf(role),
        headers: { origin, 'sec-fetch-site': 'same-origin' },
      });
      assert.equal(answer.status(), 201, await answer.text());
      return page;
    },
    async operate<Answer>(method: string, path: string, body?: unknown) {
      const answer = await server.operate(method, path, body, slug);
      assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.statusCode} ${answer.body}`);
      return (answer.body === '' ? undefined : answer.json()) as Answer;
    },
    picture,
    async [Symbol.asyncDispose]() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await server[Symbol.asyncDispose]();
      assert.deepEqual(complaints, [], 'pages complained');
    },
  };
}

const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findBrowser() ?? '',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });

const complaints: string[] = [];

function watch(page: Page, expected: readonly RegExp[]): void {
  const complain = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(`${page.url()}: ${text}`);
  };
  page.on('pageerror', (error) => complain(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complain(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complain(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

/** What pages complained of so far, taken away: for a test that says itself what was to be expected. */
export function takeComplaints(): string[] {
  return complaints.splice(0);
}

/** Nothing that WCAG 2.2 AA forbids and a program can see, in both themes. */
export async function axeClean(page: Page, about = page.url()): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // A page that is still drawing is judged for what it is not.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    // Nothing here has frames: the rules of one document are enough. What is no colour is the same in both themes.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    if (colorScheme === 'dark') axe.withRules(['color-contrast']);
    else
      axe
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        // Messages and dialogs stand beside the landmarks, in places of their own, with headers of their own.
        .disableRules([
          'region',
          'landmark-no-duplicate-banner',
          'landmark-unique',
          'landmark-banner-is-top-level',
        ]);
    const { violations } = await axe.analyze();
    const found = violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n    ${nodes.map((node) => `${node.target.join(' ')} ${node.html.slice(0, 200)}`).join('\n    ')}`,
    );
    assert.deepEqual(found, [], `${about}, ${colorScheme}: ${found.join('\n')}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The smallest phone that counts; nothing may stick out sideways. */
export async function phone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  const measure = () =>
    page.evaluate(() => ({
      wide: document.documentElement.clientWidth,
      scroll: document.documentElement.scrollWidth,
    }));
  let { wide, scroll } = await measure();
  // Tables become cards when the page hears of its new size, which takes a moment.
  for (let waited = 0; scroll > wide && waited < 3_000; waited += 100) {
    await page.waitForTimeout(100);
    ({ wide, scroll } = await measure());
  }
  assert.ok(scroll <= wide, `${page.url()} is ${scroll} px wide on a phone of ${wide}`);
}

/** Where pictures of pages go, for whoever builds them; without it none are taken. */
const pictures = process.env['GATEHOUSE_TEST_PICTURES'];

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  const before = page.viewportSize();
  for (const [kind, width, colorScheme] of [
    ['light', 1280, 'light'],
    ['dark', 1280, 'dark'],
    ['phone', 360, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 860 });
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    await page.screenshot({ path: join(pictures, `${name}-${kind}.png`), fullPage: kind !== 'dark' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before) await page.setViewportSize(before);
}
