import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDomainError } from '../errors.ts';
import { isPermission, permissionCatalogue, permissions } from './catalogue.ts';
import { requirePermission } from './require.ts';
import {
  builtInRoles,
  customRoleReference,
  effectivePermissions,
  intersectPermissions,
  mayGrant,
  roleCatalogue,
} from './roles.ts';

const anyPermissions = fc.uniqueArray(fc.constantFrom(...permissions)).map((list) => new Set(list));

test('each permission is described in one sentence', () => {
  for (const [permission, description] of Object.entries(permissionCatalogue)) {
    assert.match(permission, /^[a-z]+(\.[a-z-]+)+$/);
    assert.match(description, /^[A-Z].+\.$/, permission);
  }
});

test('TEN-03: nac-service has the network access interface and nothing else', () => {
  const held = [...effectivePermissions('nac-service')];
  assert.ok(held.includes('nac.query'));
  assert.ok(held.every((permission) => permission.startsWith('nac.') || permission === 'signals.receive'));
});

test('a query-only network account is a custom role with one permission', () => {
  const custom = new Map([['r1', ['nac.query']]]);
  assert.deepEqual([...effectivePermissions(customRoleReference('r1'), custom)], ['nac.query']);
});

test('an auditor only reads', () => {
  const reading = /\.(read|export|explain)$/;
  for (const permission of roleCatalogue.auditor.permissions) assert.match(permission, reading);
  assert.ok(effectivePermissions('auditor').has('audit.export'));
});

test('TEN-14: help desk holds no power over private devices, nor the power to declare one corporate', () => {
  const held = effectivePermissions('help-desk');
  assert.ok(!held.has('devices.full-wipe.personal'));
  assert.ok(!held.has('devices.locate.personal'));
  assert.ok(!held.has('devices.ownership'));
  assert.ok(!held.has('devices.facts.personal.read'));
});

test('an organization administrator has everything but the powers above organizations', () => {
  const held = effectivePermissions('org-admin');
  const missing = permissions.filter((permission) => !held.has(permission));
  assert.deepEqual(missing, ['organizations.manage', 'system.operate']);
  assert.equal(effectivePermissions('system-admin').size, permissions.length);
});

test('a role that does not exist permits nothing, and neither does a permission that no longer does', () => {
  assert.equal(effectivePermissions('root').size, 0);
  assert.equal(effectivePermissions('constructor').size, 0);
  assert.equal(effectivePermissions('custom:gone').size, 0);
  const custom = new Map([['r1', ['devices.read', 'devices.teleport', 'toString']]]);
  assert.deepEqual([...effectivePermissions('custom:r1', custom)], ['devices.read']);
  assert.ok(!isPermission('__proto__'));
});

test('ADM-05 no pair of roles lets one grant a role that holds more', () => {
  for (const actor of builtInRoles) {
    for (const granted of builtInRoles) {
      const has = effectivePermissions(actor);
      const wants = effectivePermissions(granted);
      const exceeds = permissions.some((permission) => wants.has(permission) && !has.has(permission));
      assert.equal(mayGrant(has, wants), !exceeds, `${actor} grants ${granted}`);
    }
  }
  const grantable = (actor: string) =>
    builtInRoles.filter((role) => mayGrant(effectivePermissions(actor), effectivePermissions(role)));
  assert.deepEqual(grantable('system-admin'), [...builtInRoles]);
  assert.deepEqual(grantable('org-admin'), ['org-admin', 'help-desk', 'auditor', 'nac-service']);
  assert.deepEqual(grantable('help-desk'), ['help-desk']);
  assert.deepEqual(grantable('nac-service'), ['nac-service']);
});

test('ADM-05 what may be granted is exactly a subset, and a token never exceeds the account behind it', () => {
  fc.assert(
    fc.property(anyPermissions, anyPermissions, (a, b) => {
      const both = intersectPermissions(a, b);
      assert.ok(mayGrant(a, both) && mayGrant(b, both));
      assert.equal(mayGrant(a, b), both.size === b.size);
    }),
  );
});

test('a missing permission is named in the refusal', () => {
  requirePermission({ permissions: new Set(['devices.read']) }, 'devices.read');
  assert.throws(
    () => requirePermission({ permissions: new Set(['devices.read']) }, 'devices.lock'),
    (error) => isDomainError(error, 'forbidden') && error.detail?.permission === 'devices.lock',
  );
});
