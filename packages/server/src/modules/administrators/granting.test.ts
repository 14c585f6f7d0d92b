import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import {
  type BuiltInRole,
  builtInRoles,
  effectivePermissions,
  mayGrant,
} from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { authenticateToken } from './authenticate-token.ts';
import { deleteAdministrator, updateAdministrator } from './change-administrator.ts';
import { createAdministrator } from './create-administrator.ts';
import { createCredentialLocator } from './locate-credential.ts';
import { createPasswords } from './password-hash.ts';
import { createRole, deleteRole, updateRole } from './roles.ts';
import { createToken, revokeToken } from './tokens.ts';

describe('granting', () => {
  let db: TestDatabase;
  const acme = newId();
  let now = Date.parse('2026-03-01T12:00:00Z');
  let deps: Parameters<typeof createAdministrator>[0] &
    Parameters<typeof createToken>[0] &
    Parameters<typeof authenticateToken>[0];

  before(async () => {
    db = await openTestDatabase();
    const admin = await db.superuser();
    await admin.query(`insert into organizations (organization_id, slug, name) values ($1, 'acme', 'Acme')`, [
      acme,
    ]);
    deps = {
      database: db.database,
      clock: { now: () => now },
      notifications: { publish: () => undefined },
      passwords: createPasswords({ memory: 64, passes: 1 }),
      publicUrl: new URL('https://gatehouse.example'),
      locateCredential: createCredentialLocator(db.database),
    };
  });
  after(() => db[Symbol.asyncDispose]());

  /** Somebody with the role's permissions and, so that only the subset rule speaks, those to grant. */
  const granter = (role: BuiltInRole | readonly Permission[]): TenantPrincipal => ({
    kind: 'local',
    id: '0',
    organizationId: acme,
    label: 'granter',
    role: 'test',
    permissions: new Set<Permission>([
      ...(typeof role === 'string' ? effectivePermissions(role) : role),
      'administrators.manage',
      'roles.manage',
      'tokens.manage',
    ]),
    empoweredAt: 0,
  });
  const all = granter('system-admin');
  const refused = { code: 'forbidden', reason: 'more-than-own' };
  const email = () => `${newId()}@acme.example`;

  test('ADM-05 for all pairs of roles: more than the own cannot be given, by account, by token, by changed role', async () => {
    const { id: target } = await createAdministrator(deps, all, { email: email(), role: 'nac-service' });
    for (const own of builtInRoles) {
      const actor = granter(own);
      for (const role of builtInRoles) {
        const allowed = mayGrant(actor.permissions, effectivePermissions(role));
        const attempts = [
          () => createAdministrator(deps, actor, { email: email(), role }),
          () => createToken(deps, actor, { role, expiresInSeconds: 60 }),
          () => createRole(deps, actor, { name: newId(), permissions: [...effectivePermissions(role)] }),
        ];
        for (const attempt of attempts) {
          if (allowed) await attempt();
          else await assert.rejects(attempt(), refused, `${own} gives ${role}`);
        }
        const change = () => updateAdministrator(deps, actor, target, { role });
        if (allowed && mayGrant(actor.permissions, effectivePermissions('nac-service'))) {
          await change();
          await updateAdministrator(deps, all, target, { role: 'nac-service' });
        } else {
          await assert.rejects(change(), refused, `${own} changes to ${role}`);
        }
      }
    }
  });

  test('ADM-05 nobody changes the account of somebody who may do more', async () => {
    const { id } = await createAdministrator(deps, all, { email: email(), role: 'org-admin' });
    await assert.rejects(updateAdministrator(deps, granter('help-desk'), id, { state: 'disabled' }), refused);
    await updateAdministrator(deps, granter('org-admin'), id, { state: 'disabled' });
  });

  test('ADM-05, ADM-06: a custom role that changes takes its holders along at once, and growth is new power', async () => {
    const actor = granter(['devices.read', 'users.read', 'users.manage']);
    const role = await createRole(deps, actor, {
      name: 'Inventory',
      permissions: ['devices.read', 'users.read'],
    });
    const { token } = await createToken(deps, actor, { role: role.reference, expiresInSeconds: 3_600 });
    const holder = () => authenticateToken(deps, token);
    const before = await holder();
    assert.deepEqual([...before.permissions], ['devices.read', 'users.read']);
    now += 3_000_000;
    await updateRole(deps, actor, role.id ?? '', { permissions: ['devices.read'] });
    assert.deepEqual([...(await holder()).permissions], ['devices.read']);
    assert.equal((await holder()).empoweredAt, before.empoweredAt, 'less power is not new power');
    await updateRole(deps, actor, role.id ?? '', { permissions: ['devices.read', 'users.manage'] });
    assert.equal((await holder()).empoweredAt, now);
    await assert.rejects(
      updateRole(deps, granter(['devices.read']), role.id ?? '', { permissions: ['devices.read'] }),
      refused,
      'a role that holds more than the own is not to be touched',
    );
    await assert.rejects(deleteRole(deps, actor, role.id ?? ''), { code: 'conflict', reason: 'role-in-use' });
  });

  test('ADM-06 a new account, a new role and a return to duty are new power; a new name is not', async () => {
    const { id } = await createAdministrator(deps, all, { email: email(), role: 'auditor' });
    const admin = await db.superuser();
    const empowered = async () =>
      (
        await admin.query('select empowered_at from administrators where administrator_id = $1', [id])
      ).rows[0].empowered_at.getTime() as number;
    const created = now;
    assert.equal(await empowered(), created);
    now += 1_000;
    await updateAdministrator(deps, all, id, { displayName: 'Ann' });
    await updateAdministrator(deps, all, id, { state: 'disabled' });
    assert.equal(await empowered(), created);
    now += 1_000;
    await updateAdministrator(deps, all, id, { state: 'active' });
    assert.equal(await empowered(), now);
    now += 1_000;
    await updateAdministrator(deps, all, id, { role: 'help-desk' });
    assert.equal(await empowered(), now);
  });

  test('nobody changes the own account through the door for others', async () => {
    const { id } = await createAdministrator(deps, all, { email: email(), role: 'org-admin' });
    const self: TenantPrincipal = { ...granter('org-admin'), kind: 'administrator', id };
    await assert.rejects(updateAdministrator(deps, self, id, { role: 'auditor' }), { reason: 'own-account' });
  });

  test('ADM-14 a token made with a token lives no longer, and is revoked with it', async () => {
    const parent = await createToken(deps, all, { role: 'org-admin', expiresInSeconds: 3_600 });
    const actor = (await authenticateToken(deps, parent.token)) as TenantPrincipal;
    await assert.rejects(createToken(deps, actor, { role: 'auditor', expiresInSeconds: 7_200 }), {
      reason: 'outlives-maker',
    });
    await assert.rejects(createToken(deps, actor, { role: 'system-admin', expiresInSeconds: 60 }), refused);
    const child = await createToken(deps, actor, { role: 'auditor', expiresInSeconds: 600 });
    await authenticateToken(deps, child.token);
    await revokeToken(deps, all, parent.id);
    for (const { token } of [parent, child]) {
      await assert.rejects(authenticateToken(deps, token), { code: 'unauthenticated' });
    }
  });

  test('ADM-14 a token lives a year at most, less where the organization says so', async () => {
    const day = 86_400;
    await createToken(deps, all, { role: 'auditor', expiresInSeconds: 366 * day });
    await assert.rejects(createToken(deps, all, { role: 'auditor', expiresInSeconds: 366 * day + 1 }), {
      reason: 'token-life-too-long',
    });
    const admin = await db.superuser();
    await admin.query(
      `update organizations set settings = '{"tokenMaximumDays":30}' where organization_id = $1`,
      [acme],
    );
    await assert.rejects(createToken(deps, all, { role: 'auditor', expiresInSeconds: 31 * day }), {
      reason: 'token-life-too-long',
    });
  });

  test('ADM-14 the last use of a token is written at most once a minute', async () => {
    const { id, token } = await createToken(deps, all, { role: 'auditor', expiresInSeconds: 3_600 });
    const admin = await db.superuser();
    const lastUse = async () =>
      (await admin.query('select last_used_at from api_tokens where token_id = $1', [id])).rows[0]
        .last_used_at;
    await authenticateToken(deps, token);
    const first = now;
    now += 59_000;
    await authenticateToken(deps, token);
    assert.equal((await lastUse()).getTime(), first);
    now += 1_000;
    await authenticateToken(deps, token);
    assert.equal((await lastUse()).getTime(), now);
  });

  test('TEN-05 the last who may do everything is neither demoted, disabled nor deleted, also not by two at once', async () => {
    const organizationId = newId();
    const admin = await db.superuser();
    await admin.query("insert into organizations (organization_id, slug, name) values ($1, 'last', 'Last')", [
      organizationId,
    ]);
    const password = 'plinth ocelot quaver tumbril';
    const operator: TenantPrincipal = { ...all, organizationId };
    const make = async () =>
      (await createAdministrator(deps, operator, { email: email(), role: 'org-admin', password })).id;
    const [first, second] = [await make(), await make()];
    const token: TenantPrincipal = {
      ...granter('org-admin'),
      permissions: effectivePermissions('org-admin'),
      kind: 'token',
      organizationId,
    };
    const outcomes = await Promise.allSettled([
      updateAdministrator(deps, token, first, { state: 'disabled' }),
      updateAdministrator(deps, token, second, { role: 'auditor' }),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.equal(failed.length, 1, 'one of the two goes, one stays');
    const left = outcomes[0]?.status === 'rejected' ? first : second;
    const last = { code: 'conflict', reason: 'last-administrator' };
    await assert.rejects(deleteAdministrator(deps, token, left), last);
    await assert.rejects(updateAdministrator(deps, token, left, { state: 'disabled' }), last);
    await updateAdministrator(deps, token, left, { displayName: 'The last' });
    await deleteAdministrator(deps, operator, left);
  });
});
