// Which settings management puts in force on Apple devices, and since when: read from Apple's schema, so that it cannot drift
// from what is compiled.
import type { SettingName } from '@gatehouse/core/settings/catalogue.ts';
import type { SettingSupport } from '@gatehouse/core/settings/support.ts';
import {
  findDeclaration,
  findPayloadType,
  type SchemaType,
  type Support,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { restrictionKeys } from './restrictions.ts';

const passcodePayload = 'com.apple.mobiledevice.passwordpolicy';
const updateDeclaration = 'com.apple.configuration.softwareupdate.enforcement.specific';

const passcodeKeys: { readonly [N in SettingName]?: string } = {
  'passcode.required': 'forcePIN',
  'passcode.minimum-length': 'minLength',
  'passcode.minimum-classes': 'requireAlphanumeric',
  'passcode.maximum-age-days': 'maxPINAgeInDays',
  'passcode.history': 'pinHistory',
  'screen-lock.required': 'maxInactivity',
  'screen-lock.maximum-inactivity-seconds': 'maxInactivity',
};

const systems = [
  { platform: 'ios', os: 'iOS' },
  { platform: 'macos', os: 'macOS' },
] as const;

/** The port of policies. */
export function appleSettingSupport(name: SettingName): readonly SettingSupport[] {
  const passcode = passcodeKeys[name];
  if (passcode !== undefined) return ofKey(findPayloadType(passcodePayload), passcode);
  if (name in restrictionKeys) {
    const key = restrictionKeys[name as keyof typeof restrictionKeys];
    const word = typeof key === 'string' ? key : Object.keys(key)[0];
    return word === undefined ? [] : ofKey(findPayloadType('com.apple.applicationaccess'), word);
  }
  if (name === 'encryption.required') {
    return [
      { platform: 'macos', how: 'enforced', key: 'com.apple.MCX.FileVault2', since: '10.9' },
      { platform: 'ios', how: 'enforced', key: 'forcePIN', since: '4.0' },
    ];
  }
  const updated = /^os\.minimum-version\.(ios|macos)$/.exec(name)?.[1];
  if (updated === undefined) return [];
  return ofKey(findDeclaration(updateDeclaration), 'TargetOSVersion').filter(
    ({ platform }) => platform === updated,
  );
}

function ofKey(type: SchemaType | undefined, key: string): readonly SettingSupport[] {
  const row = type?.keys.find(({ name }) => name === key);
  if (type === undefined || row === undefined) return [];
  return systems.flatMap(({ platform, os }) => {
    const support: Support = { ...type.os?.[os], ...row.os?.[os] };
    const { introduced, deprecated, removed, supervised } = support;
    if (introduced === undefined || introduced === 'n/a' || (removed !== undefined && removed !== '0'))
      return [];
    return [
      {
        platform,
        how: 'enforced' as const,
        key,
        since: introduced,
        ...(deprecated === undefined ? {} : { deprecated }),
        ...(supervised === true || type.os?.[os]?.supervised === true ? { supervised: true as const } : {}),
      },
    ];
  });
}
