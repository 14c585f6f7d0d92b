/**
 * What a stranger's web server answers on a connection of its own: as much of an HTTP/1.x message (RFC 9112) as was heard. It is looked at and
 * never believed, so that a body cut short is a body all the same.
 */
import { DecodeError, requireAtMost } from '../decode-error.ts';

export interface HttpAnswer {
  readonly status: number;
  /** The first value of a field by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Without the frames of chunked coding; what was compressed stays so. */
  readonly body: Buffer;
  /** Whether the message says itself that it ends here. */
  readonly complete: boolean;
}

export const mostAnswerBytes = 64 * 1024;
const mostHeadBytes = 16 * 1024;
const mostFields = 100;

/** @throws DecodeError for what is no answer of a web server; `incomplete` while its head has not ended. */
export function decodeHttpAnswer(bytes: Uint8Array): HttpAnswer {
  requireAtMost(bytes, mostAnswerBytes, 'an answer');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = buffer.toString('latin1', 0, 13);
  if (!/^HTTP\/1\.[01] [1-5]\d\d[ \r\n]?/.test(start)) {
    const begun = start.length < 12 && 'HTTP/1.'.startsWith(start.slice(0, 7));
    throw new DecodeError('no answer of a web server', {
      offset: 0,
      reason: begun ? 'incomplete' : 'malformed',
    });
  }
  const end = buffer.indexOf('\r\n\r\n');
  const bare = buffer.indexOf('\n\n');
  const headEnd = end === -1 ? bare : bare === -1 ? end : Math.min(end, bare);
  if (headEnd === -1 || headEnd > mostHeadBytes) {
    const reason = buffer.length > mostHeadBytes ? 'too-large' : 'incomplete';
    throw new DecodeError('the head of the answer does not end', { offset: buffer.length, reason });
  }
  const fields = new Map<string, string>();
  const lines = buffer.toString('latin1', 0, headEnd).split(/\r?\n/);
  for (const line of lines.slice(1, 1 + mostFields)) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \t]*(.*?)[ \t]*$/.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (name !== undefined && !fields.has(name)) fields.set(name, match?.[2] ?? '');
  }
  const status = Number(start.slice(9, 12));
  const rest = buffer.subarray(headEnd + (headEnd === end ? 4 : 2));
  return { status, header: (name) => fields.get(name), ...bodyOf(rest, status, fields) };
}

function bodyOf(
  rest: Buffer,
  status: number,
  fields: ReadonlyMap<string, string>,
): Pick<HttpAnswer, 'body' | 'complete'> {
  if (status < 200 || status === 204 || status === 304) return { body: Buffer.alloc(0), complete: true };
  if (/\bchunked\b/i.test(fields.get('transfer-encoding') ?? '')) return joinChunks(rest);
  const length = fields.get('content-length');
  if (length === undefined || !/^\d{1,15}$/.test(length)) return { body: rest, complete: false };
  return { body: rest.subarray(0, Number(length)), complete: rest.length >= Number(length) };
}

function joinChunks(rest: Buffer): Pick<HttpAnswer, 'body' | 'complete'> {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < rest.length) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size =
      lineEnd === -1
        ? undefined
        : /^([0-9a-f]{1,8})(?:[ ;].*)?$/i.exec(rest.toString('latin1', at, lineEnd))?.[1];
    if (size === undefined) break;
    const from = lineEnd + 2;
    const wanted = Number.parseInt(size, 16);
    if (wanted === 0) return { body: Buffer.concat(parts), complete: true };
    parts.push(rest.subarray(from, from + wanted));
    at = from + wanted + 2;
  }
  return { body: Buffer.concat(parts), complete: false };
}
