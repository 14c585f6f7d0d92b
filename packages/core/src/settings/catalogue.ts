/**
 * The catalogue of policy settings. Each row says what values are allowed and how several policies that state the same
 * setting become one (POL-09): security settings aggregate to the strictest value, the rest take the first by rank.
 */

export type SettingShape =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'version' }
  | { readonly type: 'text'; readonly maximumLength: number };

/**
 * or: required as soon as one policy requires it. maximum, minimum, maximum-version: the strictest number wins.
 * first: the policy nearest to the device wins.
 */
export type Aggregation = 'or' | 'maximum' | 'minimum' | 'maximum-version' | 'first';

export interface SettingDefinition {
  readonly shape: SettingShape;
  readonly aggregation: Aggregation;
  readonly unit?: string;
  /** What holds when no assigned policy states the setting; absent: nothing is demanded. */
  readonly default?: boolean | number | string;
  readonly description: string;
}

const boolean = { type: 'boolean' } as const;
const version = { type: 'version' } as const;
const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum }) as const;
const days = 24 * 60;

export const settingsCatalogue = {
  'passcode.required': {
    shape: boolean,
    aggregation: 'or',
    description: 'Everyone who can sign in at the device has a passcode (POL-17).',
  },
  'passcode.minimum-length': {
    shape: integer(1, 64),
    aggregation: 'maximum',
    unit: 'characters',
    description: 'Shortest passcode allowed (PWD-01).',
  },
  'passcode.minimum-classes': {
    shape: integer(1, 4),
    aggregation: 'maximum',
    description: 'How many of lower case, upper case, digits and signs a passcode must hold (PWD-02).',
  },
  'passcode.maximum-age-days': {
    shape: integer(1, 3_650),
    aggregation: 'minimum',
    unit: 'days',
    description: 'After how many days a new passcode is demanded (PWD-08).',
  },
  'passcode.history': {
    shape: integer(1, 50),
    aggregation: 'maximum',
    description: 'How many earlier passcodes are refused (PWD-09).',
  },
  'passcode.grace-minutes': {
    shape: integer(0, 30 * days),
    aggregation: 'minimum',
    unit: 'minutes',
    default: 60,
    description:
      'How long a device may stay without a proper passcode or screen lock; its gates are not open meanwhile (PWD-04, PWD-05).',
  },
  'screen-lock.required': {
    shape: boolean,
    aggregation: 'or',
    description: 'The screen locks by itself.',
  },
  'screen-lock.maximum-inactivity-seconds': {
    shape: integer(15, 86_400),
    aggregation: 'minimum',
    unit: 'seconds',
    description: 'Longest idle time before the screen locks; a device may choose less (PWD-06).',
  },
  'encryption.required': {
    shape: boolean,
    aggregation: 'or',
    description: 'Storage that holds user data is encrypted (POL-17, CMP-07).',
  },
  'encryption.grace-minutes': {
    shape: integer(0, 90 * days),
    aggregation: 'minimum',
    unit: 'minutes',
    default: 0,
    description: 'How long a device may stay unencrypted, in quarantine, before its gates shut.',
  },
  'os.minimum-version.linux': {
    shape: version,
    aggregation: 'maximum-version',
    description: 'Oldest Linux distribution version allowed (CMP-06).',
  },
  'os.minimum-version.macos': {
    shape: version,
    aggregation: 'maximum-version',
    description: 'Oldest macOS version allowed (CMP-06).',
  },
  'os.minimum-version.ios': {
    shape: version,
    aggregation: 'maximum-version',
    description: 'Oldest iOS version allowed (CMP-06).',
  },
  'os.minimum-version.android': {
    shape: version,
    aggregation: 'maximum-version',
    description: 'Oldest Android version allowed (CMP-06).',
  },
  'os.minimum-version.windows': {
    shape: version,
    aggregation: 'maximum-version',
    description: 'Oldest Windows version allowed (CMP-06).',
  },
  'os.grace-minutes': {
    shape: integer(0, 90 * days),
    aggregation: 'minimum',
    unit: 'minutes',
    default: 0,
    description:
      'How long a device may stay on an older operating system, in quarantine, before its gates shut.',
  },
  'compromise.forbidden': {
    shape: boolean,
    aggregation: 'or',
    description: 'The device is not jailbroken, rooted or tampered with (POL-17, CMP-08).',
  },
  'check-in.maximum-age-hours': {
    shape: integer(1, 24 * 365),
    aggregation: 'minimum',
    unit: 'hours',
    description: 'Longest time a device may stay out of contact (CMP-05).',
  },
  'facts.maximum-age-hours': {
    shape: integer(1, 24 * 365),
    aggregation: 'minimum',
    unit: 'hours',
    default: 72,
    description: 'After how long a reported fact counts as unknown (GAP-08).',
  },
  'location.collect': {
    shape: boolean,
    aggregation: 'first',
    default: false,
    description: 'The device may report where it is (DLP-06).',
  },
  'restrictions.no-camera': {
    shape: boolean,
    aggregation: 'or',
    description: 'The camera cannot be used and its icon is gone (RST-01).',
  },
  'restrictions.no-screen-capture': {
    shape: boolean,
    aggregation: 'or',
    description: 'No pictures or recordings of the screen (RST-03).',
  },
  'restrictions.no-video-calls': {
    shape: boolean,
    aggregation: 'or',
    description: 'The system’s own video calls cannot be used (RST-07).',
  },
  'restrictions.no-app-installation': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users install no apps (RST-03).',
  },
  'restrictions.no-app-removal': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users remove no apps (RST-03).',
  },
  'restrictions.no-app-store': {
    shape: boolean,
    aggregation: 'or',
    description: 'The shop for apps cannot be opened; management still installs them (RST-07).',
  },
  'restrictions.no-unknown-app-sources': {
    shape: boolean,
    aggregation: 'or',
    description: 'Apps come only from the shop and from management (RST-03).',
  },
  'restrictions.no-browser': {
    shape: boolean,
    aggregation: 'or',
    description: 'The system’s own browser cannot be used (RST-07).',
  },
  'restrictions.no-media-store': {
    shape: boolean,
    aggregation: 'or',
    description: 'The shop for music and films cannot be used (RST-07).',
  },
  'restrictions.no-games-service': {
    shape: boolean,
    aggregation: 'or',
    description: 'The service for playing with others cannot be used (POL-16).',
  },
  'restrictions.no-assistant': {
    shape: boolean,
    aggregation: 'or',
    description: 'The voice assistant cannot be used (RST-03).',
  },
  'restrictions.no-assistant-while-locked': {
    shape: boolean,
    aggregation: 'or',
    description: 'The voice assistant does not answer while the screen is locked (RST-03).',
  },
  'restrictions.no-nearby-sharing': {
    shape: boolean,
    aggregation: 'or',
    description: 'Nothing is sent to devices nearby (RST-03).',
  },
  'restrictions.no-cloud-backup': {
    shape: boolean,
    aggregation: 'or',
    description: 'The device is not backed up to a cloud of the maker (RST-05).',
  },
  'restrictions.no-cloud-documents': {
    shape: boolean,
    aggregation: 'or',
    description: 'Documents and data are not kept in a cloud of the maker (RST-03, RST-05).',
  },
  'restrictions.no-cloud-passwords': {
    shape: boolean,
    aggregation: 'or',
    description: 'Passwords are not synchronized through a cloud of the maker (RST-03, RST-05).',
  },
  'restrictions.no-cloud-photos': {
    shape: boolean,
    aggregation: 'or',
    description: 'Photos are not kept in a cloud of the maker (RST-03).',
  },
  'restrictions.no-managed-app-cloud': {
    shape: boolean,
    aggregation: 'or',
    description: 'Apps of the organization keep nothing in a cloud of the maker (RST-05).',
  },
  'restrictions.encrypted-backup': {
    shape: boolean,
    aggregation: 'or',
    description: 'Backups to a computer are encrypted (RST-02).',
  },
  'restrictions.no-work-to-private': {
    shape: boolean,
    aggregation: 'or',
    description: 'Documents of the organization are not opened in private apps (RST-03).',
  },
  'restrictions.no-private-to-work': {
    shape: boolean,
    aggregation: 'or',
    description: 'Private documents are not opened in apps of the organization (RST-03).',
  },
  'restrictions.no-explicit-content': {
    shape: boolean,
    aggregation: 'or',
    description: 'Music and films with explicit content are hidden (RST-03).',
  },
  'restrictions.no-password-autofill': {
    shape: boolean,
    aggregation: 'or',
    description: 'Saved passwords are not filled in by themselves (RST-04).',
  },
  'restrictions.no-password-sharing': {
    shape: boolean,
    aggregation: 'or',
    description: 'Passwords are not shared with devices nearby (RST-04).',
  },
  'restrictions.no-passcode-change': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users do not add, change or remove the passcode (RST-04).',
  },
  'restrictions.no-notifications-while-locked': {
    shape: boolean,
    aggregation: 'or',
    description: 'A locked screen shows no past notifications (RST-04).',
  },
  'restrictions.no-account-changes': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users add and change no accounts (RST-03).',
  },
  'restrictions.no-profile-installation': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users install no configuration of their own (RST-03).',
  },
  'restrictions.no-reset': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users do not reset the device (RST-03).',
  },
  'restrictions.no-computer-pairing': {
    shape: boolean,
    aggregation: 'or',
    description: 'The device speaks to no computer by cable (RST-03).',
  },
  'restrictions.no-untrusted-certificates': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users cannot go past a warning about a server’s certificate (RST-03).',
  },
  'restrictions.no-diagnostics': {
    shape: boolean,
    aggregation: 'or',
    description: 'No diagnostic reports are sent to the maker (RST-03).',
  },
  'restrictions.no-vpn-creation': {
    shape: boolean,
    aggregation: 'or',
    description: 'Users make no VPN connections of their own (RST-03).',
  },
  'restrictions.maximum-app-rating': {
    shape: integer(0, 1_000),
    aggregation: 'minimum',
    description:
      'Apps above this rating are hidden: 0 none, 100 from 4 years, 200 from 9, 300 from 12, 600 from 17, 1000 all (RST-03).',
  },
  'restrictions.maximum-film-rating': {
    shape: integer(0, 1_000),
    aggregation: 'minimum',
    description: 'Films above this rating are hidden, by the scale of the maker: 0 none, 1000 all (RST-03).',
  },
  'mail.maximum-failed-attempts': {
    shape: integer(4, 16),
    aggregation: 'minimum',
    description: 'After how many wrong passcodes a mail client erases the device or locks it for a while.',
  },
  'mail.no-simple-passcode': {
    shape: boolean,
    aggregation: 'or',
    description: 'Mail clients refuse passcodes such as 1111 and 1234.',
  },
  'mail.passcode-recovery': {
    shape: boolean,
    aggregation: 'first',
    description: 'Mail clients deposit a recovery password with the server.',
  },
  'mail.encrypted-storage-card': {
    shape: boolean,
    aggregation: 'or',
    description: 'Storage cards are encrypted where a mail account is.',
  },
  'mail.no-storage-card': {
    shape: boolean,
    aggregation: 'or',
    description: 'No storage card is used where a mail account is.',
  },
  'mail.no-attachments': {
    shape: boolean,
    aggregation: 'or',
    description: 'Attachments are not downloaded.',
  },
  'mail.maximum-attachment-kilobytes': {
    shape: integer(1, 2_000_000),
    aggregation: 'minimum',
    unit: 'kilobytes',
    description: 'Largest attachment that is downloaded.',
  },
  'mail.maximum-email-age-days': {
    shape: integer(1, 30),
    aggregation: 'minimum',
    unit: 'days',
    description: 'How far back mail is kept on a device: the next step that is not longer (1, 3, 7, 14, 30).',
  },
  'mail.maximum-calendar-age-days': {
    shape: integer(14, 180),
    aggregation: 'minimum',
    unit: 'days',
    description:
      'How far back appointments are kept on a device: the next step that is not longer (14, 30, 90, 180).',
  },
  'mail.maximum-text-kilobytes': {
    shape: integer(0, 2_000_000),
    aggregation: 'minimum',
    unit: 'kilobytes',
    description: 'How much of a message’s text comes to a device; 0: its headers only.',
  },
  'mail.maximum-html-kilobytes': {
    shape: integer(0, 2_000_000),
    aggregation: 'minimum',
    unit: 'kilobytes',
    description: 'How much of a message’s HTML comes to a device; 0: its headers only.',
  },
  'mail.no-html': {
    shape: boolean,
    aggregation: 'or',
    description: 'Mail comes as plain text.',
  },
  'mail.manual-sync-when-roaming': {
    shape: boolean,
    aggregation: 'or',
    description: 'In foreign networks mail is fetched only when the user asks for it.',
  },
  'mail.smime-signed': {
    shape: boolean,
    aggregation: 'or',
    description: 'Mail that is sent is signed (S/MIME).',
  },
  'mail.smime-encrypted': {
    shape: boolean,
    aggregation: 'or',
    description: 'Mail that is sent is encrypted (S/MIME).',
  },
  'mail.smime-signature-algorithm': {
    shape: integer(0, 1),
    aggregation: 'minimum',
    description: 'How mail is signed: 0 SHA-1, 1 MD5; the protocol knows no others.',
  },
  'mail.smime-encryption-algorithm': {
    shape: integer(0, 4),
    aggregation: 'minimum',
    description: 'How mail is encrypted: 0 Triple DES, 1 DES, 2 RC2 with 128 bits, 3 with 64, 4 with 40.',
  },
  'mail.smime-negotiation': {
    shape: integer(0, 2),
    aggregation: 'minimum',
    description: 'Whether a device may choose another encryption: 0 no, 1 a strong one, 2 any.',
  },
  'mail.no-soft-certificates': {
    shape: boolean,
    aggregation: 'or',
    description: 'Keys for S/MIME stay in hardware.',
  },
  'mail.bluetooth': {
    shape: integer(0, 2),
    aggregation: 'minimum',
    description: 'Bluetooth where a mail account is: 0 off, 1 hands-free only, 2 on.',
  },
  'mail.no-unsigned-programs': {
    shape: boolean,
    aggregation: 'or',
    description: 'Programs without a signature do not run where a mail account is.',
  },
  'mail.no-unsigned-packages': {
    shape: boolean,
    aggregation: 'or',
    description: 'Packages without a signature are not installed where a mail account is.',
  },
  'mail.no-wifi': {
    shape: boolean,
    aggregation: 'or',
    description: 'Wi-Fi is off where a mail account is.',
  },
  'mail.no-text-messages': {
    shape: boolean,
    aggregation: 'or',
    description: 'No text messages where a mail account is.',
  },
  'mail.no-pop-imap': {
    shape: boolean,
    aggregation: 'or',
    description: 'No mail by POP3 or IMAP4 where a mail account is.',
  },
  'mail.no-infrared': {
    shape: boolean,
    aggregation: 'or',
    description: 'Infrared is off where a mail account is.',
  },
  'mail.no-desktop-sync': {
    shape: boolean,
    aggregation: 'or',
    description: 'The device does not synchronize with a computer.',
  },
  'mail.no-consumer-mail': {
    shape: boolean,
    aggregation: 'or',
    description: 'No private mail accounts where a mail account is.',
  },
  'mail.no-remote-desktop': {
    shape: boolean,
    aggregation: 'or',
    description: 'No remote desktops where a mail account is.',
  },
  'mail.no-internet-sharing': {
    shape: boolean,
    aggregation: 'or',
    description: 'The device shares its internet connection with nobody.',
  },
  'mail.forbidden-programs': {
    shape: { type: 'text', maximumLength: 2_000 },
    aggregation: 'first',
    description: 'Programs in ROM that may not run, by file name, with commas between.',
  },
  'mail.approved-programs': {
    shape: { type: 'text', maximumLength: 4_000 },
    aggregation: 'first',
    description: 'SHA-1 of the only programs in memory that may run, hexadecimal, with commas between.',
  },
  'support.contact': {
    shape: { type: 'text', maximumLength: 200 },
    aggregation: 'first',
    description: 'Whom the user can ask for help; shown next to every problem.',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof settingsCatalogue;

export const settingNames = Object.keys(settingsCatalogue) as readonly SettingName[];

export function isSettingName(value: string): value is SettingName {
  return Object.hasOwn(settingsCatalogue, value);
}

/** The row of one setting, as the general type. */
export function settingDefinition(name: SettingName): SettingDefinition {
  return settingsCatalogue[name];
}

type ValueOf<S> = S extends { type: 'boolean' } ? boolean : S extends { type: 'integer' } ? number : string;

export type SettingValueOf<N extends SettingName> = ValueOf<(typeof settingsCatalogue)[N]['shape']>;
export type SettingValue = boolean | number | string;

/** What one policy states; a setting that is absent is left to others. */
export type Settings = { readonly [N in SettingName]?: SettingValueOf<N> };
