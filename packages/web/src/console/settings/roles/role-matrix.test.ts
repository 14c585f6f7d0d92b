import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { permissionSentence } from '@gatehouse/core/permissions/sentence.ts';
import { affected, differences, holds, permissionAreas, type Staged, toggle } from './role-matrix.ts';
import { roleTexts } from './role-texts.ts';

const role: Role = {
  reference: 'custom:1',
  id: '1',
  name: 'Desk',
  description: '',
  builtIn: false,
  permissions: ['devices.read', 'devices.lock'],
};
const nothing: Staged = new Map();

test('a cell is staged, and no longer when it is turned back', () => {
  const staged = toggle(role, 'devices.locate', nothing);
  assert.ok(holds(role, 'devices.locate', staged) && !holds(role, 'devices.locate', nothing));
  const taken = toggle(role, 'devices.lock', staged);
  assert.deepEqual(differences([role], taken), [
    { role, granted: ['devices.locate'], taken: ['devices.lock'] },
  ]);
  assert.equal(toggle(role, 'devices.lock', toggle(role, 'devices.locate', taken)).size, 0);
});

test('only accounts that are not shut and tokens that open something are concerned', () => {
  const staged = toggle(role, 'devices.locate', nothing);
  const account = { id: '1', email: '', displayName: '', secondFactor: true, createdAt: '' };
  const token = { id: 't', name: '', createdAt: '' };
  const found = affected(
    staged,
    [
      { ...account, role: 'custom:1', state: 'active' },
      { ...account, role: 'custom:1', state: 'invited' },
      { ...account, role: 'custom:1', state: 'disabled' },
      { ...account, role: 'auditor', state: 'active' },
    ],
    [
      { ...token, role: 'custom:1', expiresAt: '2026-02-01T00:00:00Z' },
      { ...token, role: 'custom:1', expiresAt: '2025-02-01T00:00:00Z' },
      { ...token, role: 'custom:1', expiresAt: '2026-02-01T00:00:00Z', revokedAt: '2026-01-01T00:00:00Z' },
    ],
    Date.parse('2026-01-02'),
  );
  assert.deepEqual(found, { people: 2, tokens: 1 });
});

test('every permission stands in an area that has a name, and says in both languages what it lets one do', () => {
  const areas = permissionAreas();
  assert.equal(areas.flatMap((area) => area.permissions).length, permissions.length);
  for (const { area } of areas) {
    const key = `area_${area}` as Parameters<typeof roleTexts.say>[0];
    assert.notEqual(roleTexts.say(key), key, area);
  }
  for (const permission of permissions)
    for (const language of ['en', 'de'] as const)
      assert.match(permissionSentence(permission, language), /\.$/, permission);
});
