import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';
import fc from 'fast-check';
import { checkAppleContent } from './ready-made.ts';
import { ids, resource, build, profiles, name } from './test-compile.ts';

describe('what is brought ready made', () => {
  const profile = (payloads: PlistDictionary[]) =>
    Buffer.from(
      writePlist({
        PayloadType: 'Configuration',
        PayloadVersion: 1,
        PayloadIdentifier: 'com.elsewhere',
        PayloadUUID: 'A',
        PayloadContent: payloads.map((payload, index) => ({
          PayloadVersion: 1,
          PayloadIdentifier: `p${index}`,
          PayloadUUID: `U${index}`,
          ...payload,
        })),
      }),
    ).toString('base64');

  test('a profile keeps its payloads, takes our name, and loses what would change the management', () => {
    const file = profile([
      { PayloadType: 'com.apple.mdm', ServerURL: 'https://evil.example' },
      { PayloadType: 'com.apple.webClip.managed', Label: '%username%', URL: 'https://x.example/' },
    ]);
    const desired = build({ resources: [resource('custom-profile', { file, variables: true })] });
    const built = profiles(desired).get(name(ids[0]));
    const payloads = built?.['PayloadContent'] as PlistDictionary[];
    assert.deepEqual(
      payloads.map(({ PayloadType, Label }) => [PayloadType, Label]),
      [['com.apple.webClip.managed', 'ann']],
    );
    assert.ok(
      !Buffer.from(desired.items.find(({ form }) => form === 'profile')?.content ?? []).includes(
        'evil.example',
      ),
    );
  });

  test('POL-03 a payload given key by key becomes a profile, with what is secret and with variables', () => {
    const desired = build({
      resources: [
        {
          ...resource('apple-payload', {
            type: 'com.apple.wifi.managed',
            content: {
              SSID_STR: 'Plant %username%',
              EncryptionType: 'WPA2',
              EAPClientConfiguration: { AcceptEAPTypes: [25], UserName: '%username%' },
            },
          }),
          secrets: {
            secretContent: JSON.stringify({
              Password: 'plinth',
              EAPClientConfiguration: { UserPassword: 'ocelot' },
            }),
          },
        },
      ],
    });
    const built = profiles(desired).get(name(ids[0]));
    const [payload] = (built?.['PayloadContent'] ?? []) as PlistDictionary[];
    assert.equal(payload?.['PayloadType'], 'com.apple.wifi.managed');
    assert.equal(payload?.['SSID_STR'], 'Plant ann');
    assert.equal(payload?.['Password'], 'plinth');
    assert.deepEqual(
      { ...(payload?.['EAPClientConfiguration'] as object) },
      { AcceptEAPTypes: [25], UserName: 'ann', UserPassword: 'ocelot' },
    );
  });

  test('a payload given key by key is held against the schema when it is saved', () => {
    const problems = (type: string, content: object, secret?: object) =>
      checkAppleContent(
        'apple-payload',
        { type, content } as never,
        secret === undefined ? {} : { secretContent: JSON.stringify(secret) },
      ).problems;
    assert.deepEqual(problems('com.apple.dock', { orientation: 'left', tilesize: 48 }), []);
    assert.match(
      problems('com.apple.dock', { orientation: 'above' })[0] ?? '',
      /^content orientation must be/,
    );
    assert.match(problems('com.apple.dock', { orientatoin: 'left' })[0] ?? '', /orientatoin is no key here/);
    assert.deepEqual(problems('com.apple.mdm', {}), ['type is the server’s own']);
    assert.match(problems('com.apple.nothing', {})[0] ?? '', /not a payload/);
    assert.match(problems('com.apple.dock', { PayloadUUID: 'x' })[0] ?? '', /given by the server/);
    const [secret = ''] = problems(
      'com.apple.wifi.managed',
      {},
      { Password: 17, ProxyPassword: { $data: '?' } },
    );
    assert.ok(secret !== '' && !secret.includes('17'));
  });

  test('what cannot be used is refused when it is saved', () => {
    const problems = (kind: ResourceKind, fields: object, secrets: Record<string, string> = {}) =>
      checkAppleContent(kind, fields as never, secrets).problems;
    assert.match(problems('custom-profile', {}, { file: 'AAAA' })[0] ?? '', /cannot be read/);
    assert.match(
      problems('custom-profile', {}, { file: profile([{ PayloadType: 'com.apple.mdm' }]) })[0] ?? '',
      /nothing that may be given/,
    );
    const templated = profile([{ PayloadType: 'x', Label: '%constructor%' }]);
    assert.match(
      problems('custom-profile', { variables: true }, { file: templated })[0] ?? '',
      /does not exist/,
    );
    assert.deepEqual(problems('custom-profile', { variables: false }, { file: templated }), []);
    assert.match(
      problems('custom-declaration', { type: 'com.apple.management.properties', payload: {} })[0] ?? '',
      /not a configuration/,
    );
    assert.match(
      problems('custom-declaration', {
        type: 'com.apple.configuration.passcode.settings',
        payload: { MinimumLength: 'x' },
      })[0] ?? '',
      /MinimumLength/,
    );
    assert.match(problems('provisioning-profile', { file: 'AAAA' })[0] ?? '', /not a provisioning profile/);
  });

  test('any file gives a profile or a problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, variables) => {
        checkAppleContent('custom-profile', { variables }, { file: Buffer.from(bytes).toString('base64') });
        checkAppleContent('provisioning-profile', { file: Buffer.from(bytes).toString('base64') }, {});
      }),
    );
  });
});
