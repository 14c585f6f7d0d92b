// A whole server with an organization in it, and system Chromium in front of it: what every journey begins with. A page that
// complains (an exception, a console error, a refusal of the content policy, a dialog of its own) fails the test.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type ComposedServer,
  composeServer,
  type CompositionOptions,
} from '@gatehouse/server/test/security/composed-server.ts';
import { browserArguments, findBrowser } from '@gatehouse/server/test/security/real-browser.ts';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import type { AxeResults, RunOptions } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core';

export type Role = 'org-admin' | 'help-desk' | 'auditor';

/** Fewer than somebody may have open, more than any journey needs at a time. */
const mostWindows = 5;

/** A machine that does much else at a time is slow, not wrong. */
const patience = 30_000;

const password = 'plinth ocelot quaver tumbril';
const slug = 'acme';

export interface WebWorld extends AsyncDisposable {
  readonly server: ComposedServer;
  readonly devices: readonly SimulatedAgent[];
  /** The address of a page: `/console/devices`. */
  url(path: string): string;
  /** A browser window of its own, in which somebody of that role is signed in, or whoever has these credentials. */
  signIn(who: Role | Credentials, options?: WindowOptions): Promise<Page>;
  /** The same for the portal. */
  signInToPortal(name: string, options?: WindowOptions): Promise<Page>;
  /** A window in which nobody is signed in. */
  open(options?: WindowOptions): Promise<Page>;
  /** The user sets a password by the link that an administrator gives: the one that `signInToPortal` knows. */
  givePassword(userId: string): Promise<void>;
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

export interface Credentials {
  readonly organization: string;
  readonly email: string;
  readonly password: string;
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** @param name of the account: roles have one of their name */
export const credentialsOf = (name: string): Credentials => ({
  organization: slug,
  email: `${name}@${slug}.example`,
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
  const sessions = new Map<string, Cookies>();

  /** Signs in at an address, or goes on with the session of an earlier test: a password is meant to cost. */
  async function enter(page: Page, at: string, me: string, credentials: object): Promise<void> {
    const who = JSON.stringify([at, credentials]);
    const known = sessions.get(who);
    if (known !== undefined) {
      await page.context().addCookies(known);
      if ((await page.request.get(`${origin}${me}`)).ok()) return;
      await page.context().clearCookies();
    }
    const answer = await page.request.post(`${origin}${at}`, {
      data: credentials,
      headers: { origin, 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(answer.status(), 201, await answer.text());
    sessions.set(who, await page.context().cookies());
  }

  async function operate<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await server.operate(method, path, body, slug);
    assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.statusCode} ${answer.body}`);
    return (answer.body === '' ? undefined : answer.json()) as Answer;
  }

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
    context.setDefaultTimeout(patience);
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
    async signIn(who, window) {
      const page = await open(window);
      const credentials = typeof who === 'string' ? credentialsOf(who) : who;
      await enter(page, '/api/v1/session', '/api/v1/me', credentials);
      return page;
    },
    async signInToPortal(name, window) {
      const page = await open(window);
      const credentials = { organization: slug, name, password };
      await enter(page, '/my/api/v1/session', '/my/api/v1/me', credentials);
      return page;
    },
    async givePassword(userId) {
      const { url } = await operate<{ url: string }>('POST', `/users/${userId}/password-link`);
      const page = await open();
      const link = new URL(url);
      await page.goto(`${origin}${link.pathname}${link.hash}`);
      await page.getByLabel(/^New password/).fill(password);
      await page.getByLabel(/again/i).fill(password);
      await page.getByRole('button').first().click();
      await page.getByText('Your password is set', { exact: false }).first().waitFor();
      await page.close();
    },
    operate,
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
    args: [...browserArguments],
  });

const complaints: string[] = [];

/** What each page has asked for and not got yet. */
const underWay = new WeakMap<Page, Set<Request>>();

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
  const requests = new Set<Request>();
  underWay.set(page, requests);
  page.on('request', (request) => {
    // News are followed for ever.
    if (request.resourceType() !== 'eventsource') requests.add(request);
  });
  page.on('requestfinished', (request) => void requests.delete(request));
  page.on('requestfailed', (request) => void requests.delete(request));
}

/** Waits until everything that the page asked for has come and is drawn. */
export async function settled(page: Page): Promise<void> {
  const requests = underWay.get(page) ?? new Set();
  for (const began = Date.now(); ; ) {
    // What has come is drawn in the next frame, and may lead to more questions then.
    await drawn(page);
    if (requests.size === 0) return;
    const waiting = [...requests].map((request) => request.url()).join(', ');
    assert.ok(Date.now() - began < patience, `${page.url()} still waits for ${waiting}`);
  }
}

/** A page that is still drawing is judged for what it is not: colours on their way to others are led to their end. */
const drawn = (page: Page) =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) animation.finish();
  });

/** What pages complained of so far, taken away: for a test that says itself what was to be expected. */
export function takeComplaints(): string[] {
  return complaints.splice(0);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of what stands on pages here nothing has to be loaded by the program that judges them, and of what is right no list is wanted. */
const judging: RunOptions = { resultTypes: ['violations'], preload: false };

const judged: Readonly<Record<'light' | 'dark', RunOptions>> = {
  light: {
    ...judging,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    // Messages and dialogs stand beside the landmarks, in places of their own, with headers of their own.
    rules: {
      region: { enabled: false },
      'landmark-no-duplicate-banner': { enabled: false },
      'landmark-unique': { enabled: false },
      'landmark-banner-is-top-level': { enabled: false },
    },
  },
  // What is no colour is the same in both themes.
  dark: { ...judging, runOnly: { type: 'rule', values: ['color-contrast'] } },
};

/** Nothing that WCAG 2.2 AA forbids and a program can see, in both themes. */
export async function axeClean(page: Page, about = page.url()): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await drawn(page);
    const violations = await page.evaluate(async (options) => {
      const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
      const results = await axe.run(options);
      return results.violations.map(({ id, help, nodes }) => ({
        what: `${id}: ${help}`,
        where: nodes.map(({ target, html }) => `${target.join(' ')} ${html.slice(0, 200)}`),
      }));
    }, judged[colorScheme]);
    const found = violations.map(({ what, where }) => `${what}\n    ${where.join('\n    ')}`);
    assert.deepEqual(found, [], `${about}, ${colorScheme}: ${found.join('\n')}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Waits until nothing sticks out sideways, if that comes: tables become cards when the page hears of its size, a moment later. */
export async function fits(page: Page): Promise<{ readonly scroll: number; readonly wide: number }> {
  await page
    .waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)
    .catch(() => undefined);
  return page.evaluate(() => ({
    wide: document.documentElement.clientWidth,
    scroll: document.documentElement.scrollWidth,
  }));
}

/** The smallest phone that counts; nothing may stick out sideways. */
export async function phone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  const { wide, scroll } = await fits(page);
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
    await settled(page);
    await page.screenshot({ path: join(pictures, `${name}-${kind}.png`), fullPage: kind !== 'dark' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before) await page.setViewportSize(before);
}
