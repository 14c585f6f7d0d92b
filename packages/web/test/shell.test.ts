import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeClean, credentialsOf, noBrowser, openWebWorld, phone, type WebWorld } from './web-world.ts';

describe('the frame of the console', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  test('one signs in with a password, sees the menu of the own role, and leaves again', async () => {
    const page = await world.open({ expects: [/401/] });
    await page.goto(world.url('/console/'));
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await axeClean(page);
    const { organization, email, password } = credentialsOf('org-admin');
    await page.getByLabel('Organization').fill(organization);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Devices', exact: true }).waitFor();
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal((await page.request.get(world.url('/api/v1/me'))).status(), 401);
  });

  test('the palette goes anywhere by a few letters, by keyboard alone', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/account'));
    await page.getByRole('navigation').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('overv');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console\/?$/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('German is complete, the dark theme too, and a phone needs no sideways scrolling', async () => {
    const page = await world.signIn('auditor', { locale: 'de-DE' });
    await page.goto(world.url('/console/no-such-page'));
    await page.getByRole('heading', { name: 'An dieser Adresse ist nichts' }).waitFor();
    await axeClean(page);
    await phone(page);
    await page.getByRole('button', { name: 'Menü öffnen' }).click();
    await page.getByRole('link', { name: 'Geräte' }).waitFor();
    await axeClean(page);
  });
});
