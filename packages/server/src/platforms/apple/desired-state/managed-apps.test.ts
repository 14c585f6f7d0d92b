import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { difference, type Placed } from './difference.ts';
import { sameInstallation } from './identifiers.ts';
import { build, declarations, ids, iPhone, mac, name, oldPhone, resource } from './test-compile.ts';

const store = { name: 'Pages', source: 'app-store', appStoreId: '361309726', bundleId: 'com.apple.Pages' };
const own = {
  name: 'CRM',
  source: 'manifest',
  manifest: 'https://acme.example/crm.plist',
  bundleId: 'com.acme.crm',
};
const newPhone = { ...iPhone, osVersion: '18.4' };

const built = (fields: object, target = iPhone) =>
  build({ resources: [resource('managed-app', fields)], target });
function command(fields: object, target = iPhone) {
  const desired = built(fields, target);
  const item = desired.items.find(({ form }) => form === 'app');
  assert.ok(item, JSON.stringify(desired.withheld));
  const { Command, Configuration } = readPlist(item.content) as {
    Command: PlistDictionary;
    Configuration: PlistDictionary;
  };
  return { item, command: { ...Command }, configuration: structuredClone({ ...Configuration }) };
}
const withheld = (fields: object, target = iPhone) => {
  const desired = built(fields, target);
  assert.equal(desired.items.filter(({ source }) => source.kind === 'resource').length, 0);
  return desired.withheld.map(({ why }) => why).join();
};

describe('apps of the organization', () => {
  test('APP-15: where the system can be told everything by declaration, the configuration is an asset of it', () => {
    const configuration = { user: '%username%', level: 3 };
    const desired = built({ ...own, configuration, secretConfiguration: { key: 'k', level: 4 } }, newPhone);
    assert.deepEqual(desired.withheld, []);
    const asset = `${name(ids[0])}.file`;
    assert.deepEqual(declarations(desired).get(name(ids[0]))?.Payload, {
      ManifestURL: own.manifest,
      InstallBehavior: { Install: 'Required' },
      IncludeInBackup: false,
      LegacyAppConfigAssetReference: asset,
    });
    const body = desired.items.find(({ form }) => form === 'asset');
    assert.equal(body?.identifier, asset);
    assert.deepEqual(
      { ...(readPlist(body?.content ?? new Uint8Array()) as object) },
      {
        key: 'k',
        level: 4,
        user: 'ann',
      },
    );
    const text = JSON.stringify([...declarations(desired).values()]);
    assert.doesNotMatch(text, /"k"|ann/, 'values are fetched by the device alone');
  });

  test('APP-15, WIP-03: by command the flags say what becomes of the app, and the configuration goes along', () => {
    const first = command({ ...store, configuration: { user: '%username%' } });
    assert.deepEqual(structuredClone(first.command), {
      RequestType: 'InstallApplication',
      iTunesStoreID: 361_309_726,
      Options: { PurchaseMethod: 0 },
      ManagementFlags: 5,
      ChangeManagementState: 'Managed',
    });
    assert.deepEqual(first.configuration, { user: 'ann' });
    assert.equal(first.item.identifier, 'com.apple.Pages');
    assert.equal(
      command({ ...store, removeAtWipe: false, backup: true }).command['ManagementFlags'],
      undefined,
    );
    assert.equal(command({ ...own, removeAtWipe: false }, newPhone).command['ManagementFlags'], 4);
    assert.deepEqual(structuredClone(command({ ...own, license: undefined }, mac).command), {
      RequestType: 'InstallEnterpriseApplication',
      ManifestURL: own.manifest,
      ManagementFlags: 1,
      ChangeManagementState: 'Managed',
      InstallAsManaged: true,
    });
    assert.deepEqual(
      command({ ...store, license: 'device' }, oldPhone).command['Options'],
      Object.assign(Object.create(null), {
        PurchaseMethod: 1,
      }),
    );
  });

  test('an app comes by command from the beginning where a configuration could not follow by declaration', () => {
    assert.equal(command(own, iPhone).command['RequestType'], 'InstallApplication');
    const { bundleId: _unknown, ...nameless } = own;
    assert.ok(declarations(built(nameless, iPhone)).has(name(ids[0])), 'there is no other way');
    assert.ok(declarations(built(own, newPhone)).has(name(ids[0])));
  });

  test('what cannot be done is withheld with the reason', () => {
    const { bundleId: _unknown, ...nameless } = store;
    assert.match(withheld(nameless), /without a licence.*bundleId must be known/);
    assert.match(withheld({ ...nameless, removeAtWipe: false, license: 'user' }), /is to stay.*bundleId/);
    assert.match(withheld({ ...store, install: 'optional' }), /can only be installed here/);
    assert.match(withheld(store, { ...oldPhone, enrollmentKind: 'user' }), /user enrolment.*licence/);
    assert.match(withheld(own, { ...mac, enrollmentKind: 'user' }), /user/i);
  });

  test('APP-15: a token says whether the configuration alone is another', () => {
    const tokens = [{}, { configuration: { a: 1 } }, { backup: true }].map(
      (more) => command({ ...store, ...more }).item.token,
    );
    const [plain = '', configured = '', kept = ''] = tokens;
    assert.equal(new Set(tokens).size, 3);
    assert.ok(tokens.every((token) => /^[\w-]{32}$/.test(token)));
    assert.ok(sameInstallation(plain, configured));
    assert.ok(!sameInstallation(plain, kept));
    assert.ok(!sameInstallation('', ''));
  });

  test('a declaration takes over the app that came by command: it is not removed, and its data stays', () => {
    const { item } = command(own);
    const placed: Placed = { ...item, channel: '' };
    const [row] = difference('d', [], [placed], 0).write;
    assert.ok(row);
    const had = { ...row, state: 'installed' as const, installed: item.token };
    const declared = built(own, newPhone).items.map((each) => ({ ...each, channel: '' }));
    const change = difference('d', [had], declared, 1);
    assert.deepEqual(change.orders, []);
    assert.deepEqual(change.drop, [had]);
    assert.deepEqual(
      difference('d', [had], [], 1).orders.map(({ verb }) => verb),
      ['remove'],
    );
  });
});
