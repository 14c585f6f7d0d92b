import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { axeClean, credentialsOf, noBrowser, openWebWorld, phone, type WebWorld } from './web-world.ts';

const look = process.env['PICTURES'] === 'yes';

describe('settings and the own account', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld();
    await world.operate('POST', '/roles', { name: 'Depot', permissions: ['devices.read', 'devices.lock'] });
  });
  after(() => world[Symbol.asyncDispose]());

  // A window that stays open follows the news, and an account has only so many streams.
  const windows: Page[] = [];
  afterEach(async () => {
    for (const page of windows.splice(0)) await page.context().close();
  });
  async function signIn(...given: Parameters<WebWorld['signIn']>): Promise<Page> {
    const page = await world.signIn(...given);
    windows.push(page);
    return page;
  }

  const picture = async (page: Page, name: string) => {
    if (look) await world.picture(page, name);
  };

  test('every page of settings is clean for programs that read it, in both themes and on a phone', async () => {
    const page = await signIn('org-admin');
    for (const [tab, sign] of [
      ['organization', 'Whom people ask for help'],
      ['privacy', 'Collected facts'],
      ['branding', 'Preview'],
      ['legal', 'No document yet'],
      ['administrators', 'org-admin@acme.example'],
      ['roles', 'Depot'],
      ['tokens', 'No token yet'],
      ['guard', 'A second person is asked'],
      ['notifications', 'A compliance rule says that administrators shall know.'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.goto(world.url(`/console/settings/${tab}`));
      await page.getByText(sign).first().waitFor();
      await picture(page, `settings-${tab}`);
      await axeClean(page);
      await phone(page);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.goto(world.url('/console/account'));
    await page.getByText('Authenticator application').first().waitFor();
    await picture(page, 'account');
    await axeClean(page);
    await phone(page);
  });

  test('a role is ticked in a matrix, counted against whom it concerns, and felt at once', async () => {
    const page = await signIn('org-admin');
    await page.goto(world.url('/console/settings/roles'));
    await page.getByLabel('Find a permission').fill('where a device is');
    await page.getByRole('checkbox', { name: 'Depot: See where a device is.' }).check();
    await page.getByText('1 change. They concern 0 people and 0 tokens.').waitFor();
    await page.getByText('Depot – Added: See where a device is.').waitFor();
    await axeClean(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const { items } = await world.operate<{ items: { name: string; permissions: string[] }[] }>(
      'GET',
      '/roles?limit=50',
    );
    assert.ok(
      items.find(({ name }) => name === 'Depot')?.permissions.includes('devices.facts.sensitive.read'),
    );
    await page.getByRole('button', { name: 'Depot', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Menu of this role' }).click();
    const preview = page.getByRole('dialog', { name: 'Menu of this role' });
    await preview.getByText('Devices').waitFor();
    assert.equal(await preview.getByText('Settings').count(), 0);
  });

  test('TEN-05 nobody raises himself: what one may not do cannot be ticked, and the own account is another’s to change', async () => {
    const page = await signIn('org-admin');
    await page.goto(world.url('/console/settings/roles'));
    await page.getByLabel('Find a permission').fill('whole instance');
    assert.ok(await page.getByRole('checkbox', { name: /^Depot: Operate the whole instance/ }).isDisabled());
    await page.goto(world.url('/console/settings/administrators'));
    const own = page.getByRole('button', { name: 'Change: org-admin@acme.example' });
    await own.waitFor();
    assert.ok(await own.isDisabled());
    const desk = await signIn('auditor');
    await desk.goto(world.url('/console/settings/organization'));
    await desk.getByText('Changing them is not part of your role').first().waitFor();
    assert.ok(await desk.getByLabel('Name').isDisabled());
  });

  test('ARC-12 a pale colour is refused with the nearest shade, which is taken; the enrolment page follows', async () => {
    const page = await signIn('org-admin');
    await page.goto(world.url('/console/settings/branding'));
    await page.getByLabel('Accent colour').fill('#ffd000');
    await page.getByLabel('Name that people see').fill('Acme Devices');
    await page.getByText('Stands out from white by').first().waitFor();
    const save = page.getByRole('button', { name: 'Save' });
    assert.ok(await save.isDisabled());
    await page.getByRole('button', { name: /^Take #[0-9a-f]{6}, the nearest shade/ }).click();
    await axeClean(page);
    await save.click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const logo = await page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 320;
      canvas.height = 80;
      const drawn = canvas.getContext('2d');
      drawn?.fillRect(20, 20, 200, 40);
      return canvas.toDataURL('image/webp').split(',')[1] ?? '';
    });
    const choose = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a picture' }).click();
    await (await choose).setFiles([
      { name: 'logo.webp', mimeType: 'image/webp', buffer: Buffer.from(logo, 'base64') },
    ]);
    const shown = page.getByRole('img', { name: 'Logo of Acme Devices' });
    await shown.waitFor();
    // What was taken apart and put together again is still a picture.
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>('img[alt^="Logo of"]');
      return image !== null && image.naturalWidth === 320;
    });
    await picture(page, 'settings-branding-set');
    const wrong = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a picture' }).click();
    await (await wrong).setFiles([
      { name: 'x<b>.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
    ]);
    await page.getByText('“x<b>.svg” is no PNG, JPEG or WebP picture.').waitFor();
    const visitor = await world.open({ expects: [/404/] });
    await visitor.goto(world.url('/enroll/acme'));
    await visitor.getByText('Acme Devices').first().waitFor();
    assert.ok(
      await visitor.locator('img.logo').evaluate((image: HTMLImageElement) => image.naturalWidth > 0),
    );
  });

  test('two who edit at once are shown each other’s words, and nothing is overwritten', async () => {
    const [mine, theirs] = await Promise.all([
      signIn('org-admin', { expects: [/412/] }),
      signIn('org-admin'),
    ]);
    for (const page of [mine, theirs]) {
      await page.goto(world.url('/console/settings/organization'));
      await page.getByLabel('In words').waitFor();
    }
    await theirs.getByLabel('In words').fill('Room 4');
    await theirs.getByRole('button', { name: 'Save' }).last().click();
    await theirs.getByText('Saved', { exact: true }).waitFor();
    await mine.getByLabel('In words').fill('Room 9');
    await mine.getByRole('button', { name: 'Save' }).last().click();
    const clash = mine.getByRole('alert').filter({ hasText: 'Room 4' });
    await clash.waitFor();
    assert.match((await clash.textContent()) ?? '', /Room 9/);
    await axeClean(mine);
    await picture(mine, 'settings-conflict');
    const held = await world.operate<{ support: { text: string } }>('GET', '/organization/settings');
    assert.equal(held.support.text, 'Room 4');
    await clash.getByRole('button').first().click();
    await mine.getByText('Saved', { exact: true }).waitFor();
    const kept = await world.operate<{ support: { text: string } }>('GET', '/organization/settings');
    assert.equal(kept.support.text, 'Room 9');
  });

  test('a session that ends while somebody types loses nothing: sign-in comes over the page, and one saves again', async () => {
    const page = await signIn('org-admin', { expects: [/401/] });
    await page.goto(world.url('/console/settings/organization'));
    await page.getByLabel('In words').fill('Typed before the session ended');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Save' }).last().click();
    const over = page.getByRole('dialog', { name: 'You were signed out' });
    await over.waitFor();
    await axeClean(page);
    const { organization, password } = credentialsOf('org-admin');
    await over.getByLabel('Organization').fill(organization);
    await over.getByLabel('Password', { exact: true }).fill(password);
    await over.getByRole('button', { name: 'Sign in' }).click();
    await over.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('In words').inputValue(), 'Typed before the session ended');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.getByText('Saved', { exact: true }).waitFor();
  });

  test('ADM-15 rights that are withdrawn while a page is open are refused at once, and what was typed stays', async () => {
    const { id } = (
      await world.operate<{ items: { id: string; email: string }[] }>('GET', '/administrators?limit=50')
    ).items.find(({ email }) => email === credentialsOf('help-desk').email) ?? { id: '' };
    await world.operate('PATCH', `/administrators/${id}`, { role: 'org-admin' });
    const page = await signIn('help-desk', { expects: [/403/] });
    await page.goto(world.url('/console/settings/organization'));
    await page.getByLabel('In words').fill('Typed before the right was gone');
    await world.operate('PATCH', `/administrators/${id}`, { role: 'help-desk' });
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.getByText('Your rights changed at').waitFor();
    assert.equal(await page.getByLabel('In words').inputValue(), 'Typed before the right was gone');
    assert.ok(await page.getByLabel('In words').isDisabled());
    assert.equal(await page.getByRole('link', { name: 'Settings', exact: true }).count(), 0);
  });

  test('a token is shown once, and revoked', async () => {
    const page = await signIn('org-admin');
    await page.goto(world.url('/console/settings/tokens'));
    await page.getByRole('button', { name: 'New token' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New token' });
    await dialog.getByLabel('What it is for').fill('Reports');
    await dialog.getByRole('button', { name: 'New token' }).click();
    const token = (await dialog.getByText(/^gth_api_/).textContent()) ?? '';
    const asProgram = () =>
      page.request.get(world.url('/api/v1/me'), { headers: { authorization: `Bearer ${token.trim()}` } });
    assert.equal((await asProgram()).status(), 200);
    await axeClean(page);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Revoke: Reports' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked').first().waitFor();
    assert.equal((await asProgram()).status(), 401);
    assert.ok(!(await page.content()).includes(token.trim()), 'it is nowhere on the page any more');
  });

  test('ADM-13 a passkey is registered, signs in alone, and is shown once more before another is added', async () => {
    const page = await signIn('auditor', { expects: [/40[13]/] });
    const authenticator = await virtualAuthenticator(page);
    await page.goto(world.url('/console/account'));
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
    await dialog.getByLabel('What it is called').fill('Laptop');
    await dialog.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('“Laptop” is added').waitFor();
    await page.getByRole('button', { name: 'Rename: Laptop' }).waitFor();
    await axeClean(page);
    await picture(page, 'account-passkey');
    const { credentials } = await authenticator.send('WebAuthn.getCredentials', {
      authenticatorId: authenticator.id,
    });
    assert.deepEqual([credentials.length, credentials[0]?.isResidentCredential], [1, true]);
    await page
      .getByRole('button', { name: /^Account/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('link', { name: 'Devices', exact: true }).waitFor();
    // After ten minutes it is asked for once more.
    world.server.advance(11 * 60_000);
    await page.goto(world.url('/console/account'));
    await page.getByRole('button', { name: 'Remove: Laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    const factor = page.getByRole('dialog', { name: 'Show your second factor once more' });
    await factor.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('You have no passkey yet').waitFor();
    await page.goto(world.url('/console/account'));
    await page.getByText('You have no passkey yet').waitFor();
  });

  test('ARC-14 ARC-15 the set-up guide has eight steps, checks them live, and goes on where one left it', async () => {
    const page = await signIn('org-admin');
    await page.goto(world.url('/console/setup-guide'));
    await page.getByText('of 8 steps').first().waitFor();
    await page.getByRole('button', { name: 'How it works: I have read it' }).click();
    await axeClean(page);
    await picture(page, 'setup-guide');
    const before = await page.getByRole('status').filter({ hasText: 'of 8 steps' }).textContent();
    await page.reload();
    await page.getByRole('button', { name: 'How it works: Take back' }).waitFor();
    // What is looked up anew counts once it has come.
    await page
      .getByRole('status')
      .filter({ hasText: before ?? 'nothing' })
      .waitFor();
    await page.getByRole('link', { name: 'Open: Administrators' }).click();
    await page.waitForURL(/settings\/administrators/);
    await page.goBack();
    await phone(page);
  });
});

/** A platform authenticator of the test's own, whose owner always says yes. */
async function virtualAuthenticator(page: Page): Promise<CDPSession & { readonly id: string }> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return Object.assign(session, { id: authenticatorId });
}
