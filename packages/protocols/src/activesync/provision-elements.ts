/**
 * The 42 elements of EASProvisionDoc in the order of the schema, one row each, read in both directions (MS-ASPROV section 2.2.2,
 * order: its schema; since: MS-ASWBXML). `open` is the value that restricts nothing: it is written for what a policy does not
 * set, because clients keep what an earlier document said of an element that is left out, and some take an empty boolean for 0.
 * Two elements lack 16.1 in the token table and have it in the text; they are sent to 16.1 too.
 */
import { provision } from './code-pages/commands.ts';
import type { ProtocolVersion } from './versions.ts';

export interface ElementRow<Kind extends 'boolean' | 'number' | 'list' = 'boolean' | 'number' | 'list'> {
  readonly kind: Kind;
  readonly since: ProtocolVersion;
  /** Written where the policy is silent; `empty` for an empty element, which here says that there is no limit. */
  readonly open: boolean | number | 'empty';
  readonly least?: number;
  readonly most?: number;
  /** Where only these numbers have a meaning. */
  readonly among?: readonly number[];
}

const bool = (since: ProtocolVersion, open: boolean): ElementRow<'boolean'> => ({
  kind: 'boolean',
  since,
  open,
});
const number = (
  since: ProtocolVersion,
  open: number | 'empty',
  least: number,
  most: number,
): ElementRow<'number'> => ({ kind: 'number', since, open, least, most });
const choice = (open: number, ...among: readonly number[]): ElementRow<'number'> => ({
  kind: 'number',
  since: '12.1',
  open,
  among,
});
const list: ElementRow<'list'> = { kind: 'list', since: '12.1', open: 'empty' };

const uint = 0xffffffff;
const int = 0x7fffffff;

export const provisionElements = {
  DevicePasswordEnabled: bool('12.0', false),
  AlphanumericDevicePasswordRequired: bool('12.0', false),
  PasswordRecoveryEnabled: bool('12.0', false),
  RequireStorageCardEncryption: bool('12.1', false),
  AttachmentsEnabled: bool('12.0', true),
  MinDevicePasswordLength: number('12.0', 'empty', 1, 16),
  /** Seconds; 9999 and more are no limit. */
  MaxInactivityTimeDeviceLock: number('12.0', 'empty', 0, uint),
  MaxDevicePasswordFailedAttempts: number('12.0', 'empty', 4, 16),
  /** Bytes. */
  MaxAttachmentSize: number('12.0', 'empty', 0, uint),
  AllowSimpleDevicePassword: bool('12.0', true),
  /** Days, 0 is never. */
  DevicePasswordExpiration: number('12.0', 'empty', 0, uint),
  DevicePasswordHistory: number('12.0', 0, 0, uint),
  AllowStorageCard: bool('12.1', true),
  AllowCamera: bool('12.1', true),
  RequireDeviceEncryption: bool('12.1', false),
  AllowUnsignedApplications: bool('12.1', true),
  AllowUnsignedInstallationPackages: bool('12.1', true),
  /** Of lower case, upper case, digits, others. */
  MinDevicePasswordComplexCharacters: number('12.1', 1, 1, 4),
  AllowWiFi: bool('12.1', true),
  AllowTextMessaging: bool('12.1', true),
  AllowPOPIMAPEmail: bool('12.1', true),
  /** 0 off, 1 hands-free only, 2 on. */
  AllowBluetooth: choice(2, 0, 1, 2),
  AllowIrDA: bool('12.1', true),
  RequireManualSyncWhenRoaming: bool('12.1', false),
  AllowDesktopSync: bool('12.1', true),
  /** 0 all, 4 two weeks, 5 one month, 6 three months, 7 six months. */
  MaxCalendarAgeFilter: choice(0, 0, 4, 5, 6, 7),
  AllowHTMLEmail: bool('12.1', true),
  /** 0 all, 1 one day, 2 three days, 3 one week, 4 two weeks, 5 one month. */
  MaxEmailAgeFilter: choice(0, 0, 1, 2, 3, 4, 5),
  /** KiB; -1 not truncated, 0 headers only. */
  MaxEmailBodyTruncationSize: number('12.1', -1, -1, int),
  MaxEmailHTMLBodyTruncationSize: number('12.1', -1, -1, int),
  RequireSignedSMIMEMessages: bool('12.1', false),
  RequireEncryptedSMIMEMessages: bool('12.1', false),
  /** 0 SHA-1, 1 MD5. */
  RequireSignedSMIMEAlgorithm: choice(0, 0, 1),
  /** 0 3DES, 1 DES, 2 RC2 of 128 bits, 3 of 64, 4 of 40. */
  RequireEncryptionSMIMEAlgorithm: choice(0, 0, 1, 2, 3, 4),
  /** 0 no, 1 strong only, 2 any. */
  AllowSMIMEEncryptionAlgorithmNegotiation: choice(2, 0, 1, 2),
  AllowSMIMESoftCerts: bool('12.1', true),
  AllowBrowser: bool('12.1', true),
  AllowConsumerEmail: bool('12.1', true),
  AllowRemoteDesktop: bool('12.1', true),
  AllowInternetSharing: bool('12.1', true),
  /** File names of applications in ROM. */
  UnapprovedInROMApplicationList: list,
  /** SHA-1 of applications in memory, as text; if there is one, only these run. */
  ApprovedApplicationList: list,
} as const satisfies Readonly<Record<string, ElementRow>>;

export type ProvisionElement = keyof typeof provisionElements;

type ValueOf<Row> =
  Row extends ElementRow<'boolean'> ? boolean : Row extends ElementRow<'number'> ? number : readonly string[];

/** A policy in the words of EASProvisionDoc; what is absent is not restricted. */
export type ProvisionPolicy = {
  readonly [Name in ProvisionElement]?: ValueOf<(typeof provisionElements)[Name]>;
};

export const provisionElementNames = Object.keys(provisionElements) as ProvisionElement[];

export function elementRow(name: ProvisionElement): ElementRow {
  return provisionElements[name];
}

/** The element inside each list. */
export const listItems: Readonly<Partial<Record<ProvisionElement, number>>> = {
  UnapprovedInROMApplicationList: provision.tags.ApplicationName,
  ApprovedApplicationList: provision.tags.Hash,
};
