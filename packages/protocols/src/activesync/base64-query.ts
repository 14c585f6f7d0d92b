/** The query as base64 of bytes, from 12.1 on (MS-ASHTTP section 2.2.1.1.1.1.1). */
import { DecodeError } from '../decode-error.ts';
import { findCommandByCode } from './commands.ts';
import { requireDeviceId, requireText } from './query-values.ts';
import type { CommandParameters, CommandQuery } from './command-query.ts';
import { versionFromByte } from './versions.ts';

const mostCharacters = 4096;

/** Tags of the parameters; 2 and 5 are not assigned. */
export const parameterTags = {
  attachmentName: 0,
  collectionId: 1,
  itemId: 3,
  longId: 4,
  occurrence: 6,
  options: 7,
  user: 8,
} as const;

export const optionBits = { saveInSent: 0x01, acceptMultiPart: 0x02 } as const;

export function readBase64Query(query: string): CommandQuery {
  const reader = new QueryReader(toBytes(query));
  const version = versionFromByte(reader.byte('version'));
  const code = reader.byte('command');
  const command = findCommandByCode(code);
  if (command === undefined)
    throw new DecodeError(`no command has the number ${code}`, {
      path: 'command',
      reason: 'unknown-command',
    });
  const locale = reader.byte('locale') + reader.byte('locale') * 256;
  const deviceId = requireDeviceId(reader.counted('deviceId'));
  const policyKey = readPolicyKey(reader);
  const deviceType = requireText(toText(reader.counted('deviceType'), 'deviceType'), 'deviceType');
  const { options, user, ...parameters } = readParameters(reader);
  return {
    form: 'base64',
    version,
    command,
    locale,
    deviceId,
    deviceType,
    ...(policyKey === undefined ? {} : { policyKey }),
    ...(user === undefined ? {} : { user }),
    ...(options === undefined ? {} : { acceptMultiPart: (options & optionBits.acceptMultiPart) !== 0 }),
    parameters: {
      ...parameters,
      ...(options === undefined ? {} : { saveInSent: (options & optionBits.saveInSent) !== 0 }),
    },
  };
}

function toBytes(query: string): Uint8Array {
  if (query.length > mostCharacters)
    throw new DecodeError('query is too long', { path: 'query', reason: 'too-large' });
  const text = query
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replace(/={0,2}$/, '');
  if (!/^[A-Za-z0-9+/_-]+$/.test(text) || text.length % 4 === 1)
    throw new DecodeError('not base64', { path: 'query', reason: 'bad-encoding' });
  return Buffer.from(text, 'base64');
}

function readPolicyKey(reader: QueryReader): number | undefined {
  const bytes = reader.counted('policyKey');
  if (bytes.length === 0) return undefined;
  if (bytes.length !== 4)
    throw new DecodeError(`a policy key of ${bytes.length} bytes`, {
      path: 'policyKey',
      reason: 'bad-policy-key',
    });
  return Buffer.from(bytes).readUInt32LE();
}

type Parameters = Omit<CommandParameters, 'saveInSent'> & {
  readonly options?: number;
  readonly user?: string;
};

/** Parameters of numbers that are not ours are dropped, and so never forwarded. */
function readParameters(reader: QueryReader): Parameters {
  const found = new Map<string, string | number>();
  while (!reader.isAtEnd) {
    const tag = reader.byte('parameters');
    const value = reader.counted('parameters');
    const [name] = Object.entries(parameterTags).find(([, number]) => number === tag) ?? [];
    if (name === undefined) continue;
    if (found.has(name))
      throw new DecodeError('parameter appears twice', { path: name, reason: 'duplicate-parameter' });
    found.set(name, readValue(name, value));
  }
  return Object.fromEntries(found);
}

function readValue(name: string, value: Uint8Array): string | number {
  switch (name) {
    case 'options':
      if (value.length !== 1)
        throw new DecodeError('one byte is expected', { path: name, reason: 'bad-value' });
      return value[0] ?? 0;
    default:
      return requireText(toText(value, name), name);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toText(bytes: Uint8Array, path: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new DecodeError('not UTF-8', { path, reason: 'bad-encoding' });
  }
}

class QueryReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(path: string): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined)
      throw new DecodeError('the query ends early', { offset: this.#at, path, reason: 'truncated' });
    this.#at += 1;
    return byte;
  }

  /** One byte says how many follow. */
  counted(path: string): Uint8Array {
    const length = this.byte(path);
    if (this.#at + length > this.#bytes.length)
      throw new DecodeError('the query ends early', { offset: this.#at, path, reason: 'truncated' });
    this.#at += length;
    return Uint8Array.from(this.#bytes.subarray(this.#at - length, this.#at));
  }
}
