// Policy settings in Apple's words: passcode, disk encryption, restrictions, and the date by which the system must be new
// enough. Declarations where the system has them, profiles otherwise.
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { PlistDictionary, PlistValue } from '@gatehouse/protocols/plist/index.ts';
import { compareVersions } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { Builder } from './builder.ts';
import type { CompileInput, CompileTarget } from './desired.ts';
import { managementIdentifier, settingsIdentifier } from './identifiers.ts';
import { restrictionKey, restrictionNames } from './restrictions.ts';

const source = (name: string) => ({ kind: 'settings', id: '', name }) as const;

export function addSettings(
  builder: Builder,
  input: Pick<CompileInput, 'settings' | 'updateBy' | 'organization' | 'escrow'>,
): void {
  const { settings, updateBy } = input;
  addPasscode(builder, settings);
  addDiskEncryption(builder, settings, input);
  addRestrictions(builder, settings);
  addSystemUpdate(builder, settings, updateBy);
}

/** Apple counts lengths to 16, days to 730 and idle minutes to 15: what is above that is held at the strictest it knows. */
const most = { length: 16, days: 730, idleMinutes: 15 } as const;

interface PasscodeDemand {
  readonly required: boolean;
  readonly length: number | undefined;
  readonly alphanumeric: boolean;
  readonly complexCharacters: number | undefined;
  readonly days: number | undefined;
  readonly history: number | undefined;
  readonly idleMinutes: number | undefined;
}

/** After how long without anybody the screen locks, as the rules that we make have it; undefined when nothing is demanded. */
export function idleMinutes(
  settings: Pick<Settings, 'screen-lock.maximum-inactivity-seconds' | 'screen-lock.required'>,
): number | undefined {
  const idle = settings['screen-lock.maximum-inactivity-seconds'];
  if (settings['screen-lock.required'] !== true && idle === undefined) return undefined;
  return Math.max(1, Math.min(most.idleMinutes, Math.floor((idle ?? 900) / 60)));
}

function passcodeDemand(settings: Settings, os: Builder['target']['os']): PasscodeDemand | undefined {
  const classes = settings['passcode.minimum-classes'] ?? 0;
  const days = settings['passcode.maximum-age-days'];
  const length = settings['passcode.minimum-length'];
  const demand: PasscodeDemand = {
    // The passcode is what encrypts the storage of everything but a Mac (DEN, POL-17).
    required:
      settings['passcode.required'] === true || (settings['encryption.required'] === true && os !== 'macOS'),
    length: length === undefined ? undefined : Math.min(length, most.length),
    alphanumeric: classes >= 2,
    complexCharacters: classes >= 3 ? 1 : undefined,
    days: days === undefined ? undefined : Math.min(days, most.days),
    history: settings['passcode.history'],
    idleMinutes: idleMinutes(settings),
  };
  const asked =
    demand.required ||
    demand.alphanumeric ||
    [demand.length, demand.days, demand.history, demand.idleMinutes].some((value) => value !== undefined);
  return asked ? demand : undefined;
}

function addPasscode(builder: Builder, settings: Settings): void {
  const demand = passcodeDemand(settings, builder.target.os);
  if (demand === undefined) return;
  const identifier = settingsIdentifier('passcode');
  const declared = builder.addDeclaration({
    identifier,
    source: source('Passcode'),
    type: 'com.apple.configuration.passcode.settings',
    payload: without({
      RequirePasscode: demand.required || undefined,
      RequireAlphanumericPasscode: demand.alphanumeric || undefined,
      MinimumComplexCharacters: demand.complexCharacters,
      MinimumLength: demand.length,
      MaximumPasscodeAgeInDays: demand.days,
      PasscodeReuseLimit: demand.history,
      MaximumInactivityInMinutes: demand.idleMinutes,
    }),
    otherwise: 'profile',
  });
  if (declared) return;
  builder.addProfile({
    identifier,
    source: source('Passcode'),
    payloads: [
      {
        type: 'com.apple.mobiledevice.passwordpolicy',
        suffix: 'passcode',
        content: without({
          forcePIN: demand.required || undefined,
          requireAlphanumeric: demand.alphanumeric || undefined,
          minComplexChars: demand.complexCharacters,
          minLength: demand.length,
          maxPINAgeInDays: demand.days,
          pinHistory: demand.history,
          maxInactivity: demand.idleMinutes,
        }),
      },
    ],
  });
}

function addDiskEncryption(
  builder: Builder,
  settings: Settings,
  { organization, escrow }: Pick<CompileInput, 'organization' | 'escrow'>,
): void {
  if (settings['encryption.required'] !== true || builder.target.os !== 'macOS') return;
  const identifier = settingsIdentifier('encryption');
  if (escrow === undefined) {
    builder.withhold(
      'profile',
      identifier,
      source('Disk encryption'),
      'waits for the key under which recovery keys are kept',
    );
    return;
  }
  builder.addProfile({
    identifier,
    source: source('Disk encryption'),
    payloads: [
      { type: 'com.apple.security.pkcs1', suffix: 'keeper', content: { PayloadContent: escrow } },
      {
        type: 'com.apple.security.FDERecoveryKeyEscrow',
        suffix: 'escrow',
        content: {
          Location: `${organization} keeps the recovery key and gives it to whoever has forgotten the password.`,
          EncryptCertPayloadUUID: builder.uuid(`${identifier}.keeper`),
        },
      },
      {
        type: 'com.apple.MCX.FileVault2',
        suffix: 'filevault',
        // Begun at the user's next sign-out, since only then his password is at hand.
        content: { Enable: 'On', Defer: true, UseRecoveryKey: true, ShowRecoveryKey: false },
      },
      { type: 'com.apple.MCX', suffix: 'keep', content: { dontAllowFDEDisable: true } },
    ],
  });
}

/** Whether a Mac is to encrypt its disk, for which somebody must be there to keep its recovery key. */
export function wantsEscrow(settings: Settings, os: CompileTarget['os']): boolean {
  return settings['encryption.required'] === true && os === 'macOS';
}

function addRestrictions(builder: Builder, settings: Settings): void {
  const identifier = settingsIdentifier('restrictions');
  const content: Record<string, PlistValue> = {};
  for (const name of restrictionNames) {
    const key = restrictionKey(name, settings[name]);
    if (key === undefined) continue;
    const [word, value] = key;
    // One that the device cannot keep must not take the others with it.
    const problem = builder.payloadProblem('com.apple.applicationaccess', { [word]: value });
    if (problem === undefined) content[word] = value;
    else builder.withhold('profile', `${identifier}.${name}`, source(name), problem);
  }
  if (Object.keys(content).length === 0) return;
  builder.addProfile({
    identifier,
    source: source('Restrictions'),
    payloads: [{ type: 'com.apple.applicationaccess', suffix: 'restrictions', content }],
  });
}

export function demandedVersion(settings: Settings, os: CompileTarget['os']): string | undefined {
  if (os === 'macOS') return settings['os.minimum-version.macos'];
  return os === 'iOS' ? settings['os.minimum-version.ios'] : undefined;
}

/** With the version in it: another one begins its own time. */
export const systemUpdateIdentifier = (version: string): string =>
  settingsIdentifier(`system-update.${version}`);

function addSystemUpdate(builder: Builder, settings: Settings, updateBy: number | undefined): void {
  const { os, osVersion } = builder.target;
  const version = demandedVersion(settings, os);
  if (version === undefined || osVersion === undefined || compareVersions(osVersion, version) >= 0) return;
  if (updateBy === undefined) return;
  builder.addDeclaration({
    identifier: systemUpdateIdentifier(version),
    source: source(`System update to ${version}`),
    type: 'com.apple.configuration.softwareupdate.enforcement.specific',
    payload: {
      TargetOSVersion: version.includes('.') ? version : `${version}.0`,
      // Without offset: each device reads it by its own clock on the wall.
      TargetLocalDateTime: new Date(updateBy).toISOString().slice(0, 19),
    },
  });
}

/** Words that every device is told beside what it should have: whose it is, and what we want to hear of it. */
export function addManagement(builder: Builder, organization: string, statusItems: readonly string[]): void {
  if (!builder.speaksDeclarations) return;
  const management = { kind: 'management', id: '', name: 'Management' } as const;
  for (const channel of builder.channels) {
    const only = { channel, source: management, quiet: true } as const;
    builder.addDeclaration({
      ...only,
      identifier: managementIdentifier('organization'),
      type: 'com.apple.management.organization-info',
      payload: { Name: organization },
    });
    const wanted = statusItems.filter((name) => builder.tellsStatus(name, channel));
    builder.addDeclaration({
      ...only,
      identifier: managementIdentifier('status'),
      type: 'com.apple.configuration.management.status-subscriptions',
      payload: { StatusItems: wanted.map((Name) => ({ Name })) },
    });
  }
}

function without(content: Readonly<Record<string, PlistValue | undefined>>): PlistDictionary {
  return Object.fromEntries(
    Object.entries(content).filter((entry): entry is [string, PlistValue] => entry[1] !== undefined),
  );
}
