import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seedFleet } from './seeded-fleet.ts';
import { axeClean, noBrowser, openWebWorld, phone, type WebWorld } from './web-world.ts';

describe('people, groups and watch lists', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld();
    await seedFleet(world, 60);
  });
  after(() => world[Symbol.asyncDispose]());

  test('a person is found without regard to accents, with devices, worst state and groups', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/users'));
    await page.getByRole('searchbox', { name: /^Search by name/ }).fill('NOVAK 5');
    await page.getByRole('link', { name: 'Kim Novák 5' }).click();
    await page.getByRole('heading', { level: 1, name: 'Kim Novák 5' }).waitFor();
    await page.locator('tr[data-row="2"]').waitFor();
    await axeClean(page);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('textbox', { name: 'Full name' }).fill('Kim Roth');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Kim Roth' }).waitFor();
  });

  test('a smart group shows what it finds while it is written, as rows and as text, and why somebody is not in it', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/groups/new'));
    await page.getByText('An empty expression finds no one.').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Unlocked phones');
    await page.getByRole('combobox', { name: 'What' }).fill('device.platform');
    await page.getByRole('option', { name: 'device.platform' }).click();
    const live = page.getByRole('region', { name: 'Devices it finds now' });
    await live.getByRole('status').waitFor();
    await page.getByText('As text').click();
    const text = page.getByRole('textbox', { name: 'Expression' });
    assert.equal(await text.inputValue(), 'device.platform == "linux"');
    await text.fill('device.platform == "ios" && passcode.set == ');
    await page.getByText(/Line 1, column \d+/).waitFor();
    await text.fill('device.platform == "ios" && !passcode.set');
    await live.getByText('3 devices').waitFor();
    const why = page.getByRole('region', { name: /^Why is a device/ });
    await why.getByRole('combobox', { name: 'Device' }).fill('device 12');
    await page.getByRole('option', { name: 'device 12', exact: true }).click();
    await why.getByText('It is not in it.').waitFor();
    await why.getByText('passcode.set', { exact: true }).waitFor();
    await axeClean(page);
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'Unlocked phones' }).waitFor();
    await page.locator('tr[data-row="1"]').waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByText('As text').click();
    await text.fill('device.platform == "ios"');
    await live.getByText('20 devices').waitFor();
    await live.getByText(/^\+\d+ enter/).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Unlocked phones' }).waitFor();
  });

  test('people join a group and leave it; a group that is in use is not deleted', async () => {
    const page = await world.signIn('org-admin');
    const { id: groupId } = await world.operate<{ id: string }>('POST', '/groups', { name: 'Sales' });
    const { id: policyId } = await world.operate<{ id: string }>('POST', '/policies', {
      name: 'For sales',
      settings: {},
    });
    const { id } = await world.operate<{ id: string }>('POST', '/assignments', {
      item: { kind: 'policy', id: policyId },
      target: { kind: 'group', id: groupId },
    });
    await page.goto(world.url(`/console/groups/${groupId}`));
    await page.getByRole('combobox', { name: 'Add a person' }).fill('weber 0');
    await page.getByRole('option', { name: /Anna Weber 0/ }).click();
    await page.getByRole('link', { name: 'Anna Weber 0' }).waitFor();
    await page.getByRole('link', { name: 'For sales' }).waitFor();
    const remove = page.getByRole('button', { name: 'Delete' });
    await page.waitForFunction(
      () => document.querySelector('[aria-description^="Something is assigned"]') !== null,
    );
    await remove.click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.getByRole('button', { name: /^Remove Anna Weber 0/ }).click();
    await page.getByText('Nobody is in this group.').waitFor();
    await world.operate('DELETE', `/assignments/${id}?confirmed=true`);
    await page.reload();
    await page.getByText('Nothing is assigned to this group.').waitFor();
    await remove.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL(/\/console\/groups$/);
  });

  test('MON-04 a watch list is made, and told when to alert', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/watch-lists'));
    await page.getByRole('button', { name: 'New watch list' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Silent');
    await dialog.getByText('As text').click();
    await dialog.getByRole('textbox', { name: 'Expression' }).fill('age("contact.made") > duration("7d")');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const tellsExit = page.getByRole('switch', { name: /leaves: Silent/ });
    await tellsExit.waitFor();
    await tellsExit.click({ force: true });
    await page.waitForFunction(() => document.querySelectorAll('input[role="switch"]:checked').length === 2);
    await axeClean(page);
    const helper = await world.signIn('help-desk');
    await helper.goto(world.url('/console/watch-lists'));
    await helper.getByRole('link', { name: 'Silent' }).waitFor();
    assert.equal(await helper.getByRole('button', { name: 'New watch list' }).count(), 0);
  });

  test('lists of people and groups are clean in German and on a phone', async () => {
    const page = await world.signIn('auditor', { locale: 'de-DE' });
    for (const [path, name] of [
      ['/console/users', 'Benutzer'],
      ['/console/groups', 'Gruppen'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.goto(world.url(path));
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.getByRole('grid').waitFor();
      await axeClean(page);
      await phone(page);
    }
  });
});
