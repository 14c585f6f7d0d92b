/** Our own writing of a query, whatever the reading came from: what a mail server behind the gateway is asked with. */
import { optionBits, parameterTags } from './base64-query.ts';
import { commandRow } from './commands.ts';
import type { CommandParameters, CommandQuery } from './command-query.ts';
import { type ProtocolVersion, versionByte } from './versions.ts';

/** Without the `?`. Version, policy key and the wish for a multipart answer go into headers here (`queryHeaders`). */
export function formatPlainQuery({ command, user, deviceId, deviceType, parameters }: CommandQuery): string {
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['Cmd', command],
    ['User', encoded(user)],
    ['DeviceId', percentEncode(deviceId)],
    ['DeviceType', encoded(deviceType)],
    ['AttachmentName', encoded(parameters.attachmentName)],
    ['CollectionId', encoded(parameters.collectionId)],
    ['ItemId', encoded(parameters.itemId)],
    ['LongId', encoded(parameters.longId)],
    ['Occurrence', encoded(parameters.occurrence)],
    ['SaveInSent', parameters.saveInSent === undefined ? undefined : parameters.saveInSent ? 'T' : 'F'],
  ];
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export interface Base64Query extends CommandQuery {
  /** 12.1 or newer. */
  readonly version: ProtocolVersion;
}

/**
 * Without the `?`, as devices write it: SOGo 5.8 does not undo percent-encoding here, and fails where there is any. @throws RangeError
 * for what one byte of length cannot say
 */
export function formatBase64Query(query: Base64Query): string {
  const version = versionByte(query.version);
  if (version < 121) throw new RangeError(`version ${query.version} has no base64 query`);
  const locale = query.locale ?? 0;
  const bytes = Buffer.concat([
    Uint8Array.of(version, commandRow(query.command).code, locale & 0xff, locale >> 8),
    counted(query.deviceId),
    counted(policyKeyBytes(query.policyKey)),
    counted(Buffer.from(query.deviceType, 'utf8')),
    ...parameterBytes(query),
  ]);
  return bytes.toString('base64');
}

function* parameterBytes({ parameters, user, acceptMultiPart }: CommandQuery): Generator<Uint8Array> {
  const texts: readonly (readonly [keyof typeof parameterTags, string | undefined])[] = [
    ['attachmentName', parameters.attachmentName],
    ['collectionId', parameters.collectionId],
    ['itemId', parameters.itemId],
    ['longId', parameters.longId],
    ['occurrence', parameters.occurrence],
    ['user', user],
  ];
  for (const [name, text] of texts) {
    if (text !== undefined) yield* [Uint8Array.of(parameterTags[name]), counted(Buffer.from(text, 'utf8'))];
  }
  const options = optionsByte(parameters, acceptMultiPart);
  if (options !== undefined) yield Uint8Array.of(parameterTags.options, 1, options);
}

function optionsByte(
  parameters: CommandParameters,
  acceptMultiPart: boolean | undefined,
): number | undefined {
  if (parameters.saveInSent === undefined && acceptMultiPart !== true) return undefined;
  return (
    (parameters.saveInSent === true ? optionBits.saveInSent : 0) |
    (acceptMultiPart === true ? optionBits.acceptMultiPart : 0)
  );
}

function policyKeyBytes(key: number | undefined): Uint8Array {
  if (key === undefined) return new Uint8Array(0);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(key);
  return bytes;
}

function counted(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 255) throw new RangeError(`${bytes.length} bytes do not fit one byte of length`);
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

function encoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : percentEncode(Buffer.from(text, 'utf8'));
}

function percentEncode(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  if (/^[A-Za-z0-9._~-]*$/.test(text)) return text;
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9._~-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

/** The query and the headers that say the rest: in base64 where it came so, otherwise in plain form. */
export function formatQuery(query: Base64Query): {
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  if (query.form === 'base64') return { query: formatBase64Query(query), headers: {} };
  return { query: formatPlainQuery(query), headers: queryHeaders(query) };
}

function queryHeaders({ version, policyKey, acceptMultiPart }: Base64Query): Record<string, string> {
  return {
    'MS-ASProtocolVersion': version,
    ...(policyKey === undefined ? {} : { 'X-MS-PolicyKey': String(policyKey) }),
    ...(acceptMultiPart === true ? { 'MS-ASAcceptMultiPart': 'T' } : {}),
  };
}
