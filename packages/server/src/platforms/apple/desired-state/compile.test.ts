import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import { parseResource } from '@gatehouse/core/resources/parse.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import { settingsArbitrary } from '@gatehouse/core/settings/settings-arbitrary.ts';
import { validateDeclaration, validateProfile } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import {
  isDictionary,
  type PlistDictionary,
  readPlist,
  writePlist,
} from '@gatehouse/protocols/plist/index.ts';
import fc from 'fast-check';
import { compile } from './compile.ts';
import type { CompileInput, CompileTarget, Desired, OpenResource } from './desired.ts';
import { checkAppleContent } from './ready-made.ts';

const iPhone: CompileTarget = {
  os: 'iOS',
  osVersion: '18.1',
  supervised: true,
  sharedIpad: false,
  enrollmentKind: 'automated',
  hasUserChannel: false,
};
const mac: CompileTarget = { ...iPhone, os: 'macOS', osVersion: '15.1', hasUserChannel: true };
const oldPhone: CompileTarget = { ...iPhone, osVersion: '14.8', supervised: false, enrollmentKind: 'device' };

const ids = ['1', '2', '3', '4', '5'].map((digit) => `00000000-0000-7000-8000-00000000000${digit}`) as [
  string,
  string,
  string,
  string,
  string,
];

function resource(kind: ResourceKind, fields: object, id = ids[0], name = `My ${kind}`): OpenResource {
  const parsed = parseResource(kind, fields);
  return { resourceId: id, kind, name, fields: parsed.fields, secrets: parsed.secrets };
}

function input(changes: Partial<CompileInput>): CompileInput {
  return {
    target: iPhone,
    organization: 'Acme',
    settings: {},
    resources: [],
    named: new Map(),
    variables: { username: 'ann', email: 'ann@acme.example', domain: 'acme.example', 'display-name': 'Ann' },
    updateBy: undefined,
    escrow: Buffer.from('3000', 'hex'),
    hash: (content) => createHmac('sha256', 'key').update(content).digest(),
    assetUrl: (identifier) => `https://mdm.acme.example/apple/assets/${identifier}`,
    ...changes,
  };
}

const build = (changes: Partial<CompileInput>): Desired => compile(input(changes));
const settingsOf = (settings: Settings, target = iPhone) => build({ settings, target });

function declarations(desired: Desired): Map<string, { Type: string; Payload: Record<string, unknown> }> {
  return new Map(
    desired.items
      .filter(({ form }) => form === 'declaration')
      .map(({ identifier, content }) => [identifier, JSON.parse(Buffer.from(content).toString())]),
  );
}

function profiles(desired: Desired): Map<string, PlistDictionary> {
  const items = desired.items.filter(({ form }) => form === 'profile');
  return new Map(
    items.map(({ identifier, content }) => {
      const value = readPlist(content);
      assert.ok(isDictionary(value));
      return [identifier, value];
    }),
  );
}

function payloadOf(desired: Desired, type: string): PlistDictionary {
  const all = [...profiles(desired).values()].flatMap(
    ({ PayloadContent }) => PayloadContent as PlistDictionary[],
  );
  const found = all.find(({ PayloadType }) => PayloadType === type);
  assert.ok(
    found,
    `${type} among ${all.map(({ PayloadType }) => String(PayloadType)).join()}: ${JSON.stringify(desired.withheld)}`,
  );
  return found;
}

const name = (id: string) => `gatehouse.resource.${id}`;

describe('settings', () => {
  test('PWD-01, PWD-02, PWD-06, PWD-08, PWD-09: passcode rules are a declaration where the system has it', () => {
    const settings: Settings = {
      'passcode.required': true,
      'passcode.minimum-length': 20,
      'passcode.minimum-classes': 3,
      'passcode.maximum-age-days': 90,
      'passcode.history': 10,
      'screen-lock.maximum-inactivity-seconds': 330,
    };
    const declared = declarations(settingsOf(settings)).get('gatehouse.settings.passcode');
    assert.deepEqual(declared, {
      Type: 'com.apple.configuration.passcode.settings',
      Identifier: 'gatehouse.settings.passcode',
      Payload: {
        RequirePasscode: true,
        RequireAlphanumericPasscode: true,
        MinimumComplexCharacters: 1,
        MinimumLength: 16,
        MaximumPasscodeAgeInDays: 90,
        PasscodeReuseLimit: 10,
        MaximumInactivityInMinutes: 5,
      },
    });
    const older = settingsOf(settings, oldPhone);
    assert.equal(declarations(older).size, 0);
    const payload = payloadOf(older, 'com.apple.mobiledevice.passwordpolicy');
    assert.equal(payload['forcePIN'], true);
    assert.equal(payload['minLength'], 16);
    assert.equal(payload['maxInactivity'], 5);
  });

  test('RST-01 … RST-05, RST-07: restrictions are one payload; what the device cannot keep is withheld alone', () => {
    const settings: Settings = {
      'restrictions.no-camera': true,
      'restrictions.no-browser': true,
      'restrictions.no-cloud-backup': true,
      'restrictions.no-reset': false,
      'restrictions.maximum-app-rating': 300,
    };
    const whole = payloadOf(settingsOf(settings), 'com.apple.applicationaccess');
    assert.deepEqual(
      ['allowCamera', 'allowSafari', 'allowCloudBackup', 'allowEraseContentAndSettings', 'ratingApps'].map(
        (key) => whole[key],
      ),
      [false, false, false, undefined, 300],
    );
    const unsupervised = settingsOf(settings, oldPhone);
    assert.equal(payloadOf(unsupervised, 'com.apple.applicationaccess')['allowSafari'], undefined);
    assert.deepEqual(
      unsupervised.withheld.map(({ source, why }) => [source.name, why]),
      [['restrictions.no-browser', 'allowSafari needs a supervised device']],
    );
  });

  test('RST-02: a Mac is told to encrypt its disk; a phone encrypts by its passcode', () => {
    const settings = { 'encryption.required': true } as const;
    const onMac = settingsOf(settings, mac);
    assert.equal(payloadOf(onMac, 'com.apple.MCX.FileVault2')['Enable'], 'On');
    const keeper = payloadOf(onMac, 'com.apple.security.pkcs1')['PayloadUUID'];
    assert.equal(
      payloadOf(onMac, 'com.apple.security.FDERecoveryKeyEscrow')['EncryptCertPayloadUUID'],
      keeper,
    );
    const nobody = build({ settings, target: mac, escrow: undefined });
    assert.match(nobody.withheld[0]?.why ?? '', /waits for the key/);
    const phone = settingsOf(settings);
    assert.equal(profiles(phone).size, 0);
    assert.equal(declarations(phone).get('gatehouse.settings.passcode')?.Payload['RequirePasscode'], true);
  });

  test('CMP-06: a system that is too old is given a date; one that is new enough nothing', () => {
    const settings = { 'os.minimum-version.ios': '18.2' } as const;
    const updateBy = Date.UTC(2026, 10, 30, 12);
    const declared = declarations(build({ settings, updateBy })).get('gatehouse.settings.system-update.18.2');
    assert.deepEqual(declared?.Payload, {
      TargetOSVersion: '18.2',
      TargetLocalDateTime: '2026-11-30T12:00:00',
    });
    const newer = build({ settings, updateBy, target: { ...iPhone, osVersion: '18.2' } });
    assert.equal(declarations(newer).has('gatehouse.settings.system-update.18.2'), false);
  });
});

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
      resources: [resource('managed-app', { name: 'Pages', source: 'app-store', appStoreId: '361309726' })],
    });
    assert.deepEqual(declarations(app).get(name(ids[0]))?.Payload, {
      AppStoreID: '361309726',
      InstallBehavior: { Install: 'Required' },
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
