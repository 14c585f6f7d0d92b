import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeClean, credentialsOf, noBrowser, openWebWorld, phone, type WebWorld } from './web-world.ts';

describe('enrolment, integrations, activity and system in the console', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld({ devices: 1 });
  });
  after(() => world[Symbol.asyncDispose]());

  test('ENR-02 somebody is invited, gets a link with its QR code once, and the code can be cancelled', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/enrolment'));
    await page.getByRole('heading', { name: 'Nobody was invited yet' }).waitFor();
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByRole('button', { name: 'Invite 0 people' }).click();
    await page.getByText('Name somebody, or choose a group.').waitFor();
    await page.getByRole('textbox', { name: 'People' }).fill('user@acme.example, nobody@acme.example');
    await page.getByRole('combobox', { name: 'Platform' }).click();
    await page.getByRole('option', { name: 'Linux' }).click();
    await page.getByRole('combobox', { name: 'How it arrives' }).click();
    await page.getByRole('option', { name: /Show me the links/ }).click();
    await axeClean(page);
    await page.getByRole('button', { name: 'Invite 2 people' }).click();
    await page.getByText('1 not invited').waitFor();
    await page.getByRole('img', { name: 'QR code of the link for user@acme.example' }).waitFor();
    await axeClean(page);
    await world.picture(page, 'invited');
    await page.goto(world.url('/console/enrolment?tab=codes&state=open'));
    await page.getByRole('button', { name: 'Cancel code' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel code' }).click();
    await page.getByText('The code does not work any more.').first().waitFor();
    await axeClean(page);
    await phone(page);
  });

  test('ARC-14 our own addresses are looked at as devices see them, and each finding says what to do', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/integrations'));
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.getByText('Only enrolled devices trust it').first().waitFor();
    await page.getByText('None yet').waitFor();
    await axeClean(page);
    await world.picture(page, 'integrations');
    await page.goto(world.url('/console/integrations/apns'));
    await page.getByRole('button', { name: 'Make request' }).click();
    await page.getByRole('button', { name: 'Download request' }).waitFor();
    await axeClean(page);
    await phone(page);
  });

  test('a webhook is made with its secret shown once, switched off, and deleted after a question', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/integrations'));
    const card = page.getByRole('region', { name: 'Webhooks' });
    await card.getByRole('button', { name: 'Add' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('<b>Ticket system</b>');
    await form.getByLabel('Address (https)').fill('https://hooks.acme.example/in');
    await form.getByRole('button', { name: 'Add' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await card.getByText('<b>Ticket system</b>').waitFor();
    await card.getByRole('button', { name: 'Switch off' }).click();
    await card.getByText('Off', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await card.getByText('No webhook yet').waitFor();
  });

  test('the audit record is filtered by its address, shown entry by entry, and verifies itself', async () => {
    const page = await world.signIn('auditor');
    await page.goto(world.url('/console/activity/audit'));
    await page.getByRole('grid', { name: 'Audit' }).waitFor();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText(/^Whole up to entry \d+/).waitFor();
    await page.getByLabel('Action, or its beginning').fill('administrators');
    await page.waitForURL(/action=administrators/);
    await page.reload();
    assert.equal(await page.getByLabel('Action, or its beginning').inputValue(), 'administrators');
    const first = page.getByRole('row').nth(1).getByRole('button').first();
    assert.match((await first.textContent()) ?? '', /^administrators\./);
    await first.click();
    await page.getByRole('dialog').getByText('All entries about this object').waitFor();
    await axeClean(page);
    await world.picture(page, 'audit');
    await page.keyboard.press('Escape');
    await phone(page);
    await axeClean(page);
  });

  test('who may not verify sees the button and the reason; the help desk sees neither audit nor system', async () => {
    const page = await world.signIn('help-desk', { locale: 'de-DE' });
    await page.goto(world.url('/console/activity/approvals'));
    await page.getByRole('navigation').getByRole('link', { name: 'Freigaben' }).waitFor();
    assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'Prüfprotokoll' }).count(), 0);
    assert.equal(await page.getByRole('navigation').getByRole('link', { name: 'System' }).count(), 0);
    await page.goto(world.url('/console/system/health'));
    await page.getByRole('heading', { name: 'Diese Seite gehört nicht zu Ihrer Rolle' }).waitFor();
  });

  test('the operator sees organizations and health, and enters one only after being told that it is seen', async () => {
    const operator = credentialsOf('operator');
    await world.server.addAdministrator('acme', operator.email, 'system-admin', operator.password);
    const page = await world.signIn(operator);
    await page.goto(world.url('/console/system'));
    await page.getByRole('grid', { name: 'Organizations' }).getByText('acme').first().waitFor();
    await axeClean(page);
    await page.getByRole('button', { name: 'New organization' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Globex');
    await page.getByLabel('Short name').fill('Globex!');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('Lower-case letters, digits and dashes, at most 40').waitFor();
    await page.getByLabel('Short name').fill('globex');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page
      .getByRole('row', { name: /Globex/ })
      .getByRole('button', { name: 'Enter' })
      .click();
    await page.getByRole('button', { name: 'Enter Globex' }).click();
    await page.getByText('You act in globex').waitFor();
    await page.goto(world.url('/console/system/health'));
    await page.getByText(/PostgreSQL \d+/).waitFor();
    await axeClean(page);
    await page.getByRole('tab', { name: 'Server log' }).click();
    await page.getByRole('combobox', { name: 'And graver' }).click();
    await page.getByRole('option', { name: 'everything' }).click();
    await page.getByRole('grid', { name: 'Server log' }).waitFor();
    await axeClean(page);
  });

  test('work that failed for good is said to be none when there is none', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/activity/jobs'));
    await page.getByRole('heading', { name: 'No work has failed' }).waitFor();
    await axeClean(page);
  });
});
