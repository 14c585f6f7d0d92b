import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import type { ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import { settingsArbitrary } from '@gatehouse/core/settings/settings-arbitrary.ts';
import { validateDeclaration, validateProfile } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { readPlist } from '@gatehouse/protocols/plist/index.ts';
import fc from 'fast-check';
import type { OpenResource } from './desired.ts';
import { iPhone, mac, oldPhone, ids, resource, build, name } from './test-compile.ts';

describe('equal content, equal bytes', () => {
  const everything = [
    resource('wifi', { ssid: 'A', security: 'personal', password: 'secret12' }, ids[0]),
    resource('caldav', { name: 'W', server: 'c.acme', user: 'u', password: 'p' }, ids[1]),
    resource('web-clip', { label: 'Help', address: 'https://help.acme.example/' }, ids[2]),
    resource(
      'vpn',
      { name: 'V', connection: 'cisco-anyconnect', server: 'v.acme', authentication: 'prompt' },
      ids[3],
    ),
  ];
  const settings: Settings = {
    'passcode.required': true,
    'encryption.required': true,
    'restrictions.no-camera': true,
  };

  test('the order of what comes in does not matter, and nothing else of the moment does', () => {
    const expected = build({ resources: everything, settings });
    fc.assert(
      fc.property(fc.shuffledSubarray(everything, { minLength: everything.length }), (resources) => {
        assert.deepEqual(build({ resources, settings }), expected);
      }),
      { numRuns: 20 },
    );
  });

  test('a token changes with the content, a secret in an asset included, and with nothing else', () => {
    const token = (fields: object, identifier: string, kind: ResourceKind = 'caldav') =>
      build({ resources: [resource(kind, fields)] }).items.find(
        (item) => item.identifier === identifier && item.form !== 'asset',
      )?.token;
    const account = { name: 'W', server: 'c.acme', user: 'u', password: 'p' };
    const asset = `${name(ids[0])}.key`;
    assert.equal(token(account, asset), token({ ...account }, asset));
    assert.notEqual(token(account, asset), token({ ...account, password: 'q' }, asset));
    assert.equal(token(account, name(ids[0])), token({ ...account, password: 'q' }, name(ids[0])));
    assert.notEqual(token(account, name(ids[0])), token({ ...account, server: 'd.acme' }, name(ids[0])));
    const network = { ssid: 'A', security: 'personal', password: 'secret12' };
    assert.notEqual(
      token(network, name(ids[0]), 'wifi'),
      token({ ...network, password: 'secret13' }, name(ids[0]), 'wifi'),
    );
  });

  test('everything that is built passes Apple’s schema, and identifiers and tokens keep to 64 octets', () => {
    for (const target of [iPhone, mac, oldPhone]) {
      for (const { form, content, identifier, token, channel } of build({
        resources: everything,
        settings,
        target,
      }).items) {
        assert.ok(Buffer.byteLength(identifier) <= 64 && Buffer.byteLength(token) <= 64, identifier);
        const on = {
          platform: target.os,
          osVersion: target.osVersion ?? '',
          supervised: target.supervised,
          channel,
        };
        const problems =
          form === 'profile'
            ? validateProfile(readPlist(content), on)
            : form === 'declaration'
              ? validateDeclaration(
                  { ...JSON.parse(Buffer.from(content).toString()), ServerToken: token },
                  on,
                )
              : [];
        assert.deepEqual(
          problems.filter(({ severity }) => severity === 'error'),
          [],
          identifier,
        );
      }
    }
  });

  test('any settings give something for any device, and all of it passes the schema', () => {
    const targets = fc.record({
      os: fc.constantFrom(
        'iOS' as const,
        'macOS' as const,
        'tvOS' as const,
        'visionOS' as const,
        'watchOS' as const,
      ),
      osVersion: fc.constantFrom('9.3', '12.0', '15.0', '17.4', '18.1', '26.0'),
      supervised: fc.boolean(),
      sharedIpad: fc.boolean(),
      enrollmentKind: fc.constantFrom('device' as const, 'automated' as const, 'user' as const),
      hasUserChannel: fc.boolean(),
    });
    fc.assert(
      fc.property(settingsArbitrary, targets, (given, target) => {
        const desired = build({ settings: given, target, updateBy: 0 });
        const places = [...desired.items, ...desired.withheld].map(
          ({ channel, form, identifier }) => `${channel} ${form} ${identifier}`,
        );
        assert.equal(new Set(places).size, places.length);
        for (const { form, content } of desired.items) {
          const problems = form === 'profile' ? validateProfile(readPlist(content)) : [];
          assert.deepEqual(
            problems.filter(({ severity }) => severity === 'error'),
            [],
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test('golden bytes: a web clip', () => {
    const desired = build({ resources: [everything[2] as OpenResource] });
    const item = desired.items.find(({ form }) => form === 'profile');
    const golden = readFileSync(new URL('./testdata/web-clip.mobileconfig', import.meta.url), 'utf8');
    assert.equal(Buffer.from(item?.content ?? []).toString(), golden);
  });
});
