import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTestAdminSurface, type TestAdminSurface } from '../../surfaces/admin/test-surface.ts';
import { createPendingDevice } from '../devices/index.ts';
import { resolveResources } from '../policies/index.ts';
import { openSecrets } from './index.ts';

describe('resources', () => {
  let surface: TestAdminSurface;
  before(async () => {
    surface = await openTestAdminSurface();
  });
  after(() => surface[Symbol.asyncDispose]());

  const call = (method: string, path: string, body?: unknown, role: 'org-admin' | 'auditor' = 'org-admin') =>
    surface.call(surface.acme.administrators[role].token, method, path, body === undefined ? {} : { body });
  async function made(path: string, body: unknown) {
    const answer = await call('POST', path, body);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json() as { id: string; version: number; secrets: string[]; fields: object };
  }

  test('RES-13: a network’s password is sealed, never shown, and kept when the rest changes', async () => {
    const password = 'correct horse battery';
    const network = await made('/resources', {
      kind: 'wifi',
      name: 'Office',
      fields: { ssid: 'Acme', security: 'personal', password },
    });
    assert.deepEqual(network.secrets, ['password']);
    assert.deepEqual(network.fields, { ssid: 'Acme', security: 'personal' });
    const changed = await call('PATCH', `/resources/${network.id}`, {
      fields: { ssid: 'Acme', security: 'personal', hidden: true },
    });
    assert.equal(changed.statusCode, 200, changed.body);
    assert.equal(changed.json().version, 2);
    assert.deepEqual(changed.json().secrets, ['password']);
    const opened = await surface.db.database.withTenant(surface.acme.id, (tx) =>
      openSecrets(surface.deps, tx, [network.id]),
    );
    assert.deepEqual(opened.get(network.id), { password });
    const versions = await call('GET', `/resources/${network.id}/versions`, undefined, 'auditor');
    assert.deepEqual(
      versions
        .json()
        .items.map((one: { version: number; changedSecrets: string[] }) => [one.version, one.changedSecrets]),
      [
        [2, []],
        [1, ['password']],
      ],
    );
    const admin = await surface.db.superuser();
    const audit = await admin.query('select content from audit_entries union all select payload from events');
    for (const text of [JSON.stringify(audit.rows), changed.body, versions.body, surface.logged.join('\n')])
      assert.ok(!text.includes(password));
  });

  test('a conflict of versions, a taken name and wrong fields change nothing', async () => {
    const clip = {
      kind: 'web-clip',
      name: 'Help',
      fields: { label: 'Help', address: 'https://help.example/' },
    };
    const { id } = await made('/resources', clip);
    assert.equal((await call('POST', '/resources', { ...clip, name: 'HELP' })).statusCode, 409);
    assert.equal(
      (await call('PATCH', `/resources/${id}`, { name: 'x', expectedVersion: 9 })).statusCode,
      409,
    );
    const wrong = await call('PATCH', `/resources/${id}`, {
      fields: { label: 'Help', address: 'javascript:alert(1)' },
    });
    assert.equal(wrong.statusCode, 400);
    assert.match(wrong.body, /address must be a web address/);
    assert.equal((await call('GET', `/resources/${id}`)).json().version, 1);
  });

  test('TPL-01 an unknown variable is refused when it is saved, and known ones are named', async () => {
    const account = (email: string) => ({
      kind: 'exchange',
      name: 'Mail',
      fields: { name: 'Mail', server: 'mail.acme.example', email },
    });
    const refused = await call('POST', '/resources', account('{{constructor}}%constructor%'));
    assert.equal(refused.statusCode, 400);
    const { id } = await made('/resources', account('%email%'));
    assert.deepEqual((await call('GET', `/resources/${id}`)).json().variables, ['email']);
  });

  test('VPN-04: a VPN names the certificate that it uses; that one cannot be deleted before it', async () => {
    const scep = await made('/resources', {
      kind: 'scep',
      name: 'Device certificate',
      fields: { address: 'https://ca.acme.example/scep', subject: 'CN=%username%', challenge: 'sesame' },
    });
    const fields = {
      name: 'Office',
      connection: 'cisco-anyconnect',
      server: 'vpn.acme.example',
      authentication: 'certificate',
    };
    const missing = await call('POST', '/resources', { kind: 'vpn', name: 'V', fields });
    assert.match(missing.body, /identity is missing/);
    const other = await made('/resources', {
      kind: 'web-clip',
      name: 'W',
      fields: { label: 'W', address: 'https://w.example/' },
    });
    const wrong = await call('POST', '/resources', {
      kind: 'vpn',
      name: 'V',
      fields: { ...fields, identity: other.id },
    });
    assert.match(wrong.body, /identity must be the id of a resource of the kind scep or identity/);
    const vpn = await made('/resources', {
      kind: 'vpn',
      name: 'V',
      fields: { ...fields, identity: scep.id },
    });
    assert.equal((await call('DELETE', `/resources/${scep.id}`)).statusCode, 409);
    assert.equal((await call('DELETE', `/resources/${vpn.id}`)).statusCode, 204);
    assert.equal((await call('DELETE', `/resources/${scep.id}`)).statusCode, 204);
  });

  test('RES-16, RES-17: assigned to a group and per platform as suites are, and the nearest of one name wins', async () => {
    const user = await made('/users', { email: 'ann@acme.example' });
    const group = await made('/groups', { name: 'Sales' });
    await call('PUT', `/groups/${group.id}/members/${user.id}`);
    const network = (name: string, ssid: string) =>
      made('/resources', { kind: 'wifi', name, fields: { ssid, security: 'open' } });
    const [everybody, sales, phones] = [
      await network('N1', 'Guest'),
      await network('N2', 'Guest'),
      await network('N3', 'Phones'),
    ];
    const assign = (id: string, target: object, platform?: string) =>
      made('/assignments', { item: { kind: 'resource', id }, target, ...(platform ? { platform } : {}) });
    await assign(everybody.id, { kind: 'organization', id: surface.acme.id });
    await assign(sales.id, { kind: 'group', id: group.id });
    await assign(phones.id, { kind: 'organization', id: surface.acme.id }, 'ios');
    const [mac, foreign] = await surface.db.database.withTenant(surface.acme.id, async (tx) => {
      const { deviceId } = await createPendingDevice(tx, {
        userId: user.id,
        platform: 'macos',
        ownership: 'corporate',
        enrollmentId: null,
        name: 'mac',
      });
      return [await resolveResources(tx, deviceId), await resolveResources(tx, surface.globex.id)];
    });
    const names = mac.resources.map(({ name, why }) => [name, why]);
    assert.deepEqual(names, [['N2', 'nearest']]);
    assert.deepEqual(
      mac.outdone.map(({ resource, by }) => [resource.name, by.name]),
      [['N1', 'N2']],
    );
    assert.deepEqual(foreign.resources, []);
    await call('DELETE', `/resources/${sales.id}`);
    const admin = await surface.db.superuser();
    const left = await admin.query('select 1 from assignments where item_id = $1', [sales.id]);
    assert.equal(left.rowCount, 0);
    const told = await admin.query(
      `select payload from events where name = 'resource.reach-changed' order by event_id`,
    );
    assert.equal(told.rowCount, 4);
    assert.equal(told.rows[3].payload.targetId, group.id);
  });
});
