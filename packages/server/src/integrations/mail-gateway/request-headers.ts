// What of a request’s headers is looked at, and what of it the mail server gets to see: nothing but the names on this page, each at
// most once, in a head that is written anew (EAS-T04).
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';

export interface RequestHeaders {
  authorization: string;
  version: string;
  policyKey: string;
  multiPart: string;
  contentType: string;
  userAgent: string;
  /** Bytes of the body; -1: it comes in chunks. */
  length: number;
  host: string;
  accept: string;
  acceptEncoding: string;
  acceptLanguage: string;
  cookie: string;
  forwardedFor: string | undefined;
}

const allowedConnection = /^(?:keep-alive|close)(?:\s*,\s*(?:keep-alive|close))*$/i;

function refuse(name: string, message: string, reason: string): DecodeError {
  return new DecodeError(message, { path: name, reason });
}

const twice = (name: string) => refuse(name, 'header appears twice', 'duplicate-header');

/**
 * @param rawHeaders name, value, name, value as they came (Node’s `rawHeaders`).
 * @throws DecodeError for what two readers could read differently.
 */
export function readRequestHeaders(rawHeaders: readonly string[]): RequestHeaders {
  const read: RequestHeaders = {
    authorization: '',
    version: '',
    policyKey: '',
    multiPart: '',
    contentType: '',
    userAgent: '',
    length: 0,
    host: '',
    accept: '',
    acceptEncoding: '',
    acceptLanguage: '',
    cookie: '',
    forwardedFor: undefined,
  };
  // One bit for each name that may stand once.
  let seen = 0;
  const once = (bit: number, name: string) => {
    if ((seen & bit) !== 0) throw twice(name);
    seen |= bit;
  };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    switch (name) {
      case 'authorization':
        once(1, name);
        read.authorization = value;
        break;
      case 'ms-asprotocolversion':
        once(2, name);
        read.version = value;
        break;
      case 'x-ms-policykey':
        once(4, name);
        read.policyKey = value;
        break;
      case 'ms-asacceptmultipart':
        once(8, name);
        read.multiPart = value;
        break;
      case 'content-type':
        once(16, name);
        read.contentType = value;
        break;
      case 'user-agent':
        once(32, name);
        read.userAgent = value;
        break;
      case 'content-length':
        once(64, name);
        if (!/^\d{1,12}$/.test(value)) throw refuse(name, 'not a length', 'bad-value');
        if (read.length === -1) throw refuse(name, 'a length beside chunks', 'contradiction');
        read.length = Number(value);
        break;
      case 'transfer-encoding':
        once(128, name);
        if (value.toLowerCase() !== 'chunked') throw refuse(name, 'not known', 'bad-value');
        if ((seen & 64) !== 0) throw refuse(name, 'chunks beside a length', 'contradiction');
        read.length = -1;
        break;
      case 'content-encoding':
        if (value.trim().toLowerCase() !== 'identity') throw refuse(name, 'not known', 'bad-value');
        break;
      case 'host':
        once(256, name);
        read.host = value;
        break;
      case 'connection':
        // A header that names others as meant for us alone would take them out of the request behind us.
        if (value !== '' && !allowedConnection.test(value.trim()))
          throw refuse(name, 'names headers', 'bad-value');
        break;
      case 'accept':
        once(512, name);
        read.accept = value;
        break;
      case 'accept-encoding':
        once(1024, name);
        read.acceptEncoding = value;
        break;
      case 'accept-language':
        once(2048, name);
        read.acceptLanguage = value;
        break;
      case 'cookie':
        once(4096, name);
        read.cookie = value;
        break;
      case 'x-forwarded-for':
        read.forwardedFor = read.forwardedFor === undefined ? value : `${read.forwardedFor},${value}`;
        break;
      case 'ms_asprotocolversion':
      case 'x_ms_policykey':
      case 'content_length':
      case 'transfer_encoding':
        // Some servers read an underscore as a hyphen.
        throw refuse(name, 'the twin of another header', 'contradiction');
      default:
    }
  }
  return read;
}
