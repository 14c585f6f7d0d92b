import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';
import {
  iPhone,
  mac,
  oldPhone,
  ids,
  resource,
  build,
  settingsOf,
  declarations,
  profiles,
  payloadOf,
  name,
} from './test-compile.ts';

describe('resources', () => {
  test('RES-13: Wi-Fi with certificate: the key stands in the same profile, and the network points at it', () => {
    const scep = resource(
      'scep',
      {
        address: 'https://ca.acme/scep',
        subject: 'CN=%username%,O=Acme',
        challenge: 'sesame',
        fingerprint: 'ab'.repeat(32),
      },
      ids[1],
    );
    const anchor = resource('certificate', { certificate: 'MAA=' }, ids[2]);
    const desired = build({
      resources: [
        resource('wifi', {
          ssid: 'Acme',
          security: 'enterprise',
          eapTypes: ['tls'],
          identity: ids[1],
          trustedCertificates: [ids[2]],
          trustedServerNames: ['radius.acme.example'],
        }),
      ],
      named: new Map([
        [ids[1], scep],
        [ids[2], anchor],
      ]),
    });
    const network = payloadOf(desired, 'com.apple.wifi.managed');
    const key = payloadOf(desired, 'com.apple.security.scep');
    const root = payloadOf(desired, 'com.apple.security.root');
    assert.equal(network['PayloadCertificateUUID'], key['PayloadUUID']);
    const eap = network['EAPClientConfiguration'] as PlistDictionary;
    assert.deepEqual(eap['AcceptEAPTypes'], [13]);
    assert.deepEqual(eap['PayloadCertificateAnchorUUID'], [root['PayloadUUID']]);
    const content = key['PayloadContent'] as PlistDictionary;
    assert.deepEqual(content['Subject'], [[['CN', 'ann']], [['O', 'Acme']]]);
    assert.equal((content['CAFingerprint'] as Uint8Array).length, 32);
  });

  test('VPN-01 … VPN-08: AnyConnect with every field of the form', () => {
    const scep = resource('scep', { address: 'https://ca.acme/scep', subject: 'CN=%username%' }, ids[1]);
    const desired = build({
      resources: [
        resource('vpn', {
          name: 'Office',
          connection: 'cisco-anyconnect',
          server: 'vpn.acme.example',
          group: 'Staff',
          user: '%domain%\\%username%',
          authentication: 'certificate',
          identity: ids[1],
          onDemandAlways: ['intra.acme.example'],
          onDemandNever: ['www.acme.example'],
          onDemandIfNeeded: ['.acme.example'],
          proxyMode: 'manual',
          proxyServer: 'proxy.acme.example',
          proxyPort: 3128,
        }),
      ],
      named: new Map([[ids[1], scep]]),
    });
    const payload = payloadOf(desired, 'com.apple.vpn.managed');
    assert.equal(payload['UserDefinedName'], 'Office');
    assert.equal(payload['VPNSubType'], 'com.cisco.anyconnect');
    assert.deepEqual({ ...(payload['VendorConfig'] as object) }, { Group: 'Staff' });
    assert.deepEqual(
      { ...(payload['VPN'] as object) },
      {
        RemoteAddress: 'vpn.acme.example',
        AuthName: 'acme.example\\ann',
        AuthenticationMethod: 'Certificate',
        PayloadCertificateUUID: payloadOf(desired, 'com.apple.security.scep')['PayloadUUID'],
        OnDemandEnabled: 1,
        OnDemandMatchDomainsAlways: ['intra.acme.example'],
        OnDemandMatchDomainsNever: ['www.acme.example'],
        OnDemandMatchDomainsOnRetry: ['.acme.example'],
      },
    );
    assert.equal((payload['Proxies'] as PlistDictionary)['HTTPPort'], 3128);
  });

  test('VPN-01: Cisco IPsec keeps its shared secret as data, IKEv2 its rules', () => {
    const common = { name: 'V', server: 'vpn.acme.example' };
    const cisco = build({
      resources: [
        resource('vpn', {
          ...common,
          connection: 'cisco-ipsec',
          authentication: 'shared-secret',
          sharedSecret: 'hush',
          group: 'G',
        }),
      ],
    });
    const ipsec = payloadOf(cisco, 'com.apple.vpn.managed')['IPSec'] as PlistDictionary;
    assert.equal(Buffer.from(ipsec['SharedSecret'] as Uint8Array).toString(), 'hush');
    assert.equal(ipsec['XAuthPasswordEncryption'], 'Prompt');
    const modern = build({
      resources: [
        resource('vpn', {
          ...common,
          connection: 'ikev2',
          authentication: 'prompt',
          user: '%username%',
          localIdentifier: 'me',
          remoteIdentifier: 'vpn',
          onDemandAlways: ['a.example'],
          onDemandProbe: 'https://probe.acme.example/',
        }),
      ],
    });
    const ikev2 = payloadOf(modern, 'com.apple.vpn.managed')['IKEv2'] as PlistDictionary;
    const [rule] = ikev2['OnDemandRules'] as PlistDictionary[];
    assert.equal(rule?.['Action'], 'EvaluateConnection');
    assert.equal(ikev2['AuthenticationMethod'], 'None');
  });

  test('RES-02, RES-05, RES-06, RES-08: accounts are declarations with their credentials in an asset, on a Mac for its user', () => {
    const account = resource('caldav', {
      name: 'Work',
      server: 'cal.acme.example',
      user: '%username%',
      password: 'hunter2',
      path: '/u/%username%',
    });
    const phone = build({ resources: [account] });
    assert.equal(profiles(phone).size, 0);
    const key = `${name(ids[0])}.key`;
    assert.deepEqual(declarations(phone).get(name(ids[0]))?.Payload, {
      VisibleName: 'Work',
      HostName: 'cal.acme.example',
      Path: '/u/ann',
      AuthenticationCredentialsAssetReference: key,
    });
    const asset = declarations(phone).get(key)?.Payload as {
      Reference: Record<string, unknown>;
      Authentication: unknown;
    };
    assert.deepEqual(asset.Authentication, { Type: 'MDM' });
    assert.ok(!JSON.stringify([...declarations(phone).values()]).includes('hunter2'));
    const body = phone.items.find(({ form }) => form === 'asset');
    assert.equal(Buffer.from(body?.content ?? []).toString(), '{"UserName":"ann","Password":"hunter2"}');
    const onMac = build({ resources: [account], target: mac });
    assert.ok(
      onMac.items
        .filter(({ source }) => source.kind === 'resource')
        .every(({ channel }) => channel === 'user'),
    );
    const alone = build({ resources: [account], target: { ...mac, hasUserChannel: false } });
    assert.match(alone.withheld[0]?.why ?? '', /for users of the device/);
    assert.equal(
      payloadOf(build({ resources: [account], target: oldPhone }), 'com.apple.caldav.account')[
        'CalDAVPassword'
      ],
      'hunter2',
    );
  });

  test('RES-07, RES-09: Exchange and mail that keep their messages are profiles, since declarations cannot say that', () => {
    const exchange = {
      name: 'E',
      server: 'mail.acme.example',
      email: '%email%',
      user: '%username%',
      domain: 'ACME',
    };
    const kept = payloadOf(build({ resources: [resource('exchange', exchange)] }), 'com.apple.eas.account');
    assert.equal(kept['PreventMove'], true);
    assert.equal(kept['UserName'], 'ACME\\ann');
    assert.equal(kept['MailNumberOfPastDaysToSync'], 14);
    const { domain, ...rest } = exchange;
    assert.ok(domain);
    const free = build({
      resources: [resource('exchange', { ...rest, preventMove: false, password: 'hunter2' })],
    });
    assert.equal(declarations(free).get(name(ids[0]))?.Type, 'com.apple.configuration.account.exchange');
    assert.equal(declarations(free).get(`${name(ids[0])}.who`)?.Payload['EmailAddress'], 'ann@acme.example');
  });

  test('RES-01, RES-03, RES-04, RES-08, RES-10, RES-11, RES-14: every other kind becomes what Apple calls it', () => {
    const cases: [ResourceKind, object, string][] = [
      [
        'web-clip',
        { label: 'Help', address: 'https://help.acme.example/%username%' },
        'com.apple.webClip.managed',
      ],
      ['cellular', { accessPoint: 'acme.internet', user: 'u', password: 'p' }, 'com.apple.cellular'],
      [
        'global-http-proxy',
        { proxyMode: 'automatic', proxyAddress: 'https://p.acme.example/p.pac' },
        'com.apple.proxy.http.global',
      ],
      [
        'ldap',
        { name: 'L', server: 'ldap.acme.example', searchBase: 'dc=acme', encrypted: false },
        'com.apple.ldap.account',
      ],
      ['scep', { address: 'https://ca.acme/scep', subject: 'CN=%username%' }, 'com.apple.security.scep'],
      ['identity', { file: 'MAA=', password: 'x' }, 'com.apple.security.pkcs12'],
      [
        'mail',
        {
          name: 'M',
          email: '%email%',
          incomingServer: 'i.acme',
          outgoingServer: 'o.acme',
          incomingUser: '%username%',
        },
        'com.apple.mail.managed',
      ],
    ];
    for (const [kind, fields, type] of cases) {
      const desired = build({ resources: [resource(kind, fields)] });
      assert.ok(payloadOf(desired, type), kind);
      assert.deepEqual(desired.withheld, [], kind);
    }
    const app = build({
      resources: [
        resource('managed-app', {
          name: 'Pages',
          source: 'app-store',
          appStoreId: '361309726',
          license: 'device',
        }),
      ],
    });
    assert.deepEqual(declarations(app).get(name(ids[0]))?.Payload, {
      AppStoreID: '361309726',
      InstallBehavior: { Install: 'Required', License: { Assignment: 'Device' } },
      IncludeInBackup: false,
    });
    const file = Buffer.from(
      writePlist({ UUID: '0f3a2c1e-1111-2222-3333-444455556666', Name: 'Acme' }),
    ).toString('base64');
    const provisioning = build({ resources: [resource('provisioning-profile', { file })] });
    assert.equal(
      provisioning.items.find(({ form }) => form === 'provisioning-profile')?.identifier,
      '0f3a2c1e-1111-2222-3333-444455556666',
    );
    const trusted = build({ resources: [resource('certificate', { certificate: 'MAA=' })] });
    assert.equal(
      declarations(trusted).get(name(ids[0]))?.Type,
      'com.apple.configuration.security.certificate',
    );
  });

  test('RST-07, APP-11: apps that are named by their identifiers are blocked, or alone allowed, on supervised devices', () => {
    const video = ['com.google.ios.youtube'];
    for (const key of ['blockedAppBundleIDs', 'allowListedAppBundleIDs']) {
      const apps = resource('apple-payload', {
        type: 'com.apple.applicationaccess',
        content: { [key]: video },
      });
      assert.deepEqual(payloadOf(build({ resources: [apps] }), 'com.apple.applicationaccess')[key], video);
      const elsewhere = build({ resources: [apps], target: { ...iPhone, supervised: false } });
      assert.equal(payloadOf(elsewhere, 'com.apple.applicationaccess')[key], undefined);
      assert.deepEqual(
        elsewhere.withheld.map(({ why }) => why),
        [`${key} needs a supervised device`],
      );
    }
  });

  test('RES-16: a resource whose variables have no value here is withheld, with the reason', () => {
    const desired = build({
      resources: [resource('exchange', { name: 'E', server: 'm.acme', email: '%email%' })],
      variables: { username: 'ann' },
    });
    assert.equal(desired.items.filter(({ source }) => source.kind === 'resource').length, 0);
    assert.deepEqual(
      desired.withheld.map(({ why }) => why),
      ['%email% has no value here: the user’s e-mail address.'],
    );
  });

  test('POL-07: profiles are locked where the system lets management lock them', () => {
    const clip = resource('web-clip', { label: 'Help', address: 'https://help.acme.example/' });
    for (const [target, locked] of [
      [iPhone, true],
      [oldPhone, undefined],
    ] as const) {
      const profile = profiles(build({ resources: [clip], target })).get(name(ids[0]));
      assert.equal(profile?.['PayloadRemovalDisallowed'], locked);
    }
    assert.equal(
      profiles(settingsOf({ 'encryption.required': true }, mac)).get('gatehouse.settings.encryption')?.[
        'PayloadRemovalDisallowed'
      ],
      true,
    );
  });
});
