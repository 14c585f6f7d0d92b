import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { contrastOf } from '@gatehouse/core/branding/accent.ts';
import { logoLimits } from '../modules/organizations/brand-image.ts';
import { jpeg, png, webp } from '../modules/organizations/test-pictures.ts';
import { createRefusals } from '../modules/certificates/index.ts';
import { openTestAdminSurface, publicUrl, type TestAdminSurface } from './admin/test-surface.ts';
import { registerBrandingSurface } from './branding.ts';
import { registerEnrollPage } from './enroll.ts';

describe('branding', () => {
  let surface: TestAdminSurface;
  before(async () => {
    surface = await openTestAdminSurface({
      prepare(server, deps) {
        registerBrandingSurface(server, deps);
        registerEnrollPage(server, {
          ...deps,
          refusals: createRefusals(deps),
          deviceUrl: publicUrl,
          tlsAnchors: () => [],
          mailStandingOf: () => Promise.reject(new Error('nobody signs in here')),
          proveMailAccount: () => Promise.reject(new Error('nobody signs in here')),
        });
      },
    });
  });
  after(() => surface[Symbol.asyncDispose]());

  const token = (role: 'org-admin' | 'help-desk') => surface.acme.administrators[role].token;
  const change = (body: object) =>
    surface.call(token('org-admin'), 'PATCH', '/organization/branding', { body });
  const upload = (payload: Buffer, type = 'image/png') =>
    surface.call(token('org-admin'), 'PUT', '/organization/branding/logo', {
      payload,
      headers: { 'content-type': type },
    });
  const open = (url: string) => surface.server.inject(url);

  test('ARC-12 name, colour, words and support of an organization are what its pages show', async () => {
    const empty = (await open('/branding/acme')).json();
    assert.deepEqual(empty, { name: 'acme inc', texts: {} });
    const changed = await change({
      name: 'Acme',
      accent: '#0b5cad',
      texts: { de: { enrolment: 'Willkommen' } },
    });
    assert.equal(changed.statusCode, 200, changed.body);
    assert.equal(changed.json().updatedBy.slice(0, 6), 'token:');
    await surface.call(token('org-admin'), 'PATCH', '/organization/settings', {
      body: { support: { phone: '+49 30 1234', email: 'help@acme.example' } },
    });
    const shown = (await open('/branding/acme')).json();
    assert.deepEqual(shown, {
      name: 'Acme',
      accent: '#0b5cad',
      texts: { de: { enrolment: 'Willkommen' } },
      support: { phone: '+49 30 1234', email: 'help@acme.example' },
    });
    await change({ name: null, accent: null });
    assert.equal((await open('/branding/acme')).json().name, 'acme inc');
    assert.equal((await open('/branding/globex')).json().name, 'globex inc', 'each has its own');
  });

  test('ARC-12 a colour that does not stand out is refused with the nearest shade, which then is taken', async () => {
    const refused = await change({ accent: '#ffd000' });
    assert.equal(refused.statusCode, 422);
    assert.equal(refused.json().reason, 'poor-contrast');
    const { proposal } = refused.json().context;
    assert.ok(contrastOf(proposal, '#ffffff') >= 4.5);
    assert.equal((await change({ accent: proposal })).statusCode, 200);
    for (const accent of ['red', '#FFF', '#0B5CAD', 'url(x)', '#0b5cad;}'])
      assert.equal((await change({ accent })).statusCode, 400, accent);
  });

  test('FILE-05 a logo is served as a picture and nothing else, whatever was uploaded under its name', async () => {
    for (const [given, type] of [
      [png(), 'image/png'],
      [jpeg(), 'image/jpeg'],
      [webp(), 'image/webp'],
    ] as const) {
      const done = await upload(given, type);
      assert.equal(done.statusCode, 200, done.body);
      const { href, width } = done.json().logo;
      assert.match(href, /^\/branding\/acme\/[0-9a-f]{64}\.(?:png|jpg|webp)$/);
      assert.equal(width, 4);
      const served = await open(href);
      assert.equal(served.statusCode, 200);
      assert.equal(served.headers['content-type'], type);
      assert.equal(served.headers['x-content-type-options'], 'nosniff');
      assert.match(String(served.headers['content-security-policy']), /sandbox/);
      assert.equal(served.headers['content-disposition'], 'attachment');
      assert.equal((await open(href.replace('acme', 'globex'))).statusCode, 404, 'not under another’s name');
      assert.equal((await open(href.replace(/\.\w+$/, '.html'))).statusCode, 404);
    }
    for (const [given, type] of [
      [Buffer.from('<!doctype html><script>alert(1)</script>'), 'image/png'],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'image/png'],
    ] as const) {
      const refused = await upload(given, type);
      assert.deepEqual([refused.statusCode, refused.json().reason], [400, 'no-picture']);
    }
    for (const type of ['image/svg+xml', 'text/html', 'application/json'])
      assert.equal((await upload(png(), type)).statusCode, 415, type);
  });

  test('FILE-06 a logo of too many bytes or pixels is refused', async () => {
    const { bytes, side } = logoLimits;
    assert.equal((await upload(Buffer.concat([png(), Buffer.alloc(bytes)]))).statusCode, 413);
    const flood = await upload(png(65_000, 65_000));
    assert.deepEqual([flood.statusCode, flood.json().reason], [400, 'picture-too-large']);
    assert.equal((await upload(png(side, side))).statusCode, 200);
    const removed = await surface.call(token('org-admin'), 'DELETE', '/organization/branding/logo');
    assert.equal(removed.json().logo, undefined);
  });

  test('who may not change settings may not change the looks; two editors do not overwrite each other', async () => {
    const asHelp = await surface.call(token('help-desk'), 'PATCH', '/organization/branding', {
      body: { name: 'x' },
    });
    assert.equal(asHelp.statusCode, 403);
    const { etag } = (await surface.call(token('org-admin'), 'GET', '/organization/branding')).headers;
    assert.equal((await change({ name: 'Theirs' })).statusCode, 200);
    const mine = await surface.call(token('org-admin'), 'PATCH', '/organization/branding', {
      body: { name: 'Mine' },
      headers: { 'if-match': String(etag) },
    });
    assert.equal(mine.statusCode, 412);
    assert.match(mine.json().context.updatedBy, /^token:/);
  });

  test('ARC-12 the enrolment page shows logo, colour and words, and its policy lets the logo in and nothing else', async () => {
    const plain = await open('/enroll/acme');
    assert.doesNotMatch(String(plain.headers['content-security-policy']), /img-src/);
    await upload(png());
    await change({ name: 'Acme <Ltd>', accent: '#0b5cad', texts: { en: { enrolment: 'Hello <script>' } } });
    const page = await open('/enroll/acme');
    assert.equal(page.statusCode, 200, page.body);
    assert.match(String(page.headers['content-security-policy']), /img-src 'self';/);
    assert.match(page.body, /<img class="logo" src="\/branding\/acme\/[0-9a-f]{64}\.png"/);
    assert.match(page.body, /:root\{--accent:light-dark\(#0b5cad,#[0-9a-f]{6}\)/);
    assert.ok(page.body.includes('Hello &lt;script&gt;') && page.body.includes('Acme &lt;Ltd&gt;'));
  });

  test('an address that is nobody’s is answered like any other that leads nowhere', async () => {
    const bodies = new Set<string>();
    for (const url of ['/branding/nobody', '/branding/Nobody%00', `/branding/acme/${'0'.repeat(64)}.png`]) {
      const answer = await open(url);
      assert.equal(answer.statusCode, 404, url);
      bodies.add(answer.json().detail);
    }
    assert.equal(bodies.size, 1);
  });
});
