/** The query in plain form: `Cmd=FolderSync&User=ann&DeviceId=…&DeviceType=…`, in any order and any case of its names. */
import { DecodeError } from '../decode-error.ts';
import { findCommand } from './commands.ts';
import { decodeText } from './credentials.ts';
import { requireDeviceId, requireText } from './query-values.ts';
import type { CommandParameters, CommandQuery } from './command-query.ts';

const limits = { characters: 4096, pairs: 64 } as const;

const names = [
  'cmd',
  'user',
  'deviceid',
  'devicetype',
  'attachmentname',
  'collectionid',
  'itemid',
  'longid',
  'occurrence',
  'saveinsent',
] as const;
type Name = (typeof names)[number];
/** Those of single commands. */
const parameterNames = names.slice(4);
type Values = ReadonlyMap<Name, Uint8Array>;

/** @param isOptions that the method says what is asked, so there is no `Cmd` */
export function readPlainQuery(query: string, { isOptions = false } = {}): CommandQuery {
  const values = readPairs(query);
  const user = values.get('user');
  return {
    form: 'plain',
    command: isOptions ? 'Provision' : readCommand(values),
    ...(user === undefined || user.length === 0 ? {} : { user: requireText(decodeText(user), 'User') }),
    deviceId: requireDeviceId(required(values, 'deviceid', 'DeviceId')),
    deviceType: requireText(toText(required(values, 'devicetype', 'DeviceType'), 'DeviceType'), 'DeviceType'),
    parameters: readParameters(values),
  };
}

function readCommand(values: Values): CommandQuery['command'] {
  const command = findCommand(toText(required(values, 'cmd', 'Cmd'), 'Cmd'));
  if (command === undefined)
    throw new DecodeError('no such command', { path: 'Cmd', reason: 'unknown-command' });
  return command;
}

function readParameters(values: Values): CommandParameters {
  if (!parameterNames.some((name) => values.has(name))) return {};
  const text = (name: Name) => {
    const value = values.get(name);
    return value === undefined ? undefined : requireText(toText(value, name), name);
  };
  const saved = text('saveinsent')?.toUpperCase();
  if (saved !== undefined && saved !== 'T' && saved !== 'F')
    throw new DecodeError('T or F is expected', { path: 'SaveInSent', reason: 'bad-value' });
  return present({
    attachmentName: text('attachmentname'),
    collectionId: text('collectionid'),
    itemId: text('itemid'),
    longId: text('longid'),
    occurrence: text('occurrence'),
    saveInSent: saved === undefined ? undefined : saved === 'T',
  });
}

function present(
  members: {
    readonly [name in keyof CommandParameters]: CommandParameters[name] | undefined;
  },
): CommandParameters {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Names that are not ours are dropped, and so never forwarded. */
function readPairs(query: string): Values {
  if (query.length > limits.characters) throw refuse('query', 'query is too long', 'too-large');
  const pairs = query.split('&').filter((pair) => pair !== '');
  if (pairs.length > limits.pairs) throw refuse('query', `more than ${limits.pairs} parameters`, 'too-large');
  const values = new Map<Name, Uint8Array>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    // Something without `=` beside parameters: a base64 query that somebody else might read instead.
    if (equals === -1) throw refuse('query', 'a parameter without a value', 'contradiction');
    const name = toName(pair.slice(0, equals));
    if (name === undefined) continue;
    if (values.has(name)) throw refuse(name, 'parameter appears twice', 'duplicate-parameter');
    values.set(name, percentDecode(fromForm(pair.slice(equals + 1)), name));
  }
  return values;
}

const known: ReadonlyMap<string, Name> = new Map(names.map((name) => [name, name]));

function toName(text: string): Name | undefined {
  const decoded = plainAscii.test(text) ? text : Buffer.from(percentDecode(text, 'query')).toString('latin1');
  return known.get(decoded.toLowerCase());
}

/**
 * Mail servers read `+` as a space, as forms have it, so that is how it is meant; but whoever leaves an `@` bare does not encode
 * as forms do, and means a plus.
 */
function fromForm(value: string): string {
  return value.includes('@') ? value : value.replaceAll('+', ' ');
}

const plainAscii = /^[ -$&-~]*$/;

/** To bytes, because a device id may be any; what is not ASCII came unencoded, one character a byte. */
function percentDecode(text: string, path: string): Uint8Array {
  // Most have nothing to decode, and every request comes through here.
  if (plainAscii.test(text)) return new Uint8Array(Buffer.from(text, 'latin1'));
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0xff) throw refuse(path, 'not a byte', 'bad-encoding');
    if (code !== 0x25) {
      bytes.push(code);
      continue;
    }
    const digits = text.slice(index + 1, index + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw refuse(path, 'invalid percent-encoding', 'bad-encoding');
    bytes.push(Number.parseInt(digits, 16));
    index += 2;
  }
  return Uint8Array.from(bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toText(bytes: Uint8Array, path: string): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (plainAscii.test(text)) return text;
  try {
    return utf8.decode(bytes);
  } catch {
    throw refuse(path, 'not UTF-8', 'bad-encoding');
  }
}

function required(values: Values, name: Name, path: string): Uint8Array {
  const value = values.get(name);
  if (value === undefined) throw refuse(path, 'parameter is missing', 'missing-parameter');
  return value;
}

function refuse(path: string, message: string, reason: string): DecodeError {
  return new DecodeError(message, { path, reason });
}
