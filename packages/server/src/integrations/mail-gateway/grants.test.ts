import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGrants, grantLifeMs, type GrantFor } from './grants.ts';

const of: GrantFor = {
  organizationId: 'o',
  login: 'ann',
  deviceKey: 'd',
  policyVersion: 'v1',
  serverId: 's',
};
const now = Date.UTC(2026, 10, 22);

test('EAS-T03 a grant lives ten minutes, for exactly that device, account, policy and server', () => {
  const grants = createGrants();
  const grant = grants.issue(of, now);
  assert.equal(grants.check(grant, of, now), 'live');
  assert.equal(grants.check(grant, of, now + grantLifeMs - 1), 'live');
  assert.equal(grants.check(grant, of, now + grantLifeMs), 'none');
  assert.equal(grants.check(grant, of, now - 1), 'none');
  assert.equal(grants.check(undefined, of, now), 'none');
  for (const name of Object.keys(of) as (keyof GrantFor)[])
    assert.equal(grants.check(grant, { ...of, [name]: 'other' }, now), 'forged', name);
});

test('EAS-T03 a grant that was made elsewhere, or made longer, is forged', () => {
  const grants = createGrants();
  assert.equal(grants.check(createGrants().issue(of, now), of, now), 'forged');
  const grant = grants.issue(of, now);
  assert.equal(grants.check({ ...grant, expiresAt: grant.expiresAt - 1 }, of, now), 'forged');
  assert.equal(grants.check({ ...grant, seal: Buffer.alloc(32).toString('base64') }, of, now), 'forged');
  assert.equal(grants.check({ ...grant, seal: '' }, of, now), 'forged');
});
