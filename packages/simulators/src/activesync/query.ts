/** The query of a request, as the makes write it: in words, or packed into base64 (MS-ASHTTP section 2.2.1.1.1.1). */
import { type CommandName, commandRow, type ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import type { MailClientMake } from './makes.ts';

export interface QueryOptions {
  readonly make: MailClientMake;
  /** Base64 is of 12.1 and newer; before, everybody writes words. */
  readonly version: ProtocolVersion;
  readonly command: CommandName;
  readonly user: string;
  readonly deviceId: Uint8Array;
  readonly policyKey: number | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly shouts: boolean;
}

export function isPacked({ make, version }: Pick<QueryOptions, 'make' | 'version'>): boolean {
  return make.query === 'base64' && !['2.5', '12.0'].includes(version);
}

export function writeQuery(options: QueryOptions): string {
  return isPacked(options) ? packed(options) : plain(options);
}

function plain({ make, command, user, deviceId, parameters, shouts }: QueryOptions): string {
  const values = {
    Cmd: command,
    User: encodeURIComponent(user).replaceAll('%40', '@'),
    DeviceId: textOrHex(deviceId),
    DeviceType: make.deviceType,
  };
  const pairs = [
    ...make.order.map((name) => [name, values[name]] as const),
    ...Object.entries(parameters).map(([name, value]) => [name, encodeURIComponent(value)] as const),
  ];
  return pairs.map(([name, value]) => `${shouts ? name.toUpperCase() : name}=${value}`).join('&');
}

/** In words an id that is no text is written in hexadecimal. */
function textOrHex(deviceId: Uint8Array): string {
  const text = Buffer.from(deviceId).toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? encodeURIComponent(text) : Buffer.from(deviceId).toString('hex');
}

const tags: Readonly<Record<string, number>> = {
  AttachmentName: 0,
  CollectionId: 1,
  ItemId: 3,
  LongId: 4,
  Occurrence: 6,
};
const optionsTag = 7;
const saveInSent = 1;
/** en-US */
const locale = 0x0409;

function packed({ make, version, command, deviceId, policyKey, parameters }: QueryOptions): string {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(policyKey ?? 0);
  const sized = (bytes: Uint8Array) => [bytes.length, ...bytes];
  const rest = Object.entries(parameters).flatMap(([name, value]) => {
    if (name === 'SaveInSent') return value === 'T' ? [optionsTag, 1, saveInSent] : [];
    const tag = tags[name];
    return tag === undefined ? [] : [tag, ...sized(Buffer.from(value))];
  });
  return Buffer.from([
    Number(version.replace('.', '')),
    commandRow(command).code,
    locale & 0xff,
    locale >> 8,
    ...sized(deviceId),
    ...sized(policyKey === undefined ? Buffer.alloc(0) : key),
    ...sized(Buffer.from(make.deviceType, 'latin1')),
    ...rest,
  ]).toString('base64');
}
