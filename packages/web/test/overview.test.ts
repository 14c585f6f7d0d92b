import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seedFleet } from './seeded-fleet.ts';
import { axeClean, noBrowser, openWebWorld, phone, takeComplaints, type WebWorld } from './web-world.ts';

describe('the overview', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld();
    await seedFleet(world, 60);
  });
  after(() => world[Symbol.asyncDispose]());

  test('MON-09 each number leads to a list with exactly that many devices', async () => {
    await world.server.application.runTask('take-fleet-days');
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/'));
    const main = page.getByRole('main');
    await main.getByRole('heading', { name: 'Gates now' }).waitFor();
    await main.getByRole('row', { name: /^iOS and iPadOS/ }).waitFor();
    const links = await main
      .locator('section a')
      .evaluateAll((found) => found.map((link) => [link.getAttribute('href') ?? '', link.textContent ?? '']));
    const numbers = links.filter(
      ([href, text]) => href?.startsWith('/console/devices?') && /^\d+$/.test(text ?? ''),
    );
    assert.ok(numbers.length >= 25, `${numbers.length} numbers are links`);
    // One of each kind; that all agree is proved where they are counted.
    const kinds = new Map(
      numbers.map(([href = '', text]) => [
        new URL(href, 'https://x').searchParams.get('q')?.split(/[:<>=]/)[0],
        { href, text },
      ]),
    );
    assert.deepEqual([...kinds.keys()].toSorted(), [
      'failing',
      'gate.mail',
      'gate.network',
      'gate.vpn',
      'is',
      'platform',
      'seen',
    ]);
    for (const { href, text } of kinds.values()) {
      await page.goto(world.url(href));
      const words = text === '1' ? '1 device' : `${text} devices`;
      await page
        .getByRole('status')
        .filter({ hasText: new RegExp(`^${words}$`) })
        .waitFor();
    }
  });

  test('what happens appears as it happens, and can be paused', async () => {
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/'));
    const feed = page.getByRole('region', { name: 'Live' });
    await feed.getByText('What happens appears here').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    const { items } = await world.operate<{ items: { id: string }[] }>('GET', '/devices?sort=name&limit=1');
    const change = (name: string) => world.operate('PATCH', `/devices/${items[0]?.id}`, { name });
    await change('Reception');
    await feed.getByText('was changed by an administrator').first().waitFor();
    await feed.getByRole('button', { name: 'Pause' }).click();
    await change('Front desk');
    await feed.getByText('Paused; 1 waiting').waitFor();
    await feed.getByRole('button', { name: 'Go on' }).click();
    await feed.getByText('was changed by an administrator').nth(1).waitFor();
  });

  test('a tile that does not load says so and lets the others stand', async () => {
    const page = await world.signIn('org-admin', { expects: [/500/] });
    await page.route('**/api/v1/overview/attention', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 500, title: 'x', code: 'internal', requestId: '7f3a-90' }),
      }),
    );
    await page.goto(world.url('/console/'));
    const attention = page.getByRole('region', { name: 'Needs attention' });
    await attention.getByRole('alert').waitFor({ timeout: 20_000 });
    await attention.getByText('7f3a-90').waitFor();
    await page.getByRole('row', { name: /^iOS and iPadOS/ }).waitFor();
    await page.unroute('**/api/v1/overview/attention');
    await attention.getByRole('button', { name: 'Try again' }).click();
    await attention.getByRole('alert').waitFor({ state: 'detached' });
    takeComplaints();
  });

  test('the help desk sees figures and no feed; both themes, German and a phone are clean', async () => {
    const page = await world.signIn('help-desk', { locale: 'de-DE' });
    await page.goto(world.url('/console/'));
    await page.getByText('Ihre Rolle verfolgt keine Live-Ereignisse.').waitFor();
    await page.getByRole('row', { name: /^iOS und iPadOS/ }).waitFor();
    await axeClean(page);
    await phone(page);
    await axeClean(page);
  });
});
