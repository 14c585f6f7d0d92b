import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { describePayload, describePayloads } from './describe-payloads.ts';
import { titleOf } from './payload-titles.ts';

const principal: TenantPrincipal = {
  kind: 'administrator',
  id: 'a',
  organizationId: 'o',
  label: 'admin',
  role: 'org-admin',
  permissions: effectivePermissions('org-admin'),
  empoweredAt: 0,
};

describe('Apple’s schema for editors', () => {
  test('POL-03 every payload and configuration is listed with a title in both languages and the paths of its keys', () => {
    const { payloads } = describePayloads(principal);
    const keys = payloads.reduce((sum, payload) => sum + payload.keys.length, 0);
    assert.ok(payloads.length > 150 && keys > 2_500, `${payloads.length} payloads, ${keys} keys`);
    for (const { type, title } of payloads) {
      assert.notEqual(title.en, type, `payload-titles.ts has no title for ${type}`);
      assert.ok(title.de.length > 0);
    }
    const types = payloads.map(({ type }) => type);
    assert.equal(new Set(types).size, types.length);
    assert.ok(!types.includes('com.apple.mdm') && !types.includes('TopLevel'));
    const wifi = payloads.find(({ type }) => type === 'com.apple.wifi.managed');
    assert.ok(wifi?.keys.includes('EAPClientConfiguration.TLSTrustedServerNames'));
    assert.ok(JSON.stringify(payloads).length < 300_000);
  });

  test('one payload comes with types, limits, defaults, secrets and where each key may be used', () => {
    const restrictions = describePayload(principal, 'com.apple.applicationaccess');
    const airDrop = restrictions.keys.find(({ name }) => name === 'allowAirDrop');
    assert.deepEqual(
      [airDrop?.type, airDrop?.default, airDrop?.support?.find(({ platform }) => platform === 'iOS')],
      ['boolean', true, { platform: 'iOS', since: '7.0', supervised: true, noUserEnrolment: true }],
    );
    assert.deepEqual(
      restrictions.keys
        .find(({ name }) => name === 'allowAddingGameCenterFriends')
        ?.support?.map(({ platform }) => platform),
      ['iOS', 'macOS'],
    );
    const wifi = describePayload(principal, 'com.apple.wifi.managed');
    const password = wifi.keys.find(({ name }) => name === 'Password');
    assert.equal(password?.secret, true);
    assert.deepEqual(wifi.keys.find(({ name }) => name === 'ProxyType')?.values, ['None', 'Manual', 'Auto']);
    const declaration = describePayload(principal, 'com.apple.configuration.passcode.settings');
    assert.equal(declaration.form, 'declaration');
  });

  test('what is the server’s own, or nobody’s, is not opened', () => {
    for (const type of ['com.apple.mdm', 'com.apple.declarations', 'TopLevel', 'com.apple.nothing', ''])
      assert.throws(
        () => describePayload(principal, type),
        (error) => isDomainError(error) && error.code === 'not-found',
      );
  });

  test('a type without a title is called by its wire name', () => {
    assert.deepEqual(titleOf('com.apple.future'), { en: 'com.apple.future', de: 'com.apple.future' });
  });
});
