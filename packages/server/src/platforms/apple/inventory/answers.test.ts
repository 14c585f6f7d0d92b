/** Devices' answers to the questions of the inventory: what real ones say becomes facts, and whatever else comes does no harm. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseReport } from '@gatehouse/core/facts/parse-report.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { PlistDictionary, PlistValue } from '@gatehouse/protocols/plist/index.ts';
import fc from 'fast-check';
import type { AppleTarget } from '../apple-target.ts';
import { deviceFacts, stateFacts, toldOfDevice } from './device-information.ts';
import type { AskableRow } from './inventory-queries.ts';
import { certificateFacts, installedApps, managedApps, profileFacts, provisioningFacts } from './lists.ts';
import { queriesFor, scanRequests } from './scan-requests.ts';
import { securityFacts } from './security-info.ts';

const phone: AppleTarget = {
  organizationId: 'o',
  deviceId: 'd',
  channel: '',
  os: 'iOS',
  osVersion: '18.1',
  product: 'iPhone17,1',
  supervised: false,
  sharedIpad: false,
  enrollmentKind: 'device',
  udid: '00008140-0011223344556677',
  declarativeSince: undefined,
  awaitingConfiguration: false,
  unlockToken: () => Promise.resolve(undefined),
};
const mac: AppleTarget = { ...phone, os: 'macOS', osVersion: '15.1', product: 'Mac15,3' };
const row = (change: Partial<AskableRow> = {}): AskableRow => ({
  ownership: 'corporate',
  collection: null,
  access_rights: 8191,
  ...change,
});
const asked = (target: AppleTarget, of: AskableRow, scan: Scan) => scanRequests(target, of, [scan]);

suite('what is asked', () => {
  test('SCN-01 … SCN-05 five scans, the one that a locked device puts off last', () => {
    assert.deepEqual(
      scanRequests(phone, row()).map(({ scan, requestType }) => `${scan}: ${requestType}`),
      [
        'device-information: DeviceInformation',
        'profiles: ProfileList',
        'profiles: ProvisioningProfileList',
        'apps: InstalledApplicationList',
        'apps: ManagedApplicationList',
        'certificates: CertificateList',
        'security: SecurityInfo',
        'security: DeviceInformation',
      ],
    );
  });

  test('only what the system knows: old cellular keys go where subscriptions tell the same', () => {
    const wanted = ['IMEI', 'ServiceSubscriptions', 'WiFiMAC', 'HostName', 'NoSuchKey'];
    assert.deepEqual(queriesFor(phone, wanted), ['ServiceSubscriptions', 'WiFiMAC']);
    assert.deepEqual(queriesFor({ ...phone, osVersion: '11.4' }, wanted), ['IMEI', 'WiFiMAC']);
    assert.deepEqual(queriesFor(mac, wanted), ['WiFiMAC', 'HostName']);
  });

  test('DLP-04, DLP-06 of a private device only what the organization put there, and no number of the person', () => {
    const [apps] = asked(phone, row({ ownership: 'personal' }), 'apps');
    assert.deepEqual(apps?.payload, { ManagedAppsOnly: true });
    assert.equal(asked(phone, row(), 'apps')[0]?.payload, undefined);
    const open = row({ ownership: 'personal', collection: { personal: ['personal'] } });
    assert.equal(asked(phone, open, 'apps')[0]?.payload, undefined, 'unless the organization has said so');
    const old = { ...phone, osVersion: '15.0' };
    const queries = (of: AskableRow) =>
      asked(old, of, 'device-information')[0]?.payload?.Queries as readonly string[];
    assert.ok(queries(row()).includes('IMEI'));
    assert.ok(!queries(row({ ownership: 'personal' })).includes('IMEI'));
  });

  test('a right that the profile did not ask for is not used', () => {
    const withoutApps = row({ ownership: 'personal', access_rights: 8191 - 8 - 256 });
    assert.deepEqual(
      asked(phone, withoutApps, 'apps').map(({ requestType }) => requestType),
      ['ManagedApplicationList'],
    );
  });

  test('SCN-08 in user enrolment no app of the person, no serial number, no address', () => {
    const user: AppleTarget = { ...phone, enrollmentKind: 'user', udid: undefined };
    const requests = scanRequests(user, row());
    const all = JSON.stringify(requests);
    for (const forbidden of ['UDID', 'SerialNumber', 'WiFiMAC', 'IMEI', 'PhoneNumber', 'IsActivationLock'])
      assert.ok(!all.includes(forbidden), forbidden);
    assert.deepEqual(
      requests.find(({ requestType }) => requestType === 'InstalledApplicationList')?.payload,
      {
        ManagedAppsOnly: true,
      },
    );
  });

  test('a user of the device is asked for his profiles alone', () => {
    const requests = scanRequests({ ...mac, channel: 'anna' }, row());
    assert.deepEqual(
      requests.map(({ requestType }) => requestType),
      ['ProfileList'],
    );
  });
});

suite('what real devices say', () => {
  test('SCN-01 an iPhone', () => {
    const facts = deviceFacts(
      {
        UDID: '00008140-0011223344556677',
        DeviceName: 'Anna’s iPhone',
        OSVersion: '18.1',
        SupplementalOSVersionExtra: '(a)',
        BuildVersion: '22B83',
        ModelName: 'iPhone',
        Model: 'MYNQ3',
        ProductName: 'iPhone17,1',
        SerialNumber: 'C39ABC123D',
        DeviceCapacity: 256,
        BatteryLevel: 0.85,
        WiFiMAC: '3c:22:fb:11:22:33',
        ServiceSubscriptions: [
          {
            IMEI: '35 123456 789012 3',
            ICCID: '8941 0312 3456 7890 123',
            PhoneNumber: '+41791234567',
            CurrentCarrierNetwork: 'Swisscom',
          },
        ],
      },
      phone,
      'ios',
    );
    assert.deepEqual(facts, {
      'device.manufacturer': 'Apple',
      'device.model': 'iPhone',
      'device.product': 'iPhone17,1',
      'device.serial-number': 'C39ABC123D',
      'device.udid': '00008140-0011223344556677',
      'device.imei': '351234567890123',
      'device.phone-number': '+41791234567',
      'device.host-name': 'Anna’s iPhone',
      'sim.id': '8941031234567890123',
      'cellular.carrier': 'Swisscom',
      'os.family': 'ios',
      'os.name': 'iOS',
      'os.version': '18.1',
      'os.security-response': '(a)',
      'os.build': '22B83',
      'hardware.storage-bytes': 274_877_906_944,
      'battery.level-percent': 85,
      'battery.present': true,
      'network.interfaces': [{ name: 'wifi', mac: '3c:22:fb:11:22:33', kind: 'wifi' }],
    });
  });

  test('SCN-02 encryption, passcode and lock of a phone; without a passcode its storage keeps nobody out', () => {
    const said = {
      HardwareEncryptionCaps: 3,
      PasscodePresent: true,
      PasscodeCompliant: true,
      PasscodeCompliantWithProfiles: false,
      AutoLockTime: 120,
    };
    const facts = securityFacts(said, phone, new Set());
    assert.equal(facts['storage.encrypted'], true);
    assert.equal(facts['passcode.compliant-with-profiles'], false);
    assert.equal(facts['screen-lock.timeout-seconds'], 120);
    assert.equal(facts['integrity.compromised'], false);
    assert.equal(
      securityFacts({ ...said, PasscodePresent: false }, phone, new Set())['storage.encrypted'],
      false,
    );
    const jailbroken = securityFacts(said, phone, new Set(['org.coolstar.SileoStore']));
    assert.equal(jailbroken['integrity.compromised'], true);
    const never = securityFacts({ AutoLockTime: 2_147_483_647 }, phone, new Set());
    assert.deepEqual(never, { 'screen-lock.enabled': false });
  });

  test('SCN-02 roaming and SIM card of a phone, one of two lines among them, and of a device that tells neither', () => {
    const home = { IsRoaming: false, ICCID: '8941 0312 3456 7890 123' };
    const said = { DataRoamingEnabled: true, ServiceSubscriptions: [home, { IsRoaming: true }] };
    const state = { 'roaming.data': true, 'roaming.active': true, 'sim.status': 'present' };
    assert.deepEqual(stateFacts(said), state);
    assert.deepEqual(stateFacts({ ...said, DataRoamingEnabled: false, ServiceSubscriptions: [home] }), {
      ...state,
      'roaming.data': false,
      'roaming.active': false,
    });
    assert.deepEqual(stateFacts({ ServiceSubscriptions: [] }), { 'sim.status': 'absent' });
    assert.deepEqual(stateFacts({}), {});
  });

  test('SCN-02 a Mac: FileVault, integrity, start-up, firewall', () => {
    const facts = securityFacts(
      {
        FDE_Enabled: true,
        FDE_HasPersonalRecoveryKey: true,
        SystemIntegrityProtectionEnabled: false,
        AuthenticatedRootVolumeEnabled: true,
        SecureBoot: { SecureBootLevel: 'medium' },
        FirewallSettings: { FirewallEnabled: true, StealthMode: false, BlockAllIncoming: false },
        IsRecoveryLockEnabled: true,
        ManagementStatus: { EnrolledViaDEP: false, UserApprovedEnrollment: true },
      },
      mac,
      new Set(),
    );
    assert.deepEqual(facts, {
      'management.automated-enrollment': false,
      'management.user-approved': true,
      'storage.encrypted': true,
      'storage.recovery-key': true,
      'passcode.set': true,
      'security.system-integrity': false,
      'security.sealed-system-volume': true,
      'security.secure-boot-level': 'medium',
      'security.secure-boot': true,
      'security.recovery-lock': true,
      'firewall.enabled': true,
      'firewall.stealth': false,
      'firewall.blocks-incoming': false,
      'integrity.compromised': true,
      'integrity.signs': [
        { sign: 'system-integrity-protection-off', detail: 'System Integrity Protection is off' },
      ],
    });
  });

  test('POL-08 profiles of others are seen as such, on a Mac by their names', () => {
    const list = (extra: PlistDictionary) =>
      profileFacts({
        ProfileList: [
          { PayloadIdentifier: 'net.gatehouse.enrollment', PayloadDisplayName: 'Management', ...extra },
          {
            PayloadIdentifier: 'com.cisco.ise.wifi',
            PayloadContent: [{ PayloadType: 'com.apple.wifi.managed' }],
          },
          'nonsense',
          { PayloadDisplayName: 'without a name' },
        ],
      })?.['profiles.installed'];
    assert.deepEqual(list({}), [
      {
        id: 'net.gatehouse.enrollment',
        name: 'Management',
        kind: 'Configuration',
        managed: true,
        source: '',
      },
      {
        id: 'com.cisco.ise.wifi',
        name: 'com.cisco.ise.wifi',
        kind: 'com.apple.wifi.managed',
        managed: false,
        source: '',
      },
    ]);
    assert.equal(profileFacts({ ProfileList: 'none' }), undefined);
  });

  test('SCN-04 apps with names and versions; the managed ones with how far they are', () => {
    const installed = installedApps({
      InstalledApplicationList: [
        { Identifier: 'com.example.mail', Name: 'Mail', ShortVersion: '2.1', AppStoreVendable: true },
        { Name: 'No identifier' },
        7,
      ],
    });
    assert.deepEqual(
      installed.map(({ id, version, source }) => [id, version, source]),
      [
        ['com.example.mail', '2.1', 'app-store'],
        ['No identifier', '', ''],
      ],
    );
    const managed = managedApps(
      {
        ManagedApplicationList: {
          'com.example.mail': { Status: 'Managed' },
          'com.example.new': { Status: 7 },
        },
      },
      new Map(installed.map((app) => [app.id, app])),
    );
    assert.deepEqual(managed, [{ id: 'com.example.mail', status: 'Managed', name: 'Mail', version: '2.1' }]);
  });
});

suite('whatever else comes', () => {
  const plist: fc.Arbitrary<PlistValue> = fc.letrec<{ value: PlistValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array({ maxLength: 40 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  const shaped = (keys: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor'), plist, { maxKeys: 8 });

  const readers: readonly (readonly [Scan, readonly string[], (answer: PlistDictionary) => unknown])[] = [
    [
      'device-information',
      [
        'UDID',
        'OSVersion',
        'BatteryLevel',
        'DeviceCapacity',
        'WiFiMAC',
        'IMEI',
        'ServiceSubscriptions',
        'HostName',
      ],
      (answer) => deviceFacts(answer, phone, 'ios'),
    ],
    ['security', ['DataRoamingEnabled', 'ServiceSubscriptions', 'IsRoaming', 'IsSupervised'], stateFacts],
    [
      'security',
      ['HardwareEncryptionCaps', 'PasscodePresent', 'AutoLockTime', 'ManagementStatus'],
      (answer) => securityFacts(answer, phone, new Set()),
    ],
    [
      'security',
      ['FDE_Enabled', 'FirewallSettings', 'SecureBoot', 'SystemIntegrityProtectionEnabled'],
      (answer) => securityFacts(answer, mac, new Set()),
    ],
    ['profiles', ['ProfileList'], (answer) => profileFacts(answer) ?? {}],
    ['profiles', ['ProvisioningProfileList'], provisioningFacts],
    ['apps', ['InstalledApplicationList'], (answer) => ({ 'apps.installed': installedApps(answer) })],
    ['apps', ['ManagedApplicationList'], (answer) => ({ 'apps.managed': managedApps(answer, new Map()) })],
    ['certificates', ['CertificateList'], certificateFacts],
  ];
  for (const [index, [scan, keys, read]] of readers.entries()) {
    test(`${scan}, reader ${index}: every fact that is stated is one`, () => {
      fc.assert(
        fc.property(shaped(keys), (answer) => {
          const { dropped } = parseReport(scan, 'os-protocol', read(answer));
          assert.deepEqual(dropped, []);
          assert.ok(toldOfDevice(answer));
        }),
        { numRuns: 400 },
      );
    });
  }

  test('a list of a hundred thousand apps is cut', () => {
    const InstalledApplicationList = Array.from({ length: 100_000 }, (_, index) => ({
      Identifier: `a.${index}`,
    }));
    assert.equal(installedApps({ InstalledApplicationList }).length, 20_000);
  });
});
