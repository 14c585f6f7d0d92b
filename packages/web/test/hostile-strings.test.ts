// Everything that somebody else may name has a hostile name here; then every page is walked, by the router's own list.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { Page } from 'playwright-core';
import { credentialsOf, fits, noBrowser, openWebWorld, settled, type WebWorld } from './web-world.ts';

/** A formula, what would end an attribute, markup that would run, and characters that turn the direction of what follows. */
const hostile = (what: string) =>
  `=1+1"'><x-hostile onclick=ran()><img src=x onerror=ran()>\u202Etxt\u2066.exe ${what}`;
const endless = `<x-hostile>${'W'.repeat(10_000)}`;
/** For texts that take no hidden characters. */
const markup = (what: string) => `=1+1"'><x-hostile onclick=ran()><img src=x onerror=ran()> ${what}`;
/** As long as a name may be, in one word. */
const longWord = (length: number) => `<x-hostile>${'W'.repeat(length)}`.slice(0, length);

describe('hostile strings', { skip: noBrowser }, () => {
  let world: WebWorld;
  /** What the parameters of addresses stand for. */
  const things: Record<string, string> = {};
  const make = async (path: string, body: unknown) =>
    (await world.operate<{ id: string }>('POST', path, body)).id;

  before(async () => {
    world = await openWebWorld({ devices: 2, env: { GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.0/8' } });
    const operator = credentialsOf('operator');
    await world.server.addAdministrator('acme', operator.email, 'system-admin', operator.password);
    await world.operate('POST', '/organizations', { slug: 'other', name: hostile('organization') });
    await nameDevice();
    await nameThings();
  });
  after(() => world[Symbol.asyncDispose]());

  async function nameDevice(): Promise<void> {
    const [agent, other] = world.devices;
    assert.ok(agent && other);
    const { computer } = agent;
    Object.assign(computer.hardware, {
      manufacturer: longWord(128),
      model: hostile('model'),
      serialNumber: '=1+1"<x-hostile>',
    });
    Object.assign(computer, { hostName: hostile('host'), wifiName: '=1+1"><x-hostile>\u202E' });
    computer.addedPackages[hostile('app')] = '=1+1<x-hostile>';
    computer.addedPackages[longWord(256)] = '1';
    computer.certificates.push({
      sha256: 'ab'.repeat(32),
      subject: `CN=${hostile('subject')}`,
      issuer: `CN=${longWord(200)}`,
      notAfter: '2034-05-01T00:00:00.000Z',
      store: '<x-hostile>',
    });
    computer.foreignProfiles.push({ id: '<x-hostile>', name: hostile('profile'), kind: '<x-hostile>' });
    for (const account of computer.accounts) account.hasPassword = false;
    computer.signs = [{ sign: '<x-hostile>', detail: hostile('sign') }];
    await agent.report();
    await agent.report();
    // Longer than any name may be: what it says of itself is refused or cut, and it stays a device.
    other.computer.hostName = endless;
    other.computer.addedPackages[endless] = endless;
    await other.report();
    things['deviceId'] = agent.memory.identity?.deviceId ?? '';
    await world.operate('PATCH', `/devices/${things['deviceId']}`, { name: hostile('device') });
    await world.operate('PATCH', `/devices/${other.memory.identity?.deviceId}`, { name: longWord(100) });
  }

  async function nameThings(): Promise<void> {
    const { items } = await world.operate<{ items: { id: string }[] }>('GET', '/users');
    const userId = items[0]?.id ?? '';
    const { deviceId } = things;
    await world.operate('PATCH', `/users/${userId}`, { displayName: hostile('owner') });
    const groupId = await make('/groups', { name: hostile('group'), description: hostile('description') });
    await world.operate('PUT', `/groups/${groupId}/members/${userId}`);
    await make('/watch-lists', { name: hostile('list'), expression: 'posture.compliant' });
    await make('/roles', { name: hostile('role'), permissions: ['devices.read'] });
    await make('/terms', { kind: 'licence', title: hostile('terms'), text: hostile('text') });
    const policyId = await make('/policies', {
      name: hostile('suite'),
      settings: { 'passcode.required': true, 'support.contact': markup('contact') },
    });
    const target = { kind: 'group', id: groupId };
    await make('/assignments', { item: { kind: 'policy', id: policyId }, target });
    const resourceId = await make('/resources', {
      kind: 'wifi',
      name: hostile('network'),
      fields: { ssid: '"><x-hostile>', security: 'personal', password: 'plinth ocelot quaver' },
    });
    await make('/assignments', { item: { kind: 'resource', id: resourceId }, target });
    const scheduleId = await make('/schedules', { name: hostile('schedule'), schedule: defaultSchedule });
    const ruleId = await make('/compliance-rules', {
      name: hostile('rule'),
      kind: 'access-restriction',
      demand: { text: markup('why') },
      stages: [{ afterMinutes: 0, actions: [{ kind: 'alert-administrators' }] }],
    });
    await make('/assignments', { item: { kind: 'rule', id: ruleId }, target, confirmed: true });
    await make(`/devices/${deviceId}/exceptions`, { rule: 'encryption', reason: hostile('reason') });
    const simulationId = await make('/simulations', {
      change: { kind: 'rule', ruleId, changes: { name: hostile('changed') } },
    });
    const rolloutId = await make('/rollouts', {
      item: { kind: 'policy', id: policyId },
      settings: { 'support.contact': markup('contact') },
      rings: [{ percent: 100 }],
    });
    const runId = await make(`/devices/${deviceId}/playbooks`, {
      playbook: 'lost',
      reason: hostile('lost'),
    });
    await make('/network-access/nas', { name: hostile('switch'), address: '127.0.3.1', template: 'generic' });
    await make('/mail-servers', { name: hostile('mail'), url: 'https://mail.example/x' });
    await make('/webhooks', {
      name: hostile('hook'),
      url: 'https://hooks.example/',
      events: ['user.created'],
    });
    await make(`/devices/${deviceId}/commands`, {
      name: 'send-message',
      params: { text: markup('message') },
    });
    await make('/destructive-budget/changes', { minimumBudget: 7, reason: hostile('budget') });
    await make('/saved-views', { name: hostile('view'), query: '', shared: true });
    Object.assign(things, {
      userId,
      groupId,
      policyId,
      resourceId,
      scheduleId,
      ruleId,
      simulationId,
      rolloutId,
      runId,
    });
  }

  /** Every page, on a wide screen and on a phone. @returns on how many of them a hostile string is read */
  async function walk(page: Page, routes: readonly string[]): Promise<number> {
    const faults: string[] = [];
    let read = 0;
    for (const route of routes) {
      const address = route.replaceAll(/\$(\w+)/g, (_whole, name: string) => {
        const id = things[name];
        assert.ok(id, `${route}: nothing was made that ${name} could be`);
        return id;
      });
      await goTo(page, address);
      for (const size of [wide, narrow]) {
        await page.setViewportSize(size);
        await settled(page);
        await fits(page);
        const found = await look(page);
        faults.push(...found.faults.map((fault) => `${route} at ${size.width}: ${fault}`));
        if (found.reads && size === wide) read += 1;
      }
    }
    assert.deepEqual(faults, []);
    return read;
  }

  test('DEV-12 ADM-04 what others call their things is text on every page of the console', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/'));
    const routes = (await routesOf(page)).filter((route) => !route.startsWith('/system'));
    assert.ok(routes.length > 50, `${routes.length} pages`);
    const read = await walk(page, routes);
    assert.ok(read > 30, `it is read on ${read} of ${routes.length} pages`);
  });

  test('DEV-12 and on those of the operator', async () => {
    const page = await world.signIn(credentialsOf('operator'));
    await page.goto(world.url('/console/system'));
    await settled(page);
    assert.ok(
      (await walk(
        page,
        (await routesOf(page)).filter((route) => route.startsWith('/system')),
      )) > 0,
    );
  });

  test('ADM-04 and on those of the portal', async () => {
    await world.givePassword(things['userId'] ?? '');
    const page = await world.signInToPortal('user@acme.example');
    await page.goto(world.url('/my/'));
    assert.ok((await walk(page, await routesOf(page))) >= 4);
  });
});

const wide = { width: 1280, height: 860 };
const narrow = { width: 360, height: 740 };

/** The addresses of all pages below the one that is open, with their parameters by name. */
function routesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { __TSR_ROUTER__: router } = globalThis as unknown as {
      __TSR_ROUTER__: { readonly routesByPath: Readonly<Record<string, unknown>> };
    };
    return Object.keys(router.routesByPath);
  });
}

/** As a link does, without loading everything anew. */
async function goTo(page: Page, to: string): Promise<void> {
  await page.evaluate((href) => {
    const { __TSR_ROUTER__: router } = globalThis as unknown as {
      __TSR_ROUTER__: { navigate(options: { readonly to: string }): Promise<void> };
    };
    return router.navigate({ to: href });
  }, to);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await settled(page);
}

/** What is wrong with the page that is open, and whether a hostile string is to be read on it. */
function look(page: Page): Promise<{ readonly faults: string[]; readonly reads: boolean }> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const shown = (element: Element | null) => element?.outerHTML.slice(0, 160) ?? '';
    const made = 'x-hostile, img[src="x"], [onclick], [onerror], script:not([src]):not([nonce])';
    for (const element of document.querySelectorAll(made)) faults.push(`was made: ${shown(element)}`);
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href]'))
      if (!/^(?:https?|mailto|tel):$/.test(link.protocol)) faults.push(`leads to: ${shown(link)}`);
    const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
    let all = '';
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const { data, parentElement } = node as Text;
      // What is edited stays as it is.
      if (parentElement?.closest('script, style, textarea')) continue;
      all += data;
      if (hidden.test(data)) faults.push(`hides: ${shown(parentElement)}`);
    }
    for (const name of ['aria-label', 'aria-description', 'title', 'alt'])
      for (const element of document.querySelectorAll(`[${name}]`))
        if (hidden.test(element.getAttribute(name) ?? '')) faults.push(`${name} hides: ${shown(element)}`);
    if (hidden.test(document.title)) faults.push(`the title hides: ${document.title}`);
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
      const out = [...document.querySelectorAll('main *')].find(
        (each) => each.getBoundingClientRect().right > clientWidth + 1,
      );
      faults.push(`${scrollWidth} px of ${clientWidth}: ${shown(out ?? null)}`);
    }
    if (all.length > 100_000) faults.push(`${all.length} characters`);
    return { faults, reads: all.includes('<x-hostile') };
  });
}
