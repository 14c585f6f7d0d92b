/** Bodies of a 403 that a device understands. The code decides what it does: `com.apple.unrecognized.device` unenrols it. */
import { DecodeError } from '../decode-error.ts';
import { isDictionary, type PlistDictionary, readPlist, writePlist } from '../plist/index.ts';
import { optional, readFields, text } from './fields.ts';
import { appleMediaTypes } from './media-types.ts';

export const appleErrorCodes = [
  'com.apple.softwareupdate.required',
  'com.apple.unrecognized.device',
  'com.apple.watch.pairing.token.missing',
  'com.apple.well-known.failed',
  'com.apple.psso.required',
] as const;
export type AppleErrorCode = (typeof appleErrorCodes)[number];

export interface AppleErrorBody {
  readonly code: AppleErrorCode;
  /** For the device's log alone. */
  readonly description?: string;
  /** Shown to the user where the device can. */
  readonly message?: string;
  readonly details?: PlistDictionary;
}

export interface EncodedErrorBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export function encodeErrorBody(body: AppleErrorBody, format: 'json' | 'xml' = 'xml'): EncodedErrorBody {
  return format === 'json'
    ? { contentType: appleMediaTypes.json, body: Buffer.from(JSON.stringify(body)) }
    : { contentType: appleMediaTypes.answer, body: writePlist({ ...body }) };
}

/** What a device reads; undefined when the body is none of those that it knows. */
export function decodeErrorBody({ contentType, body }: EncodedErrorBody): AppleErrorBody | undefined {
  try {
    const value = contentType.startsWith(appleMediaTypes.json)
      ? (JSON.parse(Buffer.from(body).toString('utf8')) as PlistDictionary | null)
      : readPlist(body);
    if (value === null || !isDictionary(value)) return undefined;
    const { code, ...rest } = readFields(
      value,
      {
        code: text(128),
        description: optional(text(4096)),
        message: optional(text(4096)),
        details: optional({ type: 'dictionary' }),
      },
      'error',
    );
    return (appleErrorCodes as readonly string[]).includes(code)
      ? { code: code as AppleErrorCode, ...rest }
      : undefined;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
