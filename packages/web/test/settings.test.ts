import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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

  const picture = async (page: Page, name: string) => {
    if (look) await world.picture(page, name);
  };

  test('every page of settings is clean for programs that read it, in both themes and on a phone', async () => {
    const page = await world.signIn('org-admin');
    for (const [tab, sign] of [
      ['organization', 'Whom people ask for help'],
      ['privacy', 'Collected facts'],
      ['branding', 'Preview'],
      ['legal', 'No document yet'],
      ['administrators', 'org-admin@acme.example'],
      ['roles', 'Depot'],
      ['tokens', 'No token yet'],
      ['guard', 'A second person is asked'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.goto(world.url(`/console/settings/${tab}`));
      await page.getByText(sign).first().waitFor();
      await axeClean(page);
      await phone(page);
      await picture(page, `settings-${tab}`);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.goto(world.url('/console/account'));
    await page.getByText('Authenticator application').first().waitFor();
    await axeClean(page);
    await phone(page);
    await picture(page, 'account');
  });
});
