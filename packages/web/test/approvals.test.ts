import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type DeviceWorld, openDeviceWorld } from './device-world.ts';
import { axeClean, credentialsOf, noBrowser, phone } from './web-world.ts';

const second = credentialsOf('second');

describe('approvals', { skip: noBrowser }, () => {
  let world: DeviceWorld;
  before(async () => {
    world = await openDeviceWorld(1);
    await world.server.addAdministrator('acme', second.email, 'org-admin', second.password);
    const superuser = await world.server.db.superuser();
    await superuser.query(`update administrators set empowered_at = now() - interval '2 days'`);
    // Here everything that destroys takes two people: agreed upon by the two, as it must be.
    const asked = await world.operate<{ id: string; hash: string }>('POST', '/destructive-budget/changes', {
      secondPerson: 'always',
      reason: 'House rule 12.',
    });
    const first = await world.signIn('org-admin');
    await first.goto(world.url('/console/activity/approvals'));
    const card = first.getByRole('article').filter({ hasText: 'Another budget of destructive commands' });
    await card.getByRole('button', { name: 'Approve' }).click();
    await first.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await first.getByText('Nothing waits for you').waitFor();
    assert.equal(asked.hash.length, 64);
    await first.context().close();
  });
  after(() => world[Symbol.asyncDispose]());

  const secondPerson = () => world.signIn(second);

  // What needs a second person is refused at first, which browsers note as an error.
  const asker = () => world.signIn('org-admin', { expects: [/409/] });

  async function askToErase(page: Page) {
    await page.goto(world.page('overview'));
    await page.getByRole('button', { name: /^Act on/ }).click();
    const item = page.getByRole('menuitem', { name: /Full wipe/ });
    await item.getByText('waits for a second person').waitFor();
    await item.click();
    const dialog = page.getByRole('dialog', { name: `Erase ${world.deviceName}?` });
    await dialog.getByText('Needs a second approver').waitFor();
    await dialog.locator('button:focus', { hasText: 'Keep the device' }).waitFor();
    return dialog;
  }

  test('ADM-07 a full wipe takes a reason, the name and another person, and is carried out on approval', async () => {
    const page = await asker();
    const dialog = await askToErase(page);
    const send = dialog.getByRole('button', { name: 'Ask to erase the device' });
    await send.click();
    await dialog.getByText('Give a reason of at least 10 characters.').waitFor();
    await dialog.getByLabel(/Reason/).fill('Reported stolen, ticket 4711');
    await dialog.getByLabel(/To confirm, type/).fill('something else');
    await send.click();
    await dialog.getByText(`Type ${world.deviceName} exactly.`).waitFor();
    await dialog.getByLabel(/To confirm, type/).fill(world.deviceName);
    await send.click();
    await dialog.waitFor({ state: 'detached' });
    await page
      .getByText(/Full wipe waits for a second person\./)
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'See the request' }).first().click();
    const own = page.getByRole('article').filter({ hasText: 'Full wipe: 1 device' });
    await own.getByText('Nobody approves what they asked for themselves.').waitFor();
    assert.equal(await own.getByRole('button', { name: 'Approve' }).isDisabled(), true);
    assert.equal(await own.getByRole('button', { name: 'Withdraw' }).isEnabled(), true);

    const other = await secondPerson();
    await other.goto(world.page('overview'));
    await other.getByRole('link', { name: '1 request waits for your decision' }).click();
    const card = other.getByRole('article').filter({ hasText: 'Full wipe: 1 device' });
    await card.getByText('Reported stolen, ticket 4711').waitFor();
    await card.getByRole('link', { name: world.deviceName }).waitFor();
    await card.getByText(/spent 0 of 5 now, 1 after it/).waitFor();
    await axeClean(other);
    await phone(other);
    await other.setViewportSize({ width: 1280, height: 860 });
    await card.getByRole('button', { name: 'Approve' }).click();
    const sure = other.getByRole('dialog', { name: 'Approve and carry out on 1 device?' });
    await axeClean(other);
    await sure.getByRole('button', { name: 'Approve' }).click();
    await other.getByText('Approved and carried out.').waitFor();
    const { items } = await world.operate<{ items: { name: string; state: string }[] }>(
      'GET',
      `/devices/${world.deviceId}/commands`,
    );
    assert.deepEqual(
      items.filter(({ name }) => name === 'full-wipe').map(({ state }) => state),
      ['queued'],
      'approval is the order: nobody presses anything once more',
    );
    // Whoever asked sees it without reloading.
    const decided = page.getByRole('article').filter({ hasText: 'Full wipe: 1 device' });
    await decided.getByText('Carried out').first().waitFor();
    assert.equal(await page.getByRole('tab', { name: 'Decided', selected: true }).count(), 1);
  });

  test('a request is withdrawn by who asked, and refused with a reason by who decides', async () => {
    const { items } = await world.operate<{ items: { id: string; name: string }[] }>(
      'GET',
      `/devices/${world.deviceId}/commands`,
    );
    for (const { id, name } of items)
      if (name === 'full-wipe') await world.operate('POST', `/commands/${id}/cancel`, {});
    const page = await asker();
    const ask = async () => {
      const dialog = await askToErase(page);
      await dialog.getByLabel(/Reason/).fill('Somebody asked for it again');
      await dialog.getByLabel(/To confirm, type/).fill(world.deviceName);
      await dialog.getByRole('button', { name: 'Ask to erase the device' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.goto(world.url('/console/activity/approvals?tab=requested'));
    };
    await ask();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('You have no request open').waitFor();
    await ask();
    const other = await secondPerson();
    await other.goto(world.url('/console/activity/approvals'));
    await other.getByRole('button', { name: 'Refuse' }).click();
    const dialog = other.getByRole('dialog', { name: 'Refuse the request?' });
    await dialog.getByLabel(/Reason/).fill('The device has been found.');
    await dialog.getByRole('button', { name: 'Refuse' }).click();
    await other.getByText('Nothing waits for you').waitFor();
    await other.getByRole('tab', { name: 'Decided' }).click();
    await other.getByText('The device has been found.').waitFor();
  });

  test('the auditor reads what was decided and decides nothing', async () => {
    const page = await world.signIn('auditor');
    await page.goto(world.url('/console/activity/approvals?tab=decided'));
    await page.getByRole('article').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0);
    await axeClean(page);
  });
});
