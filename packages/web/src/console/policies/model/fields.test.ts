import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ApplePayload, PolicySetting } from '@gatehouse/contracts/admin/policy-catalogue.ts';
import { applies, type Field, humanized } from './field.ts';
import { fieldsOfPayload, splitSecrets } from './from-apple.ts';
import { fieldsOfKind, withoutCitation } from './from-resource.ts';
import { fieldsOfSettings } from './from-settings.ts';

const words = (title: string) => ({ title, help: `${title}.`, words: '' });

describe('everything that can be set as fields', () => {
  test('settings come in the reader’s language and are found in the other as well', () => {
    const setting: PolicySetting = {
      name: 'passcode.minimum-length',
      area: 'passcode',
      shape: { type: 'integer', minimum: 1, maximum: 64 },
      unit: 'characters',
      default: null,
      merge: 'most-secure',
      aggregation: 'maximum',
      words: { en: words('Shortest passcode'), de: words('Mindestlänge') },
      support: [{ platform: 'ios', how: 'enforced', since: '4.0' }],
    };
    const [field] = fieldsOfSettings([setting], 'de');
    assert.equal(field?.title, 'Mindestlänge');
    assert.match(field?.words ?? '', /Shortest passcode/);
    assert.deepEqual(field?.node, { kind: 'integer', minimum: 1, maximum: 64, unit: 'characters' });
    assert.ok(!Object.hasOwn(field ?? {}, 'default'), 'nothing is demanded by default');
  });

  test('fields of a resource keep their shape; one that nobody knows here is JSON', () => {
    const [port, icon, odd] = fieldsOfKind(
      [
        {
          name: 'proxyPort',
          description: 'The proxy’s port (VPN-08).',
          shape: { type: 'integer', minimum: 1, maximum: 65_535 },
          required: true,
          secret: false,
          variables: false,
          when: { field: 'proxyMode', is: ['manual'] },
        },
        {
          name: 'icon',
          description: 'PNG.',
          shape: { type: 'data', maximumBytes: 10 },
          required: false,
          secret: false,
          variables: false,
        },
        {
          name: 'odd',
          description: '',
          shape: { type: 'hologram' },
          required: false,
          secret: false,
          variables: false,
        },
      ],
      () => 'basics',
    );
    assert.equal(port?.help, 'The proxy’s port.');
    assert.equal(port?.title, 'Proxy port');
    assert.deepEqual(icon?.node, { kind: 'file', maximumBytes: 10, wrapped: false });
    assert.deepEqual(odd?.node, { kind: 'json' });
    const all: readonly Field[] = [port, icon].filter((field) => field !== undefined);
    assert.equal(applies(all[0] as Field, { proxyMode: 'manual' }, all), true);
    assert.equal(applies(all[0] as Field, {}, all), false);
  });

  const payload: ApplePayload = {
    type: 'com.apple.thing',
    form: 'payload',
    title: { en: 'Thing', de: 'Ding' },
    support: [{ platform: 'iOS', since: '4.0' }],
    several: true,
    keys: [
      { name: 'allowAirDrop', type: 'boolean', default: true },
      { name: 'Kind', type: 'string', values: ['A', 'B'] },
      { name: 'Level', type: 'integer', values: [1, 2] },
      { name: 'Expires', type: 'date' },
      { name: 'Blob', type: 'data' },
      { name: 'Ratio', type: 'real', minimum: 0, maximum: 1 },
      {
        name: 'Client',
        type: 'dictionary',
        keys: [
          { name: 'User', type: 'string' },
          { name: 'Password', type: 'string', secret: true },
        ],
      },
      { name: 'Names', type: 'array', keys: [{ name: 'Name', type: 'string' }] },
      {
        name: 'Access',
        type: 'array',
        keys: [
          { name: 'Item', type: 'dictionary', keys: [{ name: 'Password', type: 'string', secret: true }] },
        ],
      },
      {
        name: 'Mixed',
        type: 'array',
        keys: [
          { name: 'One', type: 'dictionary', keys: [] },
          { name: 'Two', type: 'string' },
        ],
      },
      { name: 'Deep', type: 'array', like: ['Names'] },
      { name: 'Free', type: 'any' },
      { name: '*', type: 'string', wildcard: true },
    ],
  };

  test('every type of Apple’s schema has a control; keys are called by their words', () => {
    const fields = fieldsOfPayload(payload);
    assert.deepEqual(
      fields.map(({ name, node }) => [name, node.kind]),
      [
        ['allowAirDrop', 'boolean'],
        ['Kind', 'choice'],
        ['Level', 'choice'],
        ['Expires', 'date'],
        ['Blob', 'file'],
        ['Ratio', 'real'],
        ['Client', 'object'],
        ['Names', 'list'],
        ['Access', 'list'],
        ['Mixed', 'list'],
        ['Deep', 'json'],
        ['Free', 'json'],
      ],
    );
    assert.equal(fields[0]?.title, 'Allow AirDrop');
    assert.equal(humanized('SSID_STR'), 'SSID STR');
    assert.equal(humanized('TLSTrustedServerNames'), 'TLS trusted server names');
    assert.deepEqual(
      fields[0]?.support,
      [{ platform: 'iOS', since: '4.0' }],
      'what is around a key holds for it',
    );
    assert.equal(fields.find(({ name }) => name === 'Access')?.secret, true, 'an array with a secret in it');
  });

  test('secrets are parted from what may be seen again, by the same paths', () => {
    const { content, secret } = splitSecrets(fieldsOfPayload(payload), {
      Kind: 'A',
      Client: { User: 'ann', Password: 'plinth' },
      Access: [{ Password: 'ocelot' }],
    });
    assert.deepEqual(content, { Kind: 'A', Client: { User: 'ann' } });
    assert.deepEqual(secret, { Client: { Password: 'plinth' }, Access: [{ Password: 'ocelot' }] });
  });

  test('citations are for us, not for people who set things', () => {
    assert.equal(withoutCitation('A tunnel (RES-12, VPN-01 … VPN-08).'), 'A tunnel.');
    assert.equal(withoutCitation('The access point’s name (APN).'), 'The access point’s name (APN).');
  });
});
