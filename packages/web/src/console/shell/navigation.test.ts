import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { destinationsFor, isWithin, mayOpen, menuFor } from './navigation.ts';
import { bestOf, rank } from './palette-ranking.ts';

const has = (role: string) => {
  const held = effectivePermissions(role);
  return (permission: Parameters<typeof held.has>[0]) => held.has(permission);
};

test('the menu of a role has what the role may open, and nothing else; an entry leads to its first page', () => {
  const help = menuFor(has('help-desk')).map((entry) => entry.text);
  assert.ok(help.includes('devices') && !help.includes('system'));
  assert.ok(!help.includes('system'));
  assert.ok(menuFor(has('system-admin')).some((entry) => entry.text === 'system'));
  assert.deepEqual(menuFor(has('nac-service')), []);
  for (const role of ['org-admin', 'help-desk', 'auditor', 'system-admin'])
    for (const { to } of destinationsFor(has(role))) assert.ok(mayOpen(to, has(role)), `${role} ${to}`);
});

test('an address belongs to the most particular entry', () => {
  assert.ok(
    isWithin('/devices/1/why', '/devices') &&
      !isWithin('/devices-x', '/devices') &&
      !isWithin('/devices', '/'),
  );
  assert.ok(!mayOpen('/system/health', has('org-admin')) && mayOpen('/system/health', has('system-admin')));
  assert.ok(mayOpen('/nowhere', has('auditor')), 'what does not exist is said to be missing, not forbidden');
});

test('the palette finds by label before other words, in either language, and without accents', () => {
  const things = [
    { label: 'Rules', words: 'conditional access regeln' },
    { label: 'Geräte', words: 'inventory' },
    { label: 'Access rules of guests' },
  ];
  assert.deepEqual(
    bestOf(things, 'rul', 5).map((thing) => thing.label),
    ['Rules', 'Access rules of guests'],
  );
  assert.ok(rank(things[1] ?? { label: '' }, 'gerate') > 0);
  assert.equal(rank(things[0] ?? { label: '' }, 'xyz'), 0);
  assert.equal(bestOf(things, 'regeln', 5)[0]?.label, 'Rules');
});
