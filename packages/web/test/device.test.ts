import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DeviceWorld, openDeviceWorld } from './device-world.ts';
import { axeClean, noBrowser, phone, settled } from './web-world.ts';

describe('the page of a device', { skip: noBrowser }, () => {
  let world: DeviceWorld;
  before(async () => {
    world = await openDeviceWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  const commandsOf = async (name: string) => {
    const { items } = await world.operate<{ items: { name: string; state: string; requestedBy: string }[] }>(
      'GET',
      `/devices/${world.deviceId}/commands`,
    );
    return items.filter((command) => command.name === name);
  };

  test('CMP-21 a blocked device: Why leads from the fact to rule, policy version and group, and back to the moment before', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.page('overview'));
    await page.getByRole('link', { name: 'Why?' }).first().click();
    await page.getByRole('heading', { name: `Why is Network blocked for ${world.deviceName}?` }).waitFor();
    const chain = page.getByRole('main').getByRole('listitem');
    await chain.filter({ hasText: 'passcode.set = no, stated by the agent' }).first().waitFor();
    const policy = page.getByRole('link', { name: 'Laptops' });
    assert.equal(await policy.getAttribute('href'), `/console/policies/suites/${world.policyId}?version=1`);
    assert.equal(
      await page.getByRole('link', { name: 'group Sales' }).getAttribute('href'),
      `/console/groups/${world.groupId}`,
    );
    await page.getByText('its user is in it').waitFor();
    await page.getByText('Set a passcode for every account that can sign in.').first().waitFor();
    assert.match(page.url(), /\/why$/);

    await page.getByRole('link', { name: 'the moment before' }).click();
    await page.getByRole('status').filter({ hasText: 'Now: blocked' }).waitFor();
    await page.getByRole('heading', { name: /Why is Network allowed for/ }).waitFor();
    assert.match(page.url(), /at=20/, 'the address says as of when');
    await page.reload();
    await page.getByRole('heading', { name: /Why is Network allowed for/ }).waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('heading', { name: /Why is Network blocked for/ }).waitFor();
    await page.getByRole('radiogroup', { name: 'Gate' }).getByText('Mail').click();
    await page.getByRole('heading', { name: /Why is Mail blocked for/ }).waitFor();
  });

  test('CMP-21 the copied text is that of the command line, word for word', async () => {
    const page = await world.signIn('org-admin');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${world.page('why')}?gate=network`);
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const printed = await world.server.operate(
      'GET',
      `/devices/${world.deviceId}/explain?gate=network&format=text`,
      undefined,
      'acme',
    );
    const ageless = (text: string) => text.trimEnd().replace(/\d+ (second|minute)s? ago/g, 'some time ago');
    assert.equal(ageless(copied), ageless(printed.body));
    assert.match(copied, /from policy "Laptops" version 1, assigned to group "Sales"/);
  });

  test('SCN-07, DEN-07 what the device reports stands on its page, with source and time: here that a disk is not encrypted', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.page('facts'));
    const encryption = page.getByRole('row', { name: /^Whether the storage is encrypted/ });
    await encryption.getByRole('cell', { name: 'yes', exact: true }).waitFor();
    await encryption.getByRole('cell', { name: /^the agent · / }).waitFor();
    for (const volume of world.agent.computer.volumes) volume.encrypted = false;
    await world.agent.report();
    await page.reload();
    await encryption.getByRole('cell', { name: 'no', exact: true }).waitFor();
    await encryption.getByRole('link').click();
    await page.getByRole('dialog').getByText('from yes to no').waitFor();
    for (const volume of world.agent.computer.volumes) volume.encrypted = true;
    await world.agent.report();
  });

  test('a lock that is pressed twice is one command, and its result is on the page', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.page('overview'));
    await page.getByRole('button', { name: /^Act on/ }).click();
    await page.getByRole('menuitem', { name: 'Lock screen' }).click();
    const dialog = page.getByRole('dialog', { name: /Lock the screen of/ });
    assert.equal(
      await dialog.getByRole('button', { name: 'Cancel' }).evaluate((it) => it === document.activeElement),
      true,
      'the keyboard starts on the safe side',
    );
    await dialog.getByLabel('Message on the screen').fill('Call 555-0100');
    await dialog.getByRole('button', { name: 'Lock screen' }).dblclick();
    await page.getByRole('status').getByText('Lock screen: waits for the device').waitFor();
    assert.equal((await commandsOf('lock-device')).length, 1);
    await page.getByRole('button', { name: /^Act on/ }).click();
    const again = page.getByRole('menuitem', { name: /Lock screen/ });
    await again.getByText('Under way already').waitFor();
    assert.equal(await again.getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('Escape');
    await world.agent.report();
    await page.getByRole('status').getByText('Lock screen: done').waitFor();
  });

  test('a command that no device has yet is cancelled, and both lists tell', async () => {
    await world.operate('POST', `/devices/${world.deviceId}/commands`, {
      name: 'send-message',
      params: { text: 'Hello' },
    });
    const page = await world.signIn('org-admin');
    await page.goto(world.page('commands'));
    const upcoming = page.getByRole('table', { name: 'Upcoming' });
    const message = upcoming.getByRole('row').filter({ hasText: 'Send message' });
    await message.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('table', { name: 'Past' }).getByText('cancelled').waitFor();
    await message.waitFor({ state: 'detached' });
    assert.deepEqual(
      (await commandsOf('send-message')).map(({ state }) => state),
      ['cancelled'],
    );
  });

  test('a device is renamed and given to somebody; who saved meanwhile is shown with what they chose', async () => {
    const kim = await world.operate<{ id: string }>('POST', '/users', {
      email: 'kim@acme.example',
      displayName: 'Kim Park',
    });
    type Owned = { assetNumber: string; user: { id: string } };
    const before = await world.operate<Owned>('GET', `/devices/${world.deviceId}`);
    const page = await world.signIn('org-admin', { expects: [/412/] });
    await page.goto(world.page('overview'));
    await page.getByRole('region', { name: 'Identity' }).getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog', { name: 'Name, owner and ownership' });
    await dialog.getByLabel('Asset number').fill('A-4711');
    await dialog.getByRole('combobox', { name: 'Owner', exact: true }).fill('Kim');
    await page.getByRole('option', { name: /Kim Park/ }).click();
    await world.operate('PATCH', `/devices/${world.deviceId}`, { assetNumber: 'B-1' });
    // The page behind has heard of it; the form is still bound to what its editor saw.
    await page.getByText('B-1').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    const conflict = dialog.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' });
    await conflict.getByText('B-1').waitFor();
    await conflict.getByText('Kim Park').waitFor();
    await axeClean(page);
    await conflict.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByText('The device is changed.').waitFor();
    const device = await world.operate<Owned>('GET', `/devices/${world.deviceId}`);
    assert.deepEqual([device.assetNumber, device.user.id], ['A-4711', kim.id]);
    // The policy of the other tests comes by its first owner.
    await world.operate('PATCH', `/devices/${world.deviceId}`, { userId: before.user.id });
  });

  test('ADM-18, ACT-16 nothing is known of the location before the look is confirmed, and then it is on record', async () => {
    await world.operate('POST', `/devices/${world.deviceId}/commands`, { name: 'locate-device' });
    await world.agent.report();
    const looks = async () => {
      const { items } = await world.operate<{ items: { show: { facts?: string[] } }[] }>(
        'GET',
        `/audit?target=${world.deviceId}&action=devices.read-private-facts`,
      );
      return items.filter(({ show }) => show.facts?.some((fact) => fact.startsWith('location'))).length;
    };
    const page = await world.signIn('org-admin');
    await page.goto(world.page('location'));
    await page.getByText('This look is recorded with your name').waitFor();
    assert.equal(await looks(), 0);
    await page.getByLabel('Reason').fill('Ticket 4711');
    await page.getByRole('button', { name: 'Look at the location' }).click();
    await page.getByRole('button', { name: 'Look again' }).waitFor();
    assert.equal(await looks(), 1);
    const map = page.getByRole('img', { name: 'Map of the world with the place of the device' });
    const nobody = page.getByText('Nobody knows where it is');
    await map.or(nobody).waitFor();
    await axeClean(page);
  });

  test('ADM-17, TEN-14 the help desk reads why a personal phone is not erased, and sees no location', async () => {
    const id = world.devices[1]?.memory.identity?.deviceId ?? '';
    await world.devices[1]?.report();
    await world.operate('PATCH', `/devices/${id}`, { ownership: 'personal' });
    const page = await world.signIn('help-desk');
    await page.goto(world.page('overview', id));
    await page.getByRole('button', { name: /^Act on/ }).click();
    const wipe = page.getByRole('menuitem', { name: /Full wipe/ });
    await wipe.getByText('is for corporate devices; this one is personal').waitFor();
    assert.equal(await wipe.getAttribute('aria-disabled'), 'true');
    await wipe.click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('tab', { name: 'Location' }).count(), 0);
    await page.goto(world.page('facts', id));
    await page.getByRole('button', { name: /What is not collected/ }).click();
    await page
      .getByText(/Not collected: says where somebody is/)
      .first()
      .waitFor();
    await page.goto(world.page('history', id));
    await page
      .getByText('Your role does not', { exact: false })
      .or(page.getByText('which your role does not show'))
      .first()
      .waitFor();
  });

  test('DEV-12 what a device says of itself is text on every tab, whatever it says', async (t) => {
    const hostile = '<img src=x onerror=alert(1)>\u202Etxt.exe{{constructor}}';
    world.agent.computer.hostName = hostile;
    world.agent.computer.wifiName = '"><script>alert(2)</script>';
    world.agent.computer.addedPackages['<svg onload=alert(3)>'] = '=1+1';
    await world.agent.report();
    const page = await world.signIn('org-admin');
    await world.operate('PATCH', `/devices/${world.deviceId}`, { name: '<b onmouseover=alert(4)>x</b>' });
    t.after(() => world.operate('PATCH', `/devices/${world.deviceId}`, { name: world.deviceName }));
    await page.goto(world.page('overview'));
    await page.getByRole('heading', { level: 1, name: '<b onmouseover=alert(4)>x</b>' }).waitFor();
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await page.getByRole('tab', { name: await tab.innerText(), selected: true }).waitFor();
      await settled(page);
      const alive = 'main img[src], main script, main b[onmouseover], main svg[onload]';
      assert.equal(await page.locator(alive).count(), 0);
    }
    await page.goto(world.page('apps'));
    await page.getByLabel('Search apps').fill('svg');
    await page.getByText('<svg onload=alert(3)>').first().waitFor();
  });

  test('by keyboard alone: to the tab, to the menu, to the message', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.page('overview'));
    await page.getByRole('tab', { name: 'Overview' }).focus();
    const commands = page.locator('[role=tab]:focus', { hasText: 'Commands' });
    for (let step = 0; step < 12 && (await commands.count()) === 0; step++)
      await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/commands$/);
    await page.getByRole('button', { name: /^Act on/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Locate', exact: true }).waitFor();
    await page.locator('[role=menu]:focus, [role=menu] :focus').waitFor({ state: 'attached' });
    // What cannot be done is walked over like the rest, so that its reason is read.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
    assert.match(focused, /Declare lost|Play sound/);
    await page.keyboard.press('s');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Act on/ }).press('Enter');
    const send = page.getByRole('menuitem', { name: 'Send message' });
    await send.waitFor();
    await send.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /Send a message to/ });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('in German, on a phone, and clean for assistive technology in both themes', async () => {
    const page = await world.signIn('org-admin', { locale: 'de-DE' });
    await page.goto(`${world.page('why')}?gate=network`);
    await page.getByRole('heading', { name: `Warum hat ${world.deviceName} keinen Zugang: Netz?` }).waitFor();
    await page.getByText('Richten Sie für jedes Konto', { exact: false }).first().waitFor();
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await page.getByRole('tab', { name: await tab.innerText(), selected: true }).waitFor();
      await settled(page);
      await axeClean(page);
      await phone(page);
      await page.setViewportSize({ width: 1280, height: 860 });
    }
    await page.goto(world.page('overview'));
    await page.getByRole('button', { name: /^Aktionen für/ }).click();
    // Why not, in the server’s words.
    await page
      .getByRole('menuitem', { name: /^Neu starten/ })
      .getByText('Der Agent startet keine Computer neu.')
      .waitFor();
    await page.getByRole('menuitem', { name: 'Vollständig löschen' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Löschende Befehle der letzten').waitFor();
    await axeClean(page);
    await phone(page);
  });
});
