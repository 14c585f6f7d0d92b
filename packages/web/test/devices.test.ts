import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { seedFleet } from './seeded-fleet.ts';
import { axeClean, noBrowser, openWebWorld, phone, settled, type WebWorld } from './web-world.ts';

const fleetSize = 240;

/** Names that want to be something else. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  'javascript:alert(3)',
  '\u202egpj.exe\u2066',
  '{{7*7}} ${7*7}',
  '=cmd|calc',
  'x'.repeat(10_000),
];

describe('the list of devices', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld();
    const { organizationId } = await seedFleet(world, fleetSize);
    const client = await world.server.db.superuser();
    await client.query(
      `update gh.devices set name = 'Zoë’s iPhone' where organization_id = $1 and name = 'device 6'`,
      [organizationId],
    );
    for (const [index, name] of hostile.entries())
      await client.query('update gh.devices set name = $1 where organization_id = $2 and name = $3', [
        name,
        organizationId,
        `device ${201 + index}`,
      ]);
    await client.end();
  });
  after(() => world[Symbol.asyncDispose]());

  const field = (page: Page) => page.getByRole('combobox', { name: 'Find devices' });
  const count = (page: Page, text: string) =>
    page
      .getByRole('status')
      .filter({ hasText: new RegExp(`^${text}$`) })
      .waitFor();
  const rows = (page: Page) => page.locator('tr[data-row] th');
  const open = async (page: Page, address = '/console/devices') => {
    await page.goto(world.url(address));
    await page.getByRole('grid', { name: 'Devices' }).waitFor();
  };

  test('MON-03 a device is found by its serial number, an address in any notation, and a part of its name', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    await count(page, `${fleetSize} devices`);
    for (const [typed, name] of [
      ['SER000010', 'device 10'],
      ['a0:b1:c2:00:00:0a', 'device 10'],
      ['A0-B1-C2-00-00-0A', 'device 10'],
      ['a0b1.c200.000a', 'device 10'],
      ["zoe's", 'Zoë’s iPhone'],
    ] as const) {
      await field(page).fill(typed);
      await page
        .locator('tr[data-row="0"] th')
        .filter({ hasText: new RegExp(`^${name}$`) })
        .waitFor();
      await count(page, '1 device');
    }
  });

  test('MON-03 facts, operators and values are offered while one types, and a typing error says what was meant', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    await field(page).pressSequentially('platf');
    await page.getByRole('option', { name: /^platform/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    // The most frequent value stands first as soon as values have been counted.
    await page.getByRole('option').first().filter({ hasText: /^ios/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await count(page, '80 devices');
    await field(page).fill('platfrom:ios');
    await page.getByRole('button', { name: 'Did you mean “platform”?' }).click();
    await count(page, '80 devices');
    await page.getByRole('button', { name: 'As expression' }).click();
    await page.getByText('device.platform == "ios"').waitFor();
    await page.getByRole('button', { name: 'Remove platform:ios' }).click();
    await count(page, `${fleetSize} devices`);
  });

  test('what a mark means is told under the mouse and by keyboard, to those who hear the page too, and goes with Escape', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    const mark = page.locator('tr[data-row="1"] a[href$="/why"]');
    const hint = page.getByRole('tooltip');
    await mark.hover();
    await hint.filter({ hasText: 'Why?' }).waitFor();
    assert.equal(
      await page.evaluate(
        (id) => document.getElementById(id ?? '')?.textContent,
        await mark.getAttribute('aria-describedby'),
      ),
      await hint.textContent(),
    );
    await page.mouse.move(5, 5);
    await hint.waitFor({ state: 'detached' });
    await page.locator('tr[data-row="1"] th a').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await hint.filter({ hasText: 'Why?' }).waitFor();
    await page.keyboard.press('Escape');
    await hint.waitFor({ state: 'detached' });
    assert.equal(await mark.getAttribute('aria-describedby'), null);
  });

  test('a filter is the address: reloading keeps it, and the help desk sees the same rows by the link', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('menuitem', { name: 'Not compliant' }).click();
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('menuitem', { name: 'iOS and iPadOS' }).click();
    await count(page, '11 devices');
    await page.getByRole('button', { name: 'Last seen' }).click();
    await page.waitForURL(/sort=seen/);
    // As many as before: only what was asked for tells that the new order is there.
    await settled(page);
    await count(page, '11 devices');
    const found = await rows(page).allInnerTexts();
    await page.reload();
    await count(page, '11 devices');
    await page.waitForFunction(
      (first) => document.querySelector('tr[data-row] th')?.textContent === first,
      found[0],
    );
    const helper = await world.signIn('help-desk');
    await open(helper, new URL(page.url()).pathname + new URL(page.url()).search);
    await count(helper, '11 devices');
    assert.deepEqual(await rows(helper).allInnerTexts(), found);
    await helper.getByRole('checkbox', { name: 'Select all rows that are loaded' }).check();
    const wipe = helper.getByRole('button', { name: 'Remove company data' });
    assert.equal(await wipe.getAttribute('aria-disabled'), 'false');
  });

  test('ADM-19 all that match are selected as they are now, looked at before anything happens, and only then ordered', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    await count(page, `${fleetSize} devices`);
    await page.getByRole('checkbox', { name: 'Select all rows that are loaded' }).check();
    await page.getByText('100 selected').waitFor();
    await page.getByRole('button', { name: `Select all ${fleetSize} that match` }).click();
    await page.getByText(`All ${fleetSize} that match are selected, as they are now`).waitFor();
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    const before = await ordered();
    assert.equal(before, 0, 'looking orders nothing');
    await page.getByRole('button', { name: 'Refresh', exact: true }).click();
    await dialog.getByRole('button', { name: /on \d+ devices$/ }).click();
    await dialog.getByText(/commands are on their way$/).waitFor({ timeout: 30_000 });
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const orders = await ordered();
    assert.ok(orders > 0 && orders <= fleetSize, `${orders} commands`);
  });

  async function ordered(): Promise<number> {
    const client = await world.server.db.superuser();
    const { rows: found } = await client.query<{ count: number }>(
      `select count(*)::int as count from gh.commands where name = 'refresh-device'`,
    );
    await client.end();
    return found[0]?.count ?? 0;
  }

  test('CSV-01 the export is what is on the screen: its rows, its columns, its order', async () => {
    const page = await world.signIn('org-admin');
    await open(page, '/console/devices?q=platform:android&sort=-seen&cols=name,os,seen,storage.encrypted');
    await count(page, '40 devices');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^devices-platform-android-\d{4}-\d\d-\d\dT\d{4}Z\.csv$/);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines[0], '"name","platform","os","seen","storage.encrypted"');
    assert.equal(lines.length, 41);
    const shown = await rows(page).allInnerTexts();
    assert.deepEqual(
      lines.slice(1, 1 + shown.length).map((line) => /^"([^"]*)"/.exec(line)?.[1]),
      shown,
    );
  });

  test('a pasted list becomes a filter and says what it did not find; a view is saved and found again', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    await page.getByRole('button', { name: 'Paste a list' }).click();
    await page
      .getByRole('dialog')
      .getByRole('textbox')
      .fill('ser000010\nA0:B1:C2:00:00:0B,\nGONE-1\nperson3@acme.example');
    await page.getByRole('button', { name: 'Find them' }).click();
    await page.getByText('List of 5 devices').waitFor();
    await count(page, '5 devices');
    await page.getByRole('button', { name: '1 not found' }).click();
    assert.equal(await page.getByRole('textbox', { name: '1 not found' }).inputValue(), 'GONE-1');
    await page.getByRole('button', { name: 'Remove the list' }).click();
    await field(page).fill('gate.mail:no');
    await count(page, '17 devices');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save view' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('No mail');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The view is saved.').waitFor();
    await open(page);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'No mail', exact: true }).click();
    await count(page, '17 devices');
  });

  test('the list is walked, ticked and opened by keyboard alone', async () => {
    const page = await world.signIn('org-admin');
    await open(page, '/console/devices?q=is:grace&sort=name');
    await count(page, '18 devices');
    await page.locator('tr[data-row="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    const name = await page.locator('tr[data-row="2"] th').innerText();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/devices\/[0-9a-f-]{36}/);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.goBack();
    await count(page, '18 devices');
  });

  test('a serial number typed into the palette opens the device', async () => {
    const page = await world.signIn('org-admin');
    await open(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('ser000012');
    await page.getByRole('option', { name: /device 12/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'device 12' }).waitFor();
  });

  test('DEV-12 names that devices give themselves are text and nothing else', async () => {
    const page = await world.signIn('org-admin');
    await open(page, '/console/devices?q=SER00020');
    await count(page, '10 devices');
    await page.locator('tr[data-row="9"]').waitFor();
    assert.equal(await page.locator('table img, table script').count(), 0);
    const hrefs = await page
      .locator('tr[data-row] a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    assert.ok(hrefs.every((href) => href.startsWith('/console/')));
    const text = await page.getByRole('grid').innerText();
    assert.ok(text.includes('<img src=x onerror=alert(1)>') && text.includes('U+202E'));
    assert.ok(text.length < 5_000, 'ten thousand characters are cut');
    await page.getByRole('checkbox', { name: 'Select all rows that are loaded' }).check();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Serial number' }).check();
    await page.getByText('SER000201').waitFor();
  });

  test('the list is clean for assistive technology in both themes, in German, and on a phone', async () => {
    const page = await world.signIn('auditor', { locale: 'de-DE' });
    await page.goto(world.url('/console/devices?q=is:bad'));
    await page.getByRole('grid', { name: 'Geräte' }).waitFor();
    await page.getByText('34 Geräte').waitFor();
    await axeClean(page);
    await phone(page);
    await page.getByRole('list', { name: 'Geräte' }).waitFor();
    await axeClean(page);
    await page.goto(world.url('/console/devices?q=is:bad%20platform:beos'));
    await page.getByText('ist eines von').waitFor();
    await axeClean(page);
  });

  // The last one: it changes how many are kept out.
  test('OWN-05 many devices become somebody’s own, what changes is said before, and they are excepted from a rule', async () => {
    const person = await world.operate<{ id: string }>('POST', '/users', { email: 'bulk@acme.example' });
    const page = await world.signIn('org-admin');
    await open(page, '/console/devices?q=device%2015');
    await page.getByRole('checkbox', { name: 'Select all rows that are loaded' }).check();
    const bar = page.getByRole('region', { name: 'Actions for selected devices' });
    const ticked = Number(/\d+/.exec((await bar.getByRole('status').textContent()) ?? '')?.[0]);
    assert.ok(ticked > 5, 'a part of the fleet');
    await bar.getByRole('button', { name: 'Owner', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'See what changes' }).click();
    await dialog.getByText('Choose a person, nobody, or an ownership.').waitFor();
    await dialog.getByRole('combobox', { name: 'Owner', exact: true }).fill('bulk');
    await page.getByRole('option', { name: /bulk/ }).click();
    await dialog.getByRole('button', { name: 'See what changes' }).click();
    await dialog.getByText(`${ticked} devices would change`).waitFor();
    await axeClean(page);
    const owned = async () =>
      (await world.operate<{ items: unknown[] }>('GET', `/devices?userId=${person.id}&limit=500`)).items
        .length;
    assert.equal(await owned(), 0, 'looking changes nothing');
    await dialog.getByRole('button', { name: `Change ${ticked}` }).click();
    await dialog.getByText(`${ticked} devices are changed`).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    assert.equal(await owned(), ticked);
    await bar.getByRole('button', { name: 'Except', exact: true }).click();
    await dialog.getByRole('combobox', { name: 'Rule' }).fill('Storage');
    await page.getByRole('option', { name: 'Policies: Storage is encrypted' }).click();
    await dialog.getByLabel('Reason').fill('Being re-imaged.');
    await dialog.getByRole('button', { name: `Change ${ticked}` }).click();
    await dialog.getByText(`${ticked} devices are changed`).waitFor();
    const { items } = await world.operate<{ items: { reason: string }[] }>(
      'GET',
      '/compliance-exceptions?limit=500',
    );
    assert.equal(items.filter(({ reason }) => reason === 'Being re-imaged.').length, ticked);
  });
});
