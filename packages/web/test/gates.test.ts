// The gates in the console: a switch that is added, tested and told; a stranger’s phone that is let in to its mail.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { encodeRestRequest } from '@gatehouse/protocols/radius/index.ts';
import {
  MailPhone,
  type SimulatedMailServer,
  startSimulatedMailServer,
} from '@gatehouse/simulators/activesync/index.ts';
import { type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import type { Page } from 'playwright-core';
import { axeClean, noBrowser, openWebWorld, phone, settled, type WebWorld } from './web-world.ts';

const secret = 'quaver-plinth-ocelot-tumbril-0042';
const password = 'plinth ocelot quaver tumbril';
const authorization = `Basic ${Buffer.from(`radius@acme.example:${password}`).toString('base64')}`;

describe('the gates in the console', { skip: noBrowser }, () => {
  let world: WebWorld;
  let nas: SimulatedNas;
  let mail: SimulatedMailServer;
  before(async () => {
    world = await openWebWorld({ devices: 1, env: { GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.0/8' } });
    [nas, mail] = await Promise.all([
      startSimulatedNas({ secret, host: '127.0.3.1' }),
      startSimulatedMailServer({ users: [{ user: 'user', password: 'right' }] }),
    ]);
    await world.server.addAdministrator('acme', 'radius@acme.example', 'nac-service', password);
    await world.operate('PATCH', '/mail-settings', { strangers: 'quarantine' });
    await world.operate('PUT', '/network-access/settings', { rules: [], quietSeconds: 0 });
    await world.devices[0]?.report();
  });
  after(async () => {
    await nas?.[Symbol.asyncDispose]();
    await mail?.[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  /** As a RADIUS server reports that the computer has come. */
  async function connectToSwitch(page: Page): Promise<void> {
    const mac = world.devices[0]?.computer.interfaces.find(({ kind }) => kind === 'wifi')?.mac ?? '';
    const attributes = {
      'Acct-Status-Type': ['Start'],
      'Acct-Session-Id': ['journey'],
      'NAS-IP-Address': ['127.0.3.1'],
      'Calling-Station-Id': [mac],
      'User-Name': ['user'],
    };
    // The first question proves the password the slow way.
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await page.request.post(world.url('/nac/v1/radius/acme/accounting'), {
        headers: { authorization, 'content-type': 'application/json' },
        data: Buffer.from(encodeRestRequest(attributes)),
      });
      if (answer.status() !== 503) return assert.equal(answer.status(), 204, await answer.text());
      await new Promise((go) => setTimeout(go, 100));
    }
  }

  test('MON-08 NAC-40 a switch is added and tested; the session on it shows the decision, and is authorised anew by a button', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/gates/network?tab=devices'));
    await page.getByRole('button', { name: 'Add a network device' }).click();
    const form = page.getByRole('dialog', { name: 'Add a network device' });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Write an IPv4 or IPv6 address.').waitFor();
    await form.getByLabel('Name').fill('Switch 1');
    await form.getByLabel('Address').fill('127.0.3.1');
    await form.getByLabel('Port').fill(String(nas.port));
    await form.getByLabel('Shared secret').fill(secret);
    await axeClean(page);
    await form.getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row', { name: /Switch 1/ });
    await row.getByRole('button', { name: 'Test now' }).click();
    await page.getByRole('dialog').getByText('It works').waitFor();
    await page.keyboard.press('Escape');
    await connectToSwitch(page);
    await page.getByRole('tab', { name: 'Sessions' }).click();
    const session = page.getByRole('row', { name: /Switch 1/ });
    await session.getByText(/Allowed|Quarantine|Blocked/).waitFor();
    const before = nas.requests.length;
    await session.getByRole('button', { name: 'Re-authorise' }).click();
    await page.getByText(/Told: 1 sessions/).waitFor();
    for (
      const began = Date.now();
      nas.requests.length === before;
      await new Promise((go) => setTimeout(go, 20))
    )
      assert.ok(Date.now() - began < 10_000, 'the switch was not told');
    await session.getByText('Told and confirmed').waitFor();
    await world.picture(page, 'gates-sessions');
  });

  test('NAC-38 what RADIUS servers are answered is written as rules in order, and what is wrong is pointed at', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/gates/network?tab=answers'));
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByLabel('Name').fill('Quarantine VLAN');
    await page.getByLabel('Attributes').fill('Tunnel-Private-Group-Id 99');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Line 1: write NAME = VALUE').waitFor();
    await page.getByLabel('Attributes').fill('Tunnel-Private-Group-Id = 99');
    await axeClean(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/The answers are saved/).waitFor();
    const { rules } = await world.operate<{ rules: { name: string }[] }>('GET', '/network-access/settings');
    assert.deepEqual(
      rules.map(({ name }) => name),
      ['Quarantine VLAN'],
    );
  });

  test('NAC-16 NAC-17 NAC-18 NAC-19 NAC-20 NAC-21 what ISE’s test of the connection says stands there with what to change on which side', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/gates/network?tab=ise'));
    const list = page.getByRole('region', { name: 'When ISE tests the connection to this server' });
    for (const says of [
      'Connection failed: check the connection parameters',
      '404 Not Found',
      '403 Forbidden',
      '401 Unauthorized',
      'There is a problem with the certificate or the trust store',
      'Connection is successful',
    ]) {
      await list.getByText(says).waitFor();
    }
    await list.getByText(/the role “nac-service”/).waitFor();
  });

  test('two who change one ISE server are shown both versions; its password is in neither', async () => {
    const [mine, theirs] = await Promise.all([
      world.signIn('org-admin', { expects: [/412/] }),
      world.signIn('org-admin'),
    ]);
    await mine.goto(world.url('/console/gates/network?tab=ise'));
    await mine.getByRole('button', { name: 'Add an ISE server' }).first().click();
    const adding = mine.getByRole('dialog');
    await adding.getByLabel('Name', { exact: true }).fill('ISE west');
    await adding.getByLabel('Address of the monitoring node').fill('https://mnt.example.org');
    await adding.getByLabel('Account').fill('gatehouse');
    await adding.getByLabel('Password', { exact: true }).fill('plinth ocelot quaver');
    await adding.getByRole('button', { name: 'Save' }).click();
    await adding.waitFor({ state: 'detached' });
    await theirs.goto(world.url('/console/gates/network?tab=ise'));
    for (const page of [mine, theirs]) {
      await page
        .getByRole('row', { name: /ISE west/ })
        .getByRole('button', { name: 'Change' })
        .click();
      await page.getByRole('dialog').getByLabel('Name', { exact: true }).waitFor();
    }
    await theirs.getByRole('dialog').getByLabel('Name', { exact: true }).fill('ISE north');
    await theirs.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await theirs.getByRole('dialog').waitFor({ state: 'detached' });
    const form = mine.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('ISE east');
    await form.getByLabel('Password', { exact: true }).fill('another ocelot quaver');
    await form.getByRole('button', { name: 'Save' }).click();
    const clash = form.getByRole('alert').filter({ hasText: 'ISE north' });
    await clash.waitFor();
    assert.match((await clash.textContent()) ?? '', /ISE east/);
    assert.doesNotMatch((await clash.textContent()) ?? '', /ocelot/);
    await clash.getByRole('button', { name: 'Take what was saved' }).click();
    assert.equal(await form.getByLabel('Name', { exact: true }).inputValue(), 'ISE north');
    await form.getByLabel('Name', { exact: true }).fill('ISE east');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await mine.getByRole('row', { name: /ISE east/ }).waitFor();
  });

  test('ENR-17 a phone that nobody knows asks for mail, appears, is let in with a reason, and gets its mail', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/gates/mail?tab=servers'));
    await page.getByRole('button', { name: 'Add a mail server' }).click();
    const form = page.getByRole('dialog', { name: 'Add a mail server' });
    await form.getByLabel('Name').fill('Exchange');
    await form.getByLabel('Address of ActiveSync').fill(mail.url);
    await form.getByLabel('How it is told who logs in').click();
    await page.getByRole('option', { name: 'User name' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    const server = page.getByRole('region', { name: 'Exchange' });
    await server.getByLabel('Whose').click();
    await page.getByRole('option', { name: 'Everybody' }).click();
    await server.getByRole('button', { name: 'Add' }).click();
    await server.getByRole('button', { name: 'Take Everybody away' }).waitFor();
    await server.getByRole('button', { name: 'Test now' }).click();
    await page.getByRole('dialog', { name: 'Exchange' }).getByText('It works').waitFor();
    await page.keyboard.press('Escape');

    const stranger = new MailPhone({
      make: 'ios-mail',
      seed: 'stranger',
      account: { user: 'user@acme.example', password: 'right', email: 'user@acme.example' },
      server: world.url('').replace(/\/$/, ''),
      anchors: [world.server.ca],
    });
    try {
      await stranger.connect();
      const folders = () => mail.asked.filter(({ command }) => command === 'FolderSync').length;
      assert.equal(folders(), 0, 'it was answered in place of its mail server');
      await page.getByRole('tab', { name: /To approve/ }).click();
      const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'Let in' }) });
      await row.waitFor();
      await axeClean(page);
      await world.picture(page, 'gates-mail-approve');
      await row.getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Let 1 in' }).click();
      const question = page.getByRole('dialog', { name: 'Let 1 device in?' });
      await question.getByLabel('Reason').fill('A guest for this week.');
      await question.getByRole('button', { name: 'Let in' }).click();
      await page.getByText('Nobody waits').waitFor();
      await page.getByRole('tab', { name: 'Devices' }).click();
      await page.getByRole('row', { name: /let in by hand/ }).waitFor();
      for (let turn = 0; turn < 8 && folders() === 0; turn += 1) await stranger.connect();
      assert.ok(folders() > 0, `${stranger.state}: ${stranger.because}`);
    } finally {
      stranger.close();
    }
    await page.getByRole('tab', { name: 'Traffic and errors' }).click();
    await page.getByRole('row', { name: /Relayed/ }).waitFor();
  });

  test('who only reads sees the gates, and no button that would be refused; every page is clean, in German, and on a phone', async () => {
    const page = await world.signIn('auditor', { locale: 'de-DE' });
    for (const [path, heading] of [
      ['/console/gates/network', 'Netz'],
      ['/console/gates/network?tab=devices', 'Netz'],
      ['/console/gates/network?tab=answers', 'Netz'],
      ['/console/gates/network?tab=ise', 'Netz'],
      ['/console/gates/mail', 'Mail'],
      ['/console/gates/mail?tab=approve', 'Mail'],
      ['/console/gates/mail?tab=servers', 'Mail'],
      ['/console/gates/mail?tab=traffic', 'Mail'],
      ['/console/gates/mail?tab=probe', 'Mail'],
      ['/console/gates/vpn', 'VPN'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.goto(world.url(path));
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await settled(page);
      for (const name of [/hinzufügen/i, 'Speichern', 'Jetzt testen', 'Neu autorisieren'])
        assert.equal(await page.getByRole('button', { name }).count(), 0, `${path}: ${name}`);
      await axeClean(page);
      await phone(page);
    }
  });
});
