/** Settings (MS-ASCMD section 2.2.1.18) as far as a gateway or a server without a mailbox takes part: the statistics, and one answer for each part asked for. */
import { element, elementsOf, encodeWbxml, findChild, textOf, type WbxmlElement } from '../wbxml/index.ts';
import { settings } from './code-pages/commands.ts';
import {
  type DeviceInformation,
  readDeviceInformation,
  writeDeviceInformation,
} from './device-information.ts';
import { decodeRoot, readFields } from './read-fields.ts';
import { isAtLeast, type ProtocolVersion } from './versions.ts';

const { tags } = settings;

const parts = {
  oof: tags.Oof,
  devicePassword: tags.DevicePassword,
  deviceInformation: tags.DeviceInformation,
  userInformation: tags.UserInformation,
  rightsManagement: tags.RightsManagementInformation,
};

/** The parts beside DeviceInformation; what they hold passes a gateway unread. */
export type OtherSettingsPart = Exclude<keyof typeof parts, 'deviceInformation'>;

export interface SettingsRequest {
  readonly deviceInformation?: DeviceInformation;
  readonly otherParts: readonly OtherSettingsPart[];
}

const otherParts: readonly OtherSettingsPart[] = [
  'oof',
  'devicePassword',
  'userInformation',
  'rightsManagement',
];

/** @throws DecodeError */
export function readSettingsRequest(bytes: Uint8Array): SettingsRequest {
  const fields = readFields(decodeRoot(bytes, tags.Settings), parts);
  const information = fields.deviceInformation;
  return {
    ...(information === undefined ? {} : { deviceInformation: readDeviceInformation(information) }),
    otherParts: otherParts.filter((part) => fields[part] !== undefined),
  };
}

/** The device's direction. */
export function settingsRequest(version: ProtocolVersion, information: DeviceInformation): Uint8Array {
  return encodeWbxml(element(tags.Settings, writeDeviceInformation(version, information)));
}

/** 1 ok, 2 protocol error, 3 access denied, 4 server unavailable, 5 invalid arguments, 6 conflicting, 7 denied by policy. */
export type SettingsStatus = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface SettingsAnswer {
  readonly status: SettingsStatus;
  readonly deviceInformation?: SettingsStatus;
  readonly oof?: SettingsStatus;
  readonly devicePassword?: SettingsStatus;
  readonly rightsManagement?: SettingsStatus;
  readonly userInformation?: { readonly status: SettingsStatus; readonly emailAddresses: readonly string[] };
}

export function settingsAnswer(version: ProtocolVersion, answer: SettingsAnswer): Uint8Array {
  const part = (tag: number, status: SettingsStatus | undefined) =>
    status === undefined ? [] : [element(tag, element(tags.Status, String(status)))];
  return encodeWbxml(
    element(
      tags.Settings,
      element(tags.Status, String(answer.status)),
      ...part(tags.Oof, answer.oof),
      ...part(tags.DeviceInformation, answer.deviceInformation),
      ...part(tags.DevicePassword, answer.devicePassword),
      ...(answer.userInformation === undefined ? [] : [userInformation(version, answer.userInformation)]),
      ...part(tags.RightsManagementInformation, answer.rightsManagement),
    ),
  );
}

/** From 14.1 on the addresses stand inside an account. */
function userInformation(
  version: ProtocolVersion,
  { status, emailAddresses }: NonNullable<SettingsAnswer['userInformation']>,
): WbxmlElement {
  const smtp = emailAddresses.map((address) => element(tags.SMTPAddress, address));
  const primary = emailAddresses.slice(0, 1).map((address) => element(tags.PrimarySmtpAddress, address));
  const addresses = (...more: readonly WbxmlElement[]) => element(tags.EmailAddresses, ...smtp, ...more);
  const get = isAtLeast(version, '14.1')
    ? element(tags.Get, element(tags.Accounts, element(tags.Account, addresses(...primary))))
    : element(tags.Get, addresses());
  return element(tags.UserInformation, element(tags.Status, String(status)), get);
}

export interface ReadSettingsAnswer {
  readonly status?: string;
  readonly deviceInformation?: string;
}

/** What a server said; a server may leave out the part. @throws DecodeError */
export function readSettingsAnswer(bytes: Uint8Array): ReadSettingsAnswer {
  const root = decodeRoot(bytes, tags.Settings);
  const statusIn = (node: WbxmlElement | undefined) =>
    node === undefined ? undefined : elementsOf(node).find(({ tag }) => tag === tags.Status);
  const status = statusIn(root);
  const information = statusIn(findChild(root, tags.DeviceInformation));
  return {
    ...(status === undefined ? {} : { status: textOf(status) }),
    ...(information === undefined ? {} : { deviceInformation: textOf(information) }),
  };
}
