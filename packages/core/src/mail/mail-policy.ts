/**
 * What the policies that reach a person or device mean for a mail client, in our words; whoever speaks to clients translates it.
 * It says everything, also what is not demanded, because a client must be told when a demand is gone.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Settings } from '../settings/catalogue.ts';

export const calendarAges = ['all', 'two-weeks', 'one-month', 'three-months', 'six-months'] as const;
export type CalendarAge = (typeof calendarAges)[number];

export const mailAges = ['all', 'one-day', 'three-days', 'one-week', 'two-weeks', 'one-month'] as const;
export type MailAge = (typeof mailAges)[number];

export interface MailPolicy {
  readonly passcode: {
    readonly required: boolean;
    /** Letters as well as digits. */
    readonly alphanumeric: boolean;
    /** 1 to 16; null: no minimum. */
    readonly minimumLength: number | null;
    /** 1 to 4 kinds of characters; null: nothing demanded. */
    readonly minimumClasses: number | null;
    /** 4 to 16, then the device erases itself or locks for a while; null: no limit. */
    readonly maximumFailedAttempts: number | null;
    /** Seconds; null: no lock. */
    readonly maximumInactivity: number | null;
    /** 1111, 1234. */
    readonly simpleAllowed: boolean;
    /** Days; 0: never. */
    readonly maximumAge: number;
    /** How many earlier ones are refused. */
    readonly history: number;
    /** The device deposits a recovery password with the server. */
    readonly recovery: boolean;
  };
  readonly encryption: { readonly device: boolean; readonly storageCard: boolean };
  readonly attachments: {
    readonly allowed: boolean;
    /** Bytes; null: no limit. */
    readonly maximumSize: number | null;
  };
  readonly mail: {
    readonly maximumAge: MailAge;
    readonly calendarMaximumAge: CalendarAge;
    readonly htmlAllowed: boolean;
    /** Bytes of a message's text; 0: headers only; null: whole. */
    readonly textTruncation: number | null;
    readonly htmlTruncation: number | null;
    readonly manualSyncWhenRoaming: boolean;
  };
  readonly smime: {
    readonly signed: boolean;
    readonly encrypted: boolean;
    readonly signatureAlgorithm: 'sha1' | 'md5';
    readonly encryptionAlgorithm: '3des' | 'des' | 'rc2-128' | 'rc2-64' | 'rc2-40';
    readonly negotiation: 'none' | 'strong' | 'any';
    readonly softCertificatesAllowed: boolean;
  };
  readonly bluetooth: 'off' | 'hands-free' | 'on';
  /** What may be used. */
  readonly allowed: {
    readonly storageCard: boolean;
    readonly camera: boolean;
    readonly unsignedApplications: boolean;
    readonly unsignedPackages: boolean;
    readonly wifi: boolean;
    readonly textMessages: boolean;
    readonly popImap: boolean;
    readonly infrared: boolean;
    readonly desktopSync: boolean;
    readonly browser: boolean;
    readonly consumerMail: boolean;
    readonly remoteDesktop: boolean;
    readonly internetSharing: boolean;
  };
  /** Names of programs in ROM that may not run. */
  readonly forbiddenPrograms: readonly string[];
  /** SHA-1 of programs in memory, hexadecimal; not empty: only these may run. */
  readonly approvedPrograms: readonly string[];
}

const within = (least: number, value: number | undefined, most: number): number | null =>
  value === undefined ? null : Math.min(most, Math.max(least, value));

const kilobytes = (value: number | undefined): number | null =>
  value === undefined ? null : Math.min(value * 1_024, 0x7fff_ffff);

/** The largest step that is not longer than the days allowed. */
function stepWithin<Step extends string>(
  days: number | undefined,
  steps: readonly (readonly [step: Step, days: number])[],
): Step | 'all' {
  if (days === undefined) return 'all';
  const [shortest] = steps;
  return steps.findLast(([, length]) => length <= days)?.[0] ?? shortest?.[0] ?? 'all';
}

const mailSteps = [
  ['one-day', 1],
  ['three-days', 3],
  ['one-week', 7],
  ['two-weeks', 14],
  ['one-month', 30],
] as const satisfies readonly (readonly [MailAge, number])[];

const calendarSteps = [
  ['two-weeks', 14],
  ['one-month', 30],
  ['three-months', 90],
  ['six-months', 180],
] as const satisfies readonly (readonly [CalendarAge, number])[];

const encryptionAlgorithms = ['3des', 'des', 'rc2-128', 'rc2-64', 'rc2-40'] as const;
const negotiations = ['none', 'strong', 'any'] as const;
const bluetoothLevels = ['off', 'hands-free', 'on'] as const;

const listed = (text: string | undefined): readonly string[] =>
  [...new Set((text ?? '').split(',').map((part) => part.trim()))].filter((part) => part !== '').sort();

/** @param settings the effective ones (resolveSettings). */
export function mailPolicy(settings: Settings): MailPolicy {
  const classes = within(1, settings['passcode.minimum-classes'], 4);
  const length = within(1, settings['passcode.minimum-length'], 16);
  const attempts = within(4, settings['mail.maximum-failed-attempts'], 16);
  const expiry = settings['passcode.maximum-age-days'] ?? 0;
  const history = settings['passcode.history'] ?? 0;
  const noSimple = settings['mail.no-simple-passcode'] === true;
  const inactivity = settings['screen-lock.maximum-inactivity-seconds'];
  // Clients pass over everything about passcodes unless one is required.
  const required =
    settings['passcode.required'] === true ||
    [classes, length, attempts, inactivity ?? null].some((demand) => demand !== null) ||
    expiry > 0 ||
    history > 0 ||
    noSimple;
  const no = (name: NoSetting) => settings[name] !== true;
  return {
    passcode: {
      required,
      alphanumeric: classes !== null && classes >= 2,
      minimumLength: length,
      minimumClasses: classes,
      maximumFailedAttempts: attempts,
      // From 9,999 seconds on clients do not lock at all.
      maximumInactivity: inactivity === undefined ? null : Math.min(inactivity, 9_998),
      simpleAllowed: !noSimple,
      maximumAge: Math.min(expiry, 730),
      history: Math.min(history, 50),
      recovery: settings['mail.passcode-recovery'] === true,
    },
    encryption: {
      device: settings['encryption.required'] === true,
      storageCard: settings['mail.encrypted-storage-card'] === true,
    },
    attachments: {
      allowed: no('mail.no-attachments'),
      maximumSize: kilobytes(settings['mail.maximum-attachment-kilobytes']),
    },
    mail: {
      maximumAge: stepWithin(settings['mail.maximum-email-age-days'], mailSteps),
      calendarMaximumAge: stepWithin(settings['mail.maximum-calendar-age-days'], calendarSteps),
      htmlAllowed: no('mail.no-html'),
      textTruncation: kilobytes(settings['mail.maximum-text-kilobytes']),
      htmlTruncation: kilobytes(settings['mail.maximum-html-kilobytes']),
      manualSyncWhenRoaming: settings['mail.manual-sync-when-roaming'] === true,
    },
    smime: {
      signed: settings['mail.smime-signed'] === true,
      encrypted: settings['mail.smime-encrypted'] === true,
      signatureAlgorithm: settings['mail.smime-signature-algorithm'] === 1 ? 'md5' : 'sha1',
      encryptionAlgorithm: encryptionAlgorithms[settings['mail.smime-encryption-algorithm'] ?? 0] ?? '3des',
      negotiation: negotiations[settings['mail.smime-negotiation'] ?? 2] ?? 'any',
      softCertificatesAllowed: no('mail.no-soft-certificates'),
    },
    bluetooth: bluetoothLevels[settings['mail.bluetooth'] ?? 2] ?? 'on',
    allowed: {
      storageCard: no('mail.no-storage-card'),
      camera: no('restrictions.no-camera'),
      unsignedApplications: no('mail.no-unsigned-programs') && no('restrictions.no-unknown-app-sources'),
      unsignedPackages: no('mail.no-unsigned-packages') && no('restrictions.no-unknown-app-sources'),
      wifi: no('mail.no-wifi'),
      textMessages: no('mail.no-text-messages'),
      popImap: no('mail.no-pop-imap'),
      infrared: no('mail.no-infrared'),
      desktopSync: no('mail.no-desktop-sync') && no('restrictions.no-computer-pairing'),
      browser: no('restrictions.no-browser'),
      consumerMail: no('mail.no-consumer-mail'),
      remoteDesktop: no('mail.no-remote-desktop'),
      internetSharing: no('mail.no-internet-sharing'),
    },
    forbiddenPrograms: listed(settings['mail.forbidden-programs']),
    approvedPrograms: listed(settings['mail.approved-programs']),
  };
}

type NoSetting = {
  [N in keyof Settings]-?: NonNullable<Settings[N]> extends boolean ? N : never;
}[keyof Settings];

/** Names the content: what changes nothing for a mail client makes no device come for its policy again (POL-15). */
export function mailPolicyVersion(policy: MailPolicy): string {
  return createHash('sha256')
    .update(canonicalJson(policy as never))
    .digest('base64url')
    .slice(0, 16);
}
