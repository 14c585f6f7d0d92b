import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allPortalRoutes } from '@gatehouse/server/surfaces/portal.ts';
import { newComputer, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import type { Page } from 'playwright-core';
import * as operations from '../src/portal/operations.ts';
import { areWithin, loadingFigures } from './loading-figures.ts';
import { axeClean, noBrowser, openWebWorld, phone, type WebWorld, type WindowOptions } from './web-world.ts';

const password = 'plinth ocelot quaver tumbril';
const person = 'user@acme.example';

test('every operation of the portal is one of the server’s, at the same address', () => {
  const served = allPortalRoutes({} as never).map(
    ({ operation, method, path }) => `${operation} ${method} ${path}`,
  );
  const used = Object.values(operations).map(({ id, method, path }) => `${id} ${method} ${path}`);
  assert.deepEqual(
    used.filter((each) => !served.includes(each)),
    [],
  );
});

describe('the portal', { skip: noBrowser }, () => {
  let world: WebWorld;
  before(async () => {
    world = await openWebWorld({ devices: 2 });
    const { items } = await world.operate<{ items: { id: string; email: string }[] }>('GET', '/users');
    const user = items.find(({ email }) => email === person);
    await world.operate('PATCH', `/users/${user?.id}`, { displayName: 'Anna Weber' });
    await world.givePassword(user?.id ?? '');
    const [healthy, broken] = world.devices;
    assert.ok(healthy && broken);
    await healthy.report();
    for (const volume of broken.computer.volumes) volume.encrypted = false;
    for (const account of broken.computer.accounts) account.hasPassword = false;
    await broken.report();
  });
  after(() => world[Symbol.asyncDispose]());

  async function signIn(options: WindowOptions = {}): Promise<Page> {
    // Windows of earlier tests go on reading while the clock is moved, and are told that their sessions are over.
    const page = await world.signInToPortal(person, {
      ...options,
      expects: [/401/, ...(options.expects ?? [])],
    });
    await page.goto(world.url('/my/'));
    await page.getByRole('heading', { level: 1, name: /Anna Weber/ }).waitFor();
    return page;
  }

  /** The computer works off what waits for it, as its agent does all the time. */
  const awake = (agent: SimulatedAgent): { sleep(): Promise<void> } => {
    const end = new AbortController();
    const running = (async () => {
      while (!end.signal.aborted) {
        await agent.poll(0, end.signal).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    })();
    return {
      sleep() {
        end.abort();
        return running;
      },
    };
  };

  test('the first page is drawn soon on a slow phone over a slow line', async (t) => {
    const limits = { largestDrawn: 6_000, blocked: 4_000, busy: 3_000 };
    const figures = await loadingFigures(() => world.signInToPortal(person), world.url('/my/'), limits);
    t.diagnostic(JSON.stringify(figures));
    assert.ok(areWithin(figures, limits), JSON.stringify(figures));
  });

  test('understand, mend, check again, on a phone: the page says what to do and that it worked', async () => {
    const [, broken] = world.devices;
    assert.ok(broken);
    const page = await signIn({ width: 360, height: 740 });
    const card = page.getByRole('article').filter({ hasText: 'Needs you now' });
    await card.getByText(/are off\./).waitFor();
    await phone(page);
    await axeClean(page);
    await card.getByRole('link', { name: /How to fix/ }).click();
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    assert.ok((await page.getByRole('listitem').count()) >= 3, 'numbered steps');
    assert.equal(await page.getByText(/SN-|suite|policy/i).count(), 0, 'nothing of how it is administered');
    await phone(page);
    await axeClean(page);
    const agent = awake(broken);
    await page.getByRole('button', { name: 'I have done it – check now' }).click();
    await page.getByText('this is still to be done').waitFor();
    for (const volume of broken.computer.volumes) volume.encrypted = true;
    broken.computer.swapEncrypted = true;
    for (const account of broken.computer.accounts) account.hasPassword = true;
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('Checked just now: all in order', { exact: false }).waitFor();
    await agent.sleep();
    await page.getByRole('link', { name: 'My devices' }).click();
    await page.getByText('Needs you now').waitFor({ state: 'detached' });
  });

  test('lock twice is one command, and the history says what came of it', async () => {
    const [healthy] = world.devices;
    assert.ok(healthy);
    const [page, other] = [await signIn(), await signIn()];
    const id = healthy.memory.identity?.deviceId ?? '';
    for (const each of [page, other]) {
      await each.goto(world.url(`/my/devices/${id}`));
      await each.getByRole('button', { name: 'Lock the screen' }).click();
    }
    await Promise.all(
      [page, other].map((each) =>
        each.getByRole('dialog').getByRole('button', { name: 'Lock the screen' }).click(),
      ),
    );
    await page.getByText('the order is on its way').waitFor();
    const { items } = await world.operate<{ items: { name: string }[] }>('GET', `/devices/${id}/commands`);
    assert.equal(items.filter(({ name }) => name === 'lock-device').length, 1);
    const agent = awake(healthy);
    await page.getByText('Lock the screen: done').waitFor();
    await agent.sleep();
    assert.equal(healthy.computer.screenLocked, true);
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText('You locked the screen').waitFor();
    await axeClean(page);
  });

  test('POR-02 erasing the own company device takes its name and the password again, and ends with an erased device', async () => {
    const doomed = await world.server.enrol('acme');
    await doomed.report();
    const page = await signIn({ expects: [/400/] });
    // As the page finds it later: the password was shown, but not a moment ago.
    world.server.advance(6 * 60_000);
    const id = doomed.memory.identity?.deviceId ?? '';
    await page.goto(world.url(`/my/devices/${id}`));
    await page.getByRole('button', { name: 'Erase everything' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Everything on the device').waitFor();
    await axeClean(page);
    await dialog.locator('button:focus', { hasText: 'Keep it as it is' }).waitFor();
    const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
    await dialog.getByRole('textbox', { name: new RegExp(name) }).fill(name);
    await dialog.getByLabel('Your password again').fill('not this one');
    await dialog.getByRole('button', { name: 'Erase everything' }).click();
    await dialog.getByText('The password is wrong').waitFor();
    await dialog.getByLabel('Your password again').fill(password);
    await dialog.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByText('Erase everything: the order is on its way').waitFor();
    const agent = awake(doomed);
    await page.getByText('No longer managed').first().waitFor();
    await agent.sleep();
    assert.equal(doomed.computer.wipes, 1);
  });

  test('the privacy ledger shows what is held, and an administrator’s look at once', async () => {
    const [healthy] = world.devices;
    const id = healthy?.memory.identity?.deviceId ?? '';
    const page = await signIn();
    await page.getByRole('link', { name: 'Privacy', exact: true }).click();
    await page.getByRole('heading', { name: /What acme holds about you/ }).waitFor();
    const administrator = await world.signIn('help-desk');
    await administrator.request.get(world.url(`/api/v1/devices/${id}`));
    // What is on record is in the very next answer.
    await page.reload();
    await page.getByText('The help desk opened your device’s page').waitFor();
    await page.getByText('Whether the storage is encrypted', { exact: true }).first().waitFor();
    await axeClean(page);
    await phone(page);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download everything' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'my-data.json');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.evaluate(() => {
      window.print = () => {
        window.dispatchEvent(new Event('beforeprint'));
        document.documentElement.setAttribute('data-printed', '');
      };
    });
    await page.getByRole('button', { name: 'Print, or save as PDF' }).click();
    await page.locator('[data-printed]').waitFor({ state: 'attached' });
    await page.emulateMedia({ media: 'print' });
    await page.getByText('The help desk opened your device’s page').first().waitFor();
    assert.equal(await page.locator('nav:visible, button:visible').count(), 0, 'nothing to press on paper');
    assert.equal(await page.locator('main details:not([open])').count(), 0, 'nothing to be opened');
    assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'light');
  });

  test('NAC-43 a further device: a QR code after the password again, and the enrolment page until its policies are on', async () => {
    const page = await signIn({ width: 360, height: 740 });
    world.server.advance(6 * 60_000);
    await page.reload();
    await page.getByRole('link', { name: 'Add a device' }).click();
    await page.getByRole('radio', { name: 'Linux computer' }).check();
    await axeClean(page);
    await page.getByLabel('Your password again').fill(password);
    await page.getByRole('button', { name: 'Make a one-time password' }).click();
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    await phone(page);
    await axeClean(page);
    const ticket = {
      url: world.url('/agent/v1/enroll/acme'),
      oneTimePassword: (await page.getByText(/^[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}$/).textContent()) ?? '',
    };
    await page.getByRole('link', { name: 'It is this device: go on here' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { level: 1, name: 'Enrol this computer' }).waitFor();
    const agent = new SimulatedAgent({ computer: newComputer('acme-portal', { platform: 'linux' }) });
    try {
      await agent.enroll(ticket);
      await agent.report(['device-information']);
      // Registered, and not let in yet: the page says what it waits for, and offers nothing that would not work (NAC-43).
      await page.getByRole('heading', { level: 1, name: 'Almost done' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Continue' }).count(), 0);
      await phone(page);
      await agent.report();
      await agent.report();
      await page.getByRole('heading', { level: 1, name: 'Your device is enrolled' }).waitFor();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('The network has been told', { exact: false }).waitFor();
    } finally {
      await agent.close();
    }
  });

  test('SCN-10 when the device was last heard of stands on its page, and moves on with its next contact', async () => {
    const [healthy] = world.devices;
    assert.ok(healthy);
    const page = await signIn();
    await page.goto(world.url(`/my/devices/${healthy.memory.identity?.deviceId ?? ''}`));
    const contact = page.locator('dt:text-is("Last contact") + dd time');
    const before = await contact.getAttribute('datetime');
    assert.ok(before);
    world.server.advance(60_000);
    await healthy.report();
    await page.reload();
    const later = await contact.getAttribute('datetime');
    assert.ok(Date.parse(later ?? '') - Date.parse(before) >= 60_000, `${before}, ${later}`);
  });

  test('German is complete and everything is reached by keyboard; account and documents are clean', async () => {
    const page = await world.open({ locale: 'de-DE', expects: [/401/, /404/] });
    await page.goto(world.url('/my/?organization=acme'));
    await page.getByLabel('E-Mail oder Benutzername').fill(person);
    await page.getByLabel('Kennwort', { exact: true }).fill('falsch');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'falsch' }).waitFor();
    await axeClean(page);
    await page.getByLabel('Kennwort', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Guten Tag, Anna Weber' }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Konto', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Konto' }).waitFor();
    await page.getByText('Dieser Browser').waitFor();
    await axeClean(page);
    await phone(page);
    await page.getByRole('link', { name: 'Dokumente und Bedingungen' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dokumente und Bedingungen' }).waitFor();
    await axeClean(page);
    await page.goto(world.url('/my/devices/00000000-0000-7000-8000-000000000000'));
    await page.getByRole('heading', { name: 'An dieser Adresse ist nichts' }).waitFor();
    await axeClean(page);
  });

  test('when the session ends, the sign-in opens over the page and nothing typed is lost', async () => {
    const page = await signIn({ expects: [/401/] });
    await page.getByRole('link', { name: 'Account', exact: true }).click();
    await page.getByLabel('New password', { exact: true }).fill('half a thought');
    world.server.advance(31 * 60_000);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('Current password').fill(password);
    await page.getByLabel('New password', { exact: true }).fill('quaver tumbril plinth ocelot');
    await page.getByLabel('New password again').fill('quaver tumbril plinth ocelot');
    await page.getByRole('button', { name: 'Change the password' }).click();
    const dialog = page.getByRole('dialog', { name: 'You were signed out' });
    await dialog.getByLabel('Password', { exact: true }).fill(password);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('New password again').inputValue(), 'quaver tumbril plinth ocelot');
  });
});
