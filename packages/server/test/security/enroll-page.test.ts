// The enrolment page in a real browser: by keyboard, at the size of a phone, in the dark, without script.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { finishEnrollment } from '../../src/modules/enrollment/index.ts';
import { openTestPage, type TestPage } from '../../src/surfaces/enroll/test-page.ts';
import { findBrowser, type Page, type RealBrowser, startBrowser } from './real-browser.ts';

const browserProgram = findBrowser();
const missing = browserProgram === undefined && 'there is no Chromium on this machine';
const pictures = process.env['GATEHOUSE_TEST_PICTURES'];

describe('the enrolment page in a real browser', { skip: missing }, () => {
  let page: TestPage;
  let browser: RealBrowser;
  let origin = '';
  before(async () => {
    [page, browser] = await Promise.all([openTestPage(), startBrowser(browserProgram ?? '')]);
    await page.surface.server.listen({ host: '127.0.0.1', port: 0 });
    // With every door that there can be.
    await page.surface.call(
      page.surface.acme.administrators['org-admin'].token,
      'PATCH',
      '/organization/settings',
      { body: { mailSignIn: { people: 'known' } } },
    );
    origin = `http://localhost:${(page.surface.server.server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await page[Symbol.asyncDispose]();
  });

  const reach = (tab: Page, text: string) =>
    tab.until(`document.querySelector('h1')?.textContent === ${JSON.stringify(text)}`);
  const focused = (tab: Page) =>
    tab.evaluate<string>(`document.activeElement.id || document.activeElement.textContent.trim()`);
  /** Nothing is wider than the screen, everything to press is large enough, and texts stand out from what is behind them. */
  async function requireReadable(tab: Page, about: string): Promise<void> {
    assert.ok(
      await tab.evaluate(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`),
      `${about}: nothing to scroll sideways`,
    );
    const small = await tab.evaluate<string[]>(
      `[...document.querySelectorAll('button,.choice,summary,a.button')].filter((e) => e.getClientRects().length > 0 && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML)`,
    );
    assert.deepEqual(small, [], `${about}: large enough for a finger`);
    assert.deepEqual(await tab.evaluate<string[]>(pale), [], `${about}: contrast of at least 4.5 to 1`);
  }
  /** Texts whose colour differs too little from the nearest background (WCAG 1.4.3). */
  const pale = `(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const behind = (e) => { for (let at = e; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); if (c[3] > 200) return c; } return [255, 255, 255, 255]; };
    return [...document.querySelectorAll('body *')].filter((e) => e.getClientRects().length > 0 && !e.closest('svg') && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .filter((e) => { const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))]; return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; }).map((e) => e.outerHTML.slice(0, 100));
  })()`;

  async function keep(tab: Page, name: string): Promise<void> {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    writeFileSync(`${pictures}/${name}.png`, await tab.picture());
  }
  async function look(tab: Page, name: string): Promise<void> {
    for (const colours of ['light', 'dark'] as const) {
      await tab.appear(375, 780, colours);
      await requireReadable(tab, `${name}, ${colours}`);
      await keep(tab, `${name}-${colours}`);
    }
    await tab.appear(320, 600, 'light');
    await requireReadable(tab, `${name}, the smallest phone`);
    // Everything that can be used has a name.
    for (const { role, name: spoken } of await tab.spoken()) {
      if (['button', 'textbox', 'checkbox', 'radio', 'link', 'image', 'DisclosureTriangle'].includes(role)) {
        assert.notEqual(spoken.trim(), '', `${name}: a ${role} without a name`);
      }
    }
    const headings = await tab.evaluate<string[]>(
      `[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => h.tagName)`,
    );
    assert.equal(headings[0], 'H1');
    assert.equal(headings.filter((each) => each === 'H1').length, 1);
  }

  test('ENR-T07 ENR-18 NAC-43 from the invitation to the enrolled device by keyboard alone; the code leaves the address at once', async () => {
    const token = page.surface.acme.administrators['org-admin'].token;
    const made = await page.surface.call(token, 'POST', '/terms', {
      body: {
        kind: 'acceptable-use',
        title: 'Acceptable use',
        text: '# In short\n\nUse it for work.\n\n- Lock it.\n- Report a loss.\n\n<img src=x onerror=alert(1)>',
        publish: true,
      },
    });
    const terms = made.json() as { id: string };
    const issued = await page.issue();
    const tab = await browser.open(`${origin}/enroll/acme#${issued.oneTimePassword}`);
    await tab.until(`document.activeElement?.id === 'enter-code'`);
    assert.equal(await tab.evaluate('location.hash'), '');
    assert.equal(await tab.evaluate(`document.getElementById('code').value`), issued.oneTimePassword);
    await look(tab, 'entrance');
    await tab.press('Enter');
    await reach(tab, 'What you agree to');
    await look(tab, 'terms');
    for (
      let steps = 0;
      steps < 6 && (await tab.evaluate(`document.activeElement.name`)) !== 'agreed';
      steps += 1
    )
      await tab.press('Tab');
    await tab.evaluate('document.activeElement.click()');
    await tab.press('Tab');
    assert.equal(await focused(tab), 'I agree');
    await tab.press('Enter');
    await reach(tab, 'Get the profile');
    await look(tab, 'profile');
    for (let steps = 0; steps < 6 && (await focused(tab)) !== 'Download the profile'; steps += 1)
      await tab.press('Tab');
    await tab.press('Enter');
    await reach(tab, 'Install the profile');
    await look(tab, 'install');
    const [device] = await page.rows<{ device_id: string }>(
      'select device_id from devices where enrollment_id = $1',
      [issued.id],
    );
    await page.deps.database.withTenant(page.surface.acme.id, (tx) =>
      finishEnrollment(tx, page.deps, device?.device_id ?? ''),
    );
    await reach(tab, 'Almost done');
    await look(tab, 'progress');
    // NAC-43: there is nothing to go on with until the network lets in what has arrived.
    assert.equal(await tab.evaluate(`document.querySelector('form[action$="/continue"]') === null`), true);
    await page.rows(
      `update device_posture set access_network = 'allow', policy_version = 'p1' where device_id = $1`,
      [device?.device_id],
    );
    await page.rows(`update device_contacts set acknowledged_policy_version = 'p1' where device_id = $1`, [
      device?.device_id,
    ]);
    await reach(tab, 'Your device is enrolled');
    await look(tab, 'done');
    await tab.press('Tab');
    assert.equal(await focused(tab), 'Continue');
    await tab.press('Enter');
    await tab.until(`document.body.textContent.includes('The network has been told')`);
    for (let steps = 0; steps < 4 && (await focused(tab)) !== 'Start over'; steps += 1)
      await tab.press('Tab');
    await tab.press('Enter');
    await reach(tab, 'Enrol your device');
    assert.deepEqual(
      tab.requests.filter((url) => !url.startsWith(origin)),
      [],
      'nobody else is asked for anything',
    );
    assert.deepEqual(tab.complaints, []);
    await tab.close();
    await page.surface.call(token, 'POST', `/terms/${terms.id}/withdraw`);
  });

  test('a wrong code is said, where it was typed, and one is not sent away', async () => {
    const tab = await browser.open(`${origin}/enroll/acme`);
    await reach(tab, 'Enrol your device');
    await tab.evaluate(`document.getElementById('code').focus()`);
    await tab.type('not a code');
    await tab.press('Enter');
    await tab.until(`document.querySelector('[role=alert]') !== null`);
    assert.equal(await tab.evaluate(`document.getElementById('code').getAttribute('aria-invalid')`), 'true');
    assert.equal(
      await tab.evaluate(
        `document.getElementById(document.getElementById('code').getAttribute('aria-describedby')) !== null`,
      ),
      true,
    );
    await look(tab, 'wrong-code');
    await tab.close();
  });

  test('without script every step works, and waiting reloads by itself', async () => {
    const issued = await page.issue({ platform: 'macos' });
    const tab = await browser.open('about:blank');
    await tab.withoutScript(`${origin}/enroll/acme`);
    await reach(tab, 'Enrol your device');
    await tab.evaluate(`document.getElementById('code').focus()`);
    await tab.type(issued.oneTimePassword.toLowerCase());
    await tab.press('Enter');
    await reach(tab, 'Get the profile');
    assert.ok(await tab.evaluate(`document.querySelector('meta[http-equiv=refresh]') !== null`));
    await tab.close();
  });
});
