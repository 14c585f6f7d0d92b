/** What a device says of itself, in Settings and from 14.1 on in Provision (MS-ASCMD section 2.2.3.45, MS-ASPROV 2.2.2.53). */
import { DecodeError } from '../decode-error.ts';
import { element, elementsOf, findChild, textOf, type WbxmlElement } from '../wbxml/index.ts';
import { settings } from './code-pages/commands.ts';
import { existsIn } from './code-pages/index.ts';
import type { ProtocolVersion } from './versions.ts';

const members = [
  'Model',
  'IMEI',
  'FriendlyName',
  'OS',
  'OSLanguage',
  'PhoneNumber',
  'UserAgent',
  'EnableOutboundSMS',
  'MobileOperator',
] as const;

/** All as the device writes them, at most 1024 characters each; nobody has checked any of it. */
export type DeviceInformation = { readonly [Name in (typeof members)[number]]?: string };

const mostCharacters = 1024;

/** What is longer is cut, what is not known is left out: a device is not turned away for its statistics. */
export function readDeviceInformation(container: WbxmlElement): DeviceInformation {
  const set = findChild(container, settings.tags.Set);
  if (set === undefined)
    throw new DecodeError('Set is missing', { path: 'DeviceInformation', reason: 'missing-element' });
  const found = elementsOf(set).flatMap((child) => {
    const name = members.find((member) => settings.tags[member] === child.tag);
    const text = name === undefined ? '' : tidy(textOf(child));
    return name === undefined || text === '' ? [] : [[name, text] as const];
  });
  return Object.fromEntries(found);
}

/** It ends up in lists and logs, so it keeps no control characters. */
function tidy(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, mostCharacters)
    .toWellFormed()
    .trim();
}

/** The container as a device sends it; what its version does not know is left out. */
export function writeDeviceInformation(
  version: ProtocolVersion,
  information: DeviceInformation,
): WbxmlElement {
  const said = members.flatMap((name) => {
    const text = information[name];
    return text === undefined || !existsIn(settings.rows[name], version)
      ? []
      : [element(settings.tags[name], text)];
  });
  return element(settings.tags.DeviceInformation, element(settings.tags.Set, ...said));
}
