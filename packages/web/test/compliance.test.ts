// What an administrator does about compliance: writes a rule, asks the fleet, puts it in force in rings, excepts, reports a loss.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { axeClean, noBrowser, openWebWorld, phone, settled, type WebWorld } from './web-world.ts';

interface Shown {
  readonly id: string;
  readonly name: string;
}

describe('compliance in the console', { skip: noBrowser }, () => {
  let world: WebWorld;
  let devices: readonly Shown[];
  before(async () => {
    world = await openWebWorld({ devices: 4 });
    for (const device of world.devices) await device.report();
    devices = (await world.operate<{ items: Shown[] }>('GET', '/devices')).items;
  });
  after(() => world[Symbol.asyncDispose]());

  async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
    await page.getByRole('combobox', { name: label, exact: true }).click();
    await page.getByRole('option', { name: option }).first().click();
  }

  async function explained(deviceId: string, what: RegExp): Promise<void> {
    for (
      const began = Date.now();
      Date.now() - began < 10_000;
      await new Promise((go) => setTimeout(go, 100))
    ) {
      const { text } = await world.operate<{ text: string[] }>('GET', `/devices/${deviceId}/explain`);
      if (what.test(text.join('\n'))) return;
    }
    assert.fail(`the device is not explained by ${what}`);
  }

  test('a rule is written with a mistake that is pointed at, simulated, read device by device, put in force in rings, and explained at the device', async () => {
    const [caught] = devices;
    assert.ok(caught);
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/compliance/rules/new'));
    await page.getByRole('textbox', { name: 'Name' }).fill('Not that one');
    await choose(page, 'What devices owe', 'A condition of the organization is met');
    const expression = page.getByLabel('Expression');
    await expression.fill(`device.nam != "${caught.name}"`);
    await page.getByText('Line 1, column 7: there is no "device.nam"').waitFor();
    await axeClean(page);
    await expression.fill(`device.name != "${caught.name}"`);
    await page.getByText('It looks at: device.name').waitFor();
    await page.getByRole('button', { name: 'Simulate' }).click();
    const problems = page.getByRole('alert').filter({ hasText: 'This cannot be saved yet' });
    await problems.getByText('What mends it').waitFor();
    await page.getByLabel('What the user is told').fill('This computer is not wanted here.');
    await page.getByLabel('What mends it').fill('Ask the help desk.');
    await page.getByRole('note', { name: 'It reads' }).filter({ hasText: 'for All devices' }).waitFor();
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByText('1 device would stop being compliant').waitFor();
    await page.getByText('It catches 1 device, 25 % of the fleet').waitFor();
    await page.getByRole('button', { name: 'Show the devices' }).click();
    await page.getByRole('grid').getByRole('link', { name: caught.name }).waitFor();
    await world.picture(page, 'compliance-rule-simulated');
    await page.getByLabel('In rings').check();
    await page.getByLabel('Rings, percent of devices').fill('100, 10');
    await page.getByText('Write shares that rise').waitFor();
    await page.getByLabel('Rings, percent of devices').fill('100');
    await page.getByRole('button', { name: 'Save and start' }).click();
    await page.getByRole('heading', { name: 'Rule Not that one', level: 1 }).waitFor();
    const ring = page.getByRole('region', { name: 'Ring 1' });
    await ring.getByText('everybody').waitFor();
    await ring.getByRole('row', { name: /Predicted 1/ }).waitFor();
    await explained(caught.id, /not wanted here/);
    await page.reload();
    await ring.getByRole('row', { name: /Actual 1/ }).waitFor();
    await page.goto(world.url(`/console/devices/${caught.id}`));
    await page.getByText('This computer is not wanted here.').first().waitFor();
    await page.goto(world.url('/console/compliance/rules'));
    await page
      .getByRole('row', { name: /Not that one/ })
      .getByRole('link', { name: 'Failing: 1' })
      .click();
    const list = page.getByRole('grid', { name: 'Devices' });
    await list.getByRole('link', { name: caught.name }).waitFor();
    assert.equal(await list.getAttribute('aria-rowcount'), '2');
  });

  test('two people who change a rule at once see both versions, and nothing is overwritten', async () => {
    const rule = await world.operate<Shown>('POST', '/compliance-rules', {
      name: 'Encrypted',
      kind: 'encryption',
      demand: {},
    });
    const page = await world.signIn('org-admin', { expects: [/412/] });
    await page.goto(world.url(`/console/compliance/rules/${rule.id}`));
    await page.getByText('It is assigned to nobody').waitFor();
    await page.getByLabel('Grace', { exact: true }).fill('5');
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByText('No device changes by this rule now').waitFor();
    await world.operate('PATCH', `/compliance-rules/${rule.id}`, { name: 'Encrypted disks' });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed this meanwhile' });
    await conflict.getByText('Encrypted disks').waitFor();
    await conflict.getByRole('button', { name: 'Keep mine and save' }).click();
    await page.getByRole('heading', { name: 'Encrypted disks', level: 1 }).waitFor();
    assert.equal(
      await page.getByLabel('Grace', { exact: true }).inputValue(),
      '5',
      'what was written is still there',
    );
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Version 3').waitFor();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByText('Compared with version 2').waitFor();
    await page.getByRole('rowheader', { name: /grace/i }).waitFor();
  });

  test('a device is excepted from a rule for a time, with a reason, and the exception is taken back', async () => {
    const [, device] = devices;
    assert.ok(device);
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/compliance/exceptions'));
    await page.getByText('No exceptions in force').waitFor();
    await page.getByRole('button', { name: 'Except a device' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Except a device from a rule' });
    await dialog.getByRole('button', { name: 'Except a device' }).click();
    await dialog.getByText('Choose a device.').waitFor();
    await dialog.getByRole('combobox', { name: 'Device' }).fill(device.name.slice(0, 8));
    await page.getByRole('option', { name: device.name }).click();
    await dialog.getByRole('combobox', { name: 'Rule' }).click();
    await page.getByRole('option', { name: 'Policies: Storage is encrypted' }).click();
    await dialog.getByLabel('Reason').fill('Spare part ordered.');
    await axeClean(page);
    await dialog.getByRole('button', { name: 'Except a device' }).click();
    const row = page.getByRole('row', { name: new RegExp(device.name) });
    await row.getByText('Spare part ordered.').waitFor();
    await page.getByText('Ending within 7 days').click();
    await page.waitForURL(/show=ending/);
    await page.reload();
    await page.getByText('Ending within 7 days').waitFor();
    await page.getByText('In force', { exact: true }).click();
    await row.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('No exceptions in force').waitFor();
  });

  test('LST-02 LST-07 a lost device: three questions, the steps with what each costs, the start, and the end of it', async () => {
    const [, , lost] = devices;
    assert.ok(lost);
    const page = await world.signIn('org-admin');
    await page.goto(world.url(`/console/compliance/playbooks/new?device=${lost.id}`));
    await page.getByText('Corporate device').waitFor();
    const steps = page.getByRole('region', { name: 'What happens, in this order' });
    await steps.getByText('Wait for it to be found').waitFor();
    await page.getByLabel('No, or it was stolen').check();
    await page.getByLabel('Erase everything').check();
    await steps.getByText('Reset it to factory state').waitFor();
    await steps.getByText(/everything is gone, also private data/).waitFor();
    await axeClean(page);
    await page.getByLabel('Perhaps: look for it first').check();
    await page.getByLabel('Keep it for investigation').check();
    await steps.getByText('Move it to the secured group').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Start the procedure for ${lost.name}?` });
    await dialog.getByLabel('Reason').fill('Left on the train to Basel.');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Lost', level: 1 }).waitFor();
    await page.getByText('Left on the train to Basel.').waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Wait for it to be found' })
      .getByText('waiting')
      .waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    const stop = page.getByRole('dialog', { name: 'Stop this procedure?' });
    await stop.getByLabel('Reason').fill('It was in the other bag.');
    await stop.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped', { exact: true }).waitFor();
  });

  test('alerts are acknowledged, and stay to be read', async () => {
    const rule = await world.operate<Shown>('POST', '/compliance-rules', {
      name: 'Loud',
      kind: 'access-restriction',
      demand: { text: 'For the test.' },
      gates: [],
      stages: [{ afterMinutes: 0, actions: [{ kind: 'alert-administrators' }] }],
    });
    await world.operate('POST', '/assignments', {
      item: { kind: 'rule', id: rule.id },
      target: { kind: 'device', id: devices[3]?.id },
    });
    const page = await world.signIn('org-admin');
    await page.goto(world.url('/console/compliance/alerts'));
    const row = page.getByRole('row', { name: /The rule “Loud” is broken/ });
    await row.getByRole('button', { name: 'Acknowledge' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByText('Acknowledged', { exact: true }).click();
    await row.getByText('Acknowledged').waitFor();
  });

  test('by keyboard alone a rule is opened from the table, and by somebody who only reads it cannot be changed', async () => {
    const page = await world.signIn('auditor');
    await page.goto(world.url('/console/compliance/rules'));
    const row = page.getByRole('row', { name: /Not that one/ });
    await row.focus();
    await page.keyboard.press('Enter');
    await page.getByText('You can read this rule.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).count(), 0);
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).isDisabled(), true);
  });

  test('every page is clean for assistive technology in both themes, in German, and on a phone', async () => {
    const page = await world.signIn('org-admin', { locale: 'de-DE' });
    const { items: rollouts } = await world.operate<{ items: Shown[] }>('GET', '/rollouts');
    const { items: runs } = await world.operate<{ items: Shown[] }>('GET', '/playbook-runs');
    const { items: simulations } = await world.operate<{ items: Shown[] }>('GET', '/simulations');
    const pages = [
      ['/console/compliance/rules', 'Compliance-Regeln'],
      ['/console/compliance/rules/new?kind=geofence', 'Neue Regel'],
      ['/console/compliance/exceptions?show=ended', 'Ausnahmen'],
      ['/console/compliance/simulations', 'Simulationen'],
      [`/console/compliance/simulations/${simulations.at(-1)?.id}`, /Neue Regel/],
      ['/console/compliance/rollouts', 'Einführungen'],
      [`/console/compliance/rollouts/${rollouts[0]?.id}`, 'Regel Not that one'],
      ['/console/compliance/playbooks', 'Verloren und gestohlen'],
      [`/console/compliance/playbooks/${runs[0]?.id}`, 'Verloren'],
      ['/console/compliance/alerts?show=all', 'Warnungen'],
    ] as const;
    for (const [path, heading] of pages) {
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.goto(world.url(path));
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await settled(page);
      await axeClean(page);
      await phone(page);
    }
  });
});
