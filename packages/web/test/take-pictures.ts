/**
 * `node packages/web/test/take-pictures.ts --url https://localhost:8443 --account DATA/demo/console-account.json --out docs/images/console`:
 * the pictures of the documentation, from a running demo, so that nobody keeps them up by hand.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browserArguments, findBrowser } from '@gatehouse/server/test/security/real-browser.ts';
import { chromium, type Page } from 'playwright-core';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    account: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string' },
  },
});
const { url, account, out } = values;
if (url === undefined || account === undefined || out === undefined) {
  process.stderr.write('usage: take-pictures.ts --url URL --account FILE --out DIRECTORY [--only NAME]\n');
  process.exit(2);
}

/** Pages by the name of their picture; what stands behind → is opened from a list. */
const pages: Readonly<Record<string, string>> = {
  overview: '/',
  devices: '/devices',
  device: '/devices → 1',
  why: '/devices?q=gate.net:no → why',
  users: '/users',
  groups: '/groups',
  suites: '/policies/suites',
  suite: '/policies/suites → 1',
  resources: '/policies/resources',
  schedules: '/policies/schedules',
  rules: '/compliance/rules',
  'new-rule': '/compliance/rules/new',
  exceptions: '/compliance/exceptions',
  simulations: '/compliance/simulations',
  rollouts: '/compliance/rollouts',
  playbooks: '/compliance/playbooks',
  alerts: '/compliance/alerts',
  network: '/gates/network',
  mail: '/gates/mail',
  vpn: '/gates/vpn',
  enrolment: '/enrolment',
  integrations: '/integrations',
  approvals: '/activity/approvals',
  audit: '/activity/audit',
  jobs: '/activity/jobs',
  settings: '/settings',
  branding: '/settings/branding',
  roles: '/settings/roles',
  administrators: '/settings/administrators',
  account: '/account',
};

const browser = await chromium.launch({
  executablePath: findBrowser() ?? '',
  args: [...browserArguments],
});
const context = await browser.newContext({
  ignoreHTTPSErrors: true,
  locale: 'en-GB',
  viewport: { width: 1280, height: 860 },
  reducedMotion: 'reduce',
});
const page = await context.newPage();
page.on('console', (message) => {
  if (message.type() === 'error') process.stderr.write(`${page.url()}: ${message.text()}\n`);
});
page.on('pageerror', (error) => process.stderr.write(`${page.url()}: ${error.message}\n`));
const { organization, user, password } = JSON.parse(readFileSync(account, 'utf8')) as Record<string, string>;
const answer = await page.request.post(`${url}/api/v1/session`, {
  data: { organization, email: user, password },
  headers: { origin: url, 'sec-fetch-site': 'same-origin' },
});
if (answer.status() !== 201)
  throw new Error(`signing in was answered ${answer.status()}: ${await answer.text()}`);
mkdirSync(out, { recursive: true });
for (const [name, address] of Object.entries(pages)) {
  if (values.only !== undefined && values.only !== name) continue;
  const [path = '/', then] = address.split(' → ');
  await page.goto(`${url}/console${path}`);
  await settled(page);
  if (then !== undefined) {
    const link = page.locator('main [data-rows] a').first();
    const to = await link.getAttribute('href', { timeout: 5_000 }).catch(() => null);
    if (to === null) {
      process.stderr.write(`${name}: nothing in the list ${path}\n`);
      continue;
    }
    await page.goto(new URL(then === 'why' ? `${to.replace(/\/overview$/, '')}/why` : to, url).href);
    await settled(page);
  }
  await page.screenshot({ path: join(out, `${name}.png`) });
  process.stderr.write(`${name} `);
}
await browser.close();
process.stderr.write('\n');

async function settled(on: Page): Promise<void> {
  await on
    .locator('main h1')
    .first()
    .waitFor({ timeout: 20_000 })
    .catch(() => undefined);
  await on.waitForTimeout(1_500);
}
