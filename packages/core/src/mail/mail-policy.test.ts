import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Settings } from '../settings/catalogue.ts';
import { type AssignedPolicy, resolveSettings } from '../settings/resolve.ts';
import { settingsArbitrary } from '../settings/settings-arbitrary.ts';
import { calendarAges, mailAges, mailPolicy, mailPolicyVersion } from './mail-policy.ts';

describe('what policies mean for a mail client', () => {
  test('nothing demanded is said as well', () => {
    const policy = mailPolicy({});
    assert.equal(policy.passcode.required, false);
    assert.deepEqual(new Set(Object.values(policy.allowed)), new Set([true]));
    assert.deepEqual(
      [policy.bluetooth, policy.mail.maximumAge, policy.attachments.maximumSize],
      ['on', 'all', null],
    );
  });

  const passcodes: readonly (readonly [Settings, Partial<ReturnType<typeof mailPolicy>['passcode']>])[] = [
    [{ 'passcode.minimum-length': 6 }, { required: true, minimumLength: 6, alphanumeric: false }],
    [{ 'passcode.minimum-length': 64 }, { required: true, minimumLength: 16 }],
    [{ 'passcode.minimum-classes': 1 }, { required: true, alphanumeric: false, minimumClasses: 1 }],
    [{ 'passcode.minimum-classes': 3 }, { required: true, alphanumeric: true, minimumClasses: 3 }],
    [{ 'mail.maximum-failed-attempts': 8 }, { required: true, maximumFailedAttempts: 8 }],
    [{ 'mail.no-simple-passcode': true }, { required: true, simpleAllowed: false }],
    [
      { 'passcode.maximum-age-days': 90, 'passcode.history': 5 },
      { required: true, maximumAge: 90, history: 5 },
    ],
    [{ 'screen-lock.maximum-inactivity-seconds': 300 }, { required: true, maximumInactivity: 300 }],
    // Written as "no lock" by the protocol from here on.
    [{ 'screen-lock.maximum-inactivity-seconds': 86_400 }, { required: true, maximumInactivity: 9_998 }],
    [{ 'passcode.required': false }, { required: false }],
  ];
  for (const [settings, wanted] of passcodes)
    test(`a passcode by ${JSON.stringify(settings)}`, () => {
      const { passcode } = mailPolicy(settings);
      assert.deepEqual({ ...passcode, ...wanted }, passcode);
    });

  test('ages become the next step that is not longer', () => {
    const ages = (days: number) => mailPolicy({ 'mail.maximum-email-age-days': days }).mail.maximumAge;
    assert.deepEqual([1, 2, 3, 6, 7, 13, 14, 29, 30].map(ages), [
      'one-day',
      'one-day',
      'three-days',
      'three-days',
      'one-week',
      'one-week',
      'two-weeks',
      'two-weeks',
      'one-month',
    ]);
    const calendar = (days: number) =>
      mailPolicy({ 'mail.maximum-calendar-age-days': days }).mail.calendarMaximumAge;
    assert.deepEqual([14, 29, 30, 90, 179, 180].map(calendar), [
      'two-weeks',
      'two-weeks',
      'one-month',
      'three-months',
      'three-months',
      'six-months',
    ]);
  });

  test('restrictions of devices hold for mail clients too', () => {
    const { allowed } = mailPolicy({
      'restrictions.no-camera': true,
      'restrictions.no-browser': true,
      'restrictions.no-unknown-app-sources': true,
    });
    assert.deepEqual(
      Object.entries(allowed)
        .filter(([, may]) => !may)
        .map(([what]) => what),
      ['camera', 'unsignedApplications', 'unsignedPackages', 'browser'],
    );
  });

  test('lists of programs are the same in any order', () => {
    const policy = mailPolicy({ 'mail.forbidden-programs': ' solitare.exe, pword.exe,,pword.exe' });
    assert.deepEqual(policy.forbiddenPrograms, ['pword.exe', 'solitare.exe']);
    assert.equal(
      mailPolicyVersion(policy),
      mailPolicyVersion(mailPolicy({ 'mail.forbidden-programs': 'solitare.exe,pword.exe' })),
    );
  });

  test('POL-15 the version names what concerns mail, and nothing else', () => {
    const version = (settings: Settings) => mailPolicyVersion(mailPolicy(settings));
    assert.equal(version({}), version({ 'os.minimum-version.ios': '18.0', 'support.contact': 'Ext. 100' }));
    assert.notEqual(version({}), version({ 'mail.no-html': true }));
  });

  test('any settings make a policy within what clients understand, and the stricter of two wins', () => {
    const assigned = (settings: Settings, name: string): AssignedPolicy => ({
      policyId: name,
      name,
      version: 1,
      settings,
      path: { targetKind: 'organization', targetId: 'o', targetName: 'o' },
      priority: 0,
    });
    fc.assert(
      fc.property(settingsArbitrary, settingsArbitrary, (one, other) => {
        const policies = [one, other].map((settings) => mailPolicy(settings));
        const both = mailPolicy(resolveSettings([assigned(one, 'a'), assigned(other, 'b')]).values);
        for (const { passcode } of [both, ...policies]) {
          if (passcode.minimumLength !== null)
            assert.ok(passcode.minimumLength >= 1 && passcode.minimumLength <= 16);
          if (passcode.maximumFailedAttempts !== null)
            assert.ok(passcode.maximumFailedAttempts >= 4 && passcode.maximumFailedAttempts <= 16);
        }
        for (const each of policies) {
          assert.ok((both.passcode.minimumLength ?? 0) >= (each.passcode.minimumLength ?? 0));
          assert.ok(
            (both.attachments.maximumSize ?? Number.POSITIVE_INFINITY) <=
              (each.attachments.maximumSize ?? Number.POSITIVE_INFINITY),
          );
          const shorter = <Age extends string>(ages: readonly Age[], a: Age, b: Age) =>
            b === 'all' || (a !== 'all' && ages.indexOf(a) <= ages.indexOf(b));
          assert.ok(shorter(mailAges, both.mail.maximumAge, each.mail.maximumAge));
          assert.ok(shorter(calendarAges, both.mail.calendarMaximumAge, each.mail.calendarMaximumAge));
          for (const [what, may] of Object.entries(each.allowed))
            if (!may) assert.equal(both.allowed[what as keyof typeof both.allowed], false, what);
        }
      }),
      { numRuns: 500 },
    );
  });
});
