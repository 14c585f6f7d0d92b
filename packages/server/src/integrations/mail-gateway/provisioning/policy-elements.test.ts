import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailPolicy } from '@gatehouse/core/mail/mail-policy.ts';
import {
  protocolVersions,
  provisionAnswer,
  provisionElementNames,
  readProvisionAnswer,
} from '@gatehouse/protocols/activesync/index.ts';
import { policyElements } from './policy-elements.ts';

test('an empty policy restricts nothing, in every version', () => {
  const elements = policyElements(mailPolicy({}));
  for (const version of protocolVersions) {
    const answer = readProvisionAnswer(
      provisionAnswer(version, { status: 1, policy: { status: 1, key: 7, document: elements } }),
    );
    assert.equal(answer.policyKey, 7, version);
    assert.equal(answer.policy?.DevicePasswordEnabled, false, version);
  }
  assert.equal(elements.AllowCamera, true);
  assert.equal(elements.MaxEmailBodyTruncationSize, -1);
});

test('POL-14 every setting that a mail client knows reaches its element', () => {
  const elements = policyElements(
    mailPolicy({
      'passcode.required': true,
      'passcode.minimum-length': 8,
      'passcode.minimum-classes': 3,
      'passcode.history': 5,
      'passcode.maximum-age-days': 90,
      'screen-lock.maximum-inactivity-seconds': 300,
      'mail.maximum-failed-attempts': 6,
      'mail.no-simple-passcode': true,
    }),
  );
  assert.deepEqual(
    [
      elements.DevicePasswordEnabled,
      elements.MinDevicePasswordLength,
      elements.MinDevicePasswordComplexCharacters,
      elements.DevicePasswordHistory,
      elements.DevicePasswordExpiration,
      elements.MaxInactivityTimeDeviceLock,
      elements.MaxDevicePasswordFailedAttempts,
      elements.AllowSimpleDevicePassword,
    ],
    [true, 8, 3, 5, 90, 300, 6, false],
  );
  const demanded = policyElements({
    ...mailPolicy({}),
    attachments: { allowed: true, maximumSize: 1_000_000 },
    forbiddenPrograms: ['solitaire.exe'],
    approvedPrograms: ['aa'],
  });
  assert.deepEqual(
    [demanded.MaxAttachmentSize, demanded.UnapprovedInROMApplicationList, demanded.ApprovedApplicationList],
    [1_000_000, ['solitaire.exe'], ['aa']],
  );
  // All are said but those four that have no value for “no limit”: these the codec writes as empty.
  const all = new Set(Object.keys({ ...elements, ...demanded }));
  assert.deepEqual(
    provisionElementNames.filter((name) => !all.has(name)),
    [],
  );
});
