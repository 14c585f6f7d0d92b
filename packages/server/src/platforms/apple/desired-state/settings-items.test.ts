import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import {
  iPhone,
  mac,
  oldPhone,
  build,
  settingsOf,
  declarations,
  profiles,
  payloadOf,
} from './test-compile.ts';

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

  test('DLP-03: on a private phone without supervision too, what is the organization’s stays apart from what is private', () => {
    const settings: Settings = {
      'restrictions.no-work-to-private': true,
      'restrictions.no-private-to-work': true,
      'restrictions.no-managed-app-cloud': true,
    };
    const kept = settingsOf(settings, oldPhone);
    const payload = payloadOf(kept, 'com.apple.applicationaccess');
    assert.deepEqual(
      ['allowOpenFromManagedToUnmanaged', 'allowOpenFromUnmanagedToManaged', 'allowManagedAppsCloudSync'].map(
        (key) => payload[key],
      ),
      [false, false, false],
    );
    assert.deepEqual(kept.withheld, []);
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
