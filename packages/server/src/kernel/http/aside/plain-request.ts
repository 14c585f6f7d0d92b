// A request that leaves no doubt: well formed by the letter, one Host, at most one length, and everything there is of it in one piece.
// Whatever is otherwise in any way is not refused here but left, unread, to Node's parser, which knows what to do about it; so
// nothing that is read here can be read in two ways (HTTP-03).

export interface PlainRequest {
  readonly method: string;
  readonly target: string;
  /** Name, value, name, value, as they came. */
  readonly rawHeaders: string[];
  /** Bytes up to the body. */
  readonly bodyAt: number;
  /** Bytes up to the end. */
  readonly end: number;
  /** The client may send another over the same connection. */
  readonly keepAlive: boolean;
}

export const plainLimits = { headBytes: 8 * 1024, headers: 64, bodyBytes: 64 * 1024 };

const methods: ReadonlySet<string> = new Set(['POST', 'OPTIONS', 'PUT']);
const endOfHead = Buffer.from('\r\n\r\n');
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const path = /^\/[\x21-\x7e]*$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const unfit = /[\0-\x08\x0a-\x1f\x7f]/;

/** Where the empty line begins that ends the head; -1 before it has come. */
export const endOfHeadIn = (bytes: Buffer): number => bytes.indexOf(endOfHead);

/** Bytes from the end of the head up to the body. */
export const emptyLineBytes = endOfHead.length;

/** @returns `unfinished`: what there is may become one; `other`: Node is to read it. */
export function readPlainRequest(
  bytes: Buffer,
  headEnd: number = endOfHeadIn(bytes),
): PlainRequest | 'unfinished' | 'other' {
  if (headEnd < 0) return bytes.length > plainLimits.headBytes ? 'other' : 'unfinished';
  if (headEnd > plainLimits.headBytes) return 'other';
  const head = bytes.toString('latin1', 0, headEnd);
  let lineEnd = endOfLine(head, 0);
  const methodEnd = head.indexOf(' ');
  const targetEnd = head.indexOf(' ', methodEnd + 1);
  const method = head.slice(0, methodEnd);
  const target = bytes.toString('latin1', methodEnd + 1, Math.max(targetEnd, 0));
  if (head.slice(targetEnd + 1, lineEnd) !== 'HTTP/1.1' || !methods.has(method) || !path.test(target))
    return 'other';

  const rawHeaders: string[] = [];
  let length: number | undefined;
  let hosts = 0;
  let keepAlive: boolean | undefined;
  while (lineEnd < head.length) {
    const start = lineEnd + 2;
    lineEnd = endOfLine(head, start);
    const colon = head.indexOf(':', start);
    if (colon < 0 || colon >= lineEnd) return 'other';
    const name = head.slice(start, colon);
    const value = textOf(bytes, head, colon + 1, lineEnd);
    // A name that begins with a blank would be a line that goes on; a bare CR or LF is none of the value's characters.
    if (!token.test(name) || unfit.test(value)) return 'other';
    if (rawHeaders.push(name, value) > 2 * plainLimits.headers) return 'other';
    switch (name.toLowerCase()) {
      case 'host':
        hosts += 1;
        break;
      case 'content-length':
        if (length !== undefined || !/^\d{1,9}$/.test(value)) return 'other';
        length = Number(value);
        break;
      case 'connection': {
        const said = value.toLowerCase();
        if (keepAlive !== undefined || (said !== 'keep-alive' && said !== 'close')) return 'other';
        keepAlive = said === 'keep-alive';
        break;
      }
      case 'transfer-encoding':
      case 'expect':
      case 'upgrade':
      case 'trailer':
      case 'proxy-connection':
      case 'http2-settings':
        return 'other';
      default:
    }
  }
  if (hosts !== 1 || (length ?? 0) > plainLimits.bodyBytes) return 'other';
  const bodyAt = headEnd + endOfHead.length;
  const end = bodyAt + (length ?? 0);
  if (bytes.length < end) return 'unfinished';
  return { method, target, rawHeaders, bodyAt, end, keepAlive: keepAlive ?? true };
}

function endOfLine(head: string, start: number): number {
  const end = head.indexOf('\r\n', start);
  return end < 0 ? head.length : end;
}

/**
 * Without the blanks around it, which are no part of a value; other spaces are. Longer ones are made anew: a part of `head` would keep
 * all of it in memory for as long as it is remembered itself, and there are credentials in it.
 */
function textOf(bytes: Buffer, head: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(head.charCodeAt(start))) start += 1;
  while (end > start && isBlank(head.charCodeAt(end - 1))) end -= 1;
  return end - start < 13 ? head.slice(start, end) : bytes.toString('latin1', start, end);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;
