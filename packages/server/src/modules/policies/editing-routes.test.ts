import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FleetShape, PolicyCollisions } from '@gatehouse/contracts/admin/policy-effects.ts';
import type { PolicySettingCatalogue } from '@gatehouse/contracts/admin/policy-catalogue.ts';
import { newId } from '../../kernel/ids.ts';
import { openTestAdminSurface, type TestAdminSurface } from '../../surfaces/admin/test-surface.ts';
import { createPendingDevice, registerDevice } from '../devices/index.ts';

describe('what editors of policies ask', () => {
  let surface: TestAdminSurface;
  let groupId: string;
  before(async () => {
    surface = await openTestAdminSurface();
    const userId = (await made('/users', { email: 'ann@acme.example' })).id;
    groupId = (await made('/groups', { name: 'Sales' })).id;
    await device('linux', null);
    await device('linux', userId);
    await device('macos', userId);
    const admin = await surface.db.superuser();
    await admin.query('insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3)', [
      surface.acme.id,
      groupId,
      userId,
    ]);
  });
  after(() => surface[Symbol.asyncDispose]());

  const call = (
    method: string,
    path: string,
    body?: unknown,
    role: 'org-admin' | 'help-desk' = 'org-admin',
  ) =>
    surface.call(surface.acme.administrators[role].token, method, path, body === undefined ? {} : { body });
  async function made(path: string, body: unknown): Promise<{ id: string }> {
    const answer = await call('POST', path, body);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json();
  }
  async function read<T>(path: string): Promise<T> {
    const answer = await call('GET', path);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json() as T;
  }
  const device = (platform: 'linux' | 'macos', userId: string | null) =>
    surface.db.database.withTenant(surface.acme.id, async (tx) => {
      const { deviceId } = await createPendingDevice(tx, {
        userId,
        platform,
        ownership: 'corporate',
        enrollmentId: null,
        name: platform,
      });
      await registerDevice(tx, deviceId);
      return deviceId;
    });
  const suite = (name: string, settings: object) => made('/policies', { name, settings });
  const assign = (id: string, target: object, more: object = {}) =>
    made('/assignments', { item: { kind: 'policy', id }, target, ...more });
  const everybody = () => ({ kind: 'organization', id: surface.acme.id });

  test('POL-01 the catalogue of settings says what each may be, where it holds, how it is merged, in both languages', async () => {
    const { settings } = await read<PolicySettingCatalogue>('/policy-settings');
    const named = (name: string) => settings.find((one) => one.name === name);
    const length = named('passcode.minimum-length');
    assert.deepEqual(length?.shape, { type: 'integer', minimum: 1, maximum: 64 });
    assert.equal(length?.merge, 'most-secure');
    assert.equal(length?.words.de.title, 'Mindestlänge des Gerätecodes');
    assert.match(length?.words.en.help ?? '', /^Shortest passcode allowed\.$/, 'without citations');
    assert.equal(named('support.contact')?.merge, 'first');
    const sharing = named('restrictions.no-nearby-sharing');
    assert.deepEqual(
      sharing?.support.map(({ platform, how, key, supervised }) => [platform, how, key, supervised]),
      [
        ['macos', 'enforced', 'allowAirDrop', undefined],
        ['ios', 'enforced', 'allowAirDrop', true],
      ],
    );
    assert.deepEqual(
      length?.support.find(({ platform }) => platform === 'linux'),
      { platform: 'linux', how: 'enforced' },
    );
    assert.equal(length?.support.find(({ platform }) => platform === 'android')?.how, 'judged');
  });

  test('POL-09 a draft is held against the suites that reach the same devices: who wins, why, on how many devices', async () => {
    const base = await suite('Base', { 'passcode.minimum-length': 8, 'support.contact': 'desk' });
    const phones = await suite('Phones', { 'passcode.history': 5 });
    await assign(base.id, everybody());
    await assign(phones.id, { kind: 'group', id: groupId });
    const answer = await call('POST', `/policies/${phones.id}/collisions`, {
      settings: { 'passcode.minimum-length': 6, 'support.contact': 'sales', 'passcode.history': 5 },
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const { devices, complete, settings } = answer.json() as PolicyCollisions;
    assert.deepEqual([devices, complete], [2, true]);
    assert.deepEqual(
      settings.map(({ setting, outcomes: [outcome] }) => [
        setting,
        outcome?.devices,
        outcome?.value,
        outcome?.why,
        outcome?.wins,
        outcome?.winner.policyName,
        outcome?.candidates.length,
      ]),
      [
        ['passcode.minimum-length', 2, 8, 'strictest', false, 'Base', 2],
        ['support.contact', 2, 'sales', 'nearest', true, 'Phones', 2],
      ],
    );
    // What is taken out of the draft is still demanded by somebody else.
    await call('PATCH', `/policies/${phones.id}`, { settings: { 'passcode.minimum-length': 12 } });
    const removed = (await call('POST', `/policies/${phones.id}/collisions`, { settings: {} })).json();
    assert.deepEqual(
      (removed as PolicyCollisions).settings.map(({ setting, stated, outcomes: [outcome] }) => [
        setting,
        stated,
        outcome?.why,
        outcome?.value,
      ]),
      [['passcode.minimum-length', false, 'only-one', 8]],
    );
    const saved = (await call('POST', `/policies/${phones.id}/collisions`, {})).json() as PolicyCollisions;
    assert.equal(saved.settings[0]?.outcomes[0]?.value, 12);
    const wrong = await call('POST', `/policies/${phones.id}/collisions`, {
      settings: { 'passcode.minimum-length': 0 },
    });
    assert.ok([400, 422].includes(wrong.statusCode), wrong.body);
    assert.equal((await call('POST', `/policies/${newId()}/collisions`, {})).statusCode, 404);
    const elsewhere = await surface.call(
      surface.globex.administrators['org-admin'].token,
      'POST',
      `/policies/${phones.id}/collisions`,
      { body: {} },
    );
    assert.equal(elsewhere.statusCode, 404);
  });

  test('POL-13 devices are counted by assignment and each once, by platform where the assignment has one', async () => {
    const wide = await suite('Wide', {});
    const all = await assign(wide.id, everybody());
    const macs = await assign(wide.id, { kind: 'group', id: groupId }, { platform: 'macos' });
    const reach = await read<{ devices: number; assignments: object[] }>(
      `/assignments/reach?itemId=${wide.id}`,
    );
    assert.equal(reach.devices, 3);
    assert.deepEqual(
      new Set(reach.assignments),
      new Set([
        { assignmentId: all.id, devices: 3 },
        { assignmentId: macs.id, devices: 1 },
      ]),
    );
    assert.deepEqual(await read(`/assignments/reach?itemId=${newId()}`), { devices: 0, assignments: [] });
  });

  test('the shape of the fleet says of which systems it consists', async () => {
    const { groups } = await read<FleetShape>('/fleet-shape');
    assert.deepEqual(
      groups.map(({ platform, devices }) => [platform, devices]),
      [
        ['linux', 2],
        ['macos', 1],
      ],
    );
  });

  test('a version says who made it, when and why', async () => {
    const made = await suite('Reasons', {});
    const changed = await call('PATCH', `/policies/${made.id}`, {
      settings: { 'passcode.history': 3 },
      reason: 'Audit of spring',
    });
    assert.equal(changed.statusCode, 200, changed.body);
    const { items } = await read<{ items: { version: number; author: string; reason: string }[] }>(
      `/policies/${made.id}/versions`,
    );
    assert.deepEqual(
      items.map(({ version, reason }) => [version, reason]),
      [
        [2, 'Audit of spring'],
        [1, ''],
      ],
    );
    const hidden = await call('PATCH', `/policies/${made.id}`, { description: 'x', reason: 'a\u0000b' });
    assert.ok([400, 422].includes(hidden.statusCode));
  });
});
