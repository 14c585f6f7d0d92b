// The head of a mail server's answer, read strictly: where two readers could disagree on where an answer ends, the mail of one
// person would reach another over a connection that both use. So whatever is not plainly framed ends the connection (EAS-T04).
import { UpstreamError } from './upstream-error.ts';

export interface ResponseHead {
  readonly status: number;
  /** Names in lower case and values, in turn, as they came. */
  readonly headers: readonly string[];
  /** Bytes that follow; `chunked`, or `until-close` for a server that says neither. */
  readonly body: number | 'chunked' | 'until-close';
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
  /** Seconds that the server keeps an idle connection, where it says so. */
  readonly keepAliveSeconds: number | undefined;
}

export const responseHeadLimits = { bytes: 32 * 1024, headers: 100 };

const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const unfit = /[\0-\x08\x0a-\x1f\x7f]/;

function malformed(what: string): UpstreamError {
  return new UpstreamError('malformed', `The mail server’s answer has ${what}`);
}

function lengthOf(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw malformed('no readable length');
  return Number(value);
}

/**
 * @param text everything before the empty line, as latin1.
 * @throws UpstreamError `malformed`
 */
export function readResponseHead(text: string): ResponseHead {
  const endOfFirst = text.indexOf('\r\n');
  const first = statusLine.exec(endOfFirst < 0 ? text : text.slice(0, endOfFirst));
  if (first === null) throw malformed('no status line');
  const status = Number(first[2]);
  let keepAlive = first[1] === '1';
  let keepAliveSeconds: number | undefined;
  let length: number | undefined;
  let chunked = false;
  const headers: string[] = [];
  for (let start = endOfFirst < 0 ? text.length : endOfFirst + 2; start < text.length; ) {
    let end = text.indexOf('\r\n', start);
    if (end < 0) end = text.length;
    const colon = text.indexOf(':', start);
    if (colon < 0 || colon >= end) throw malformed('a header without a name');
    const name = text.slice(start, colon).toLowerCase();
    const value = text.slice(colon + 1, end).trim();
    // A name that begins with a space would be a continued line.
    if (!fieldName.test(name) || unfit.test(value)) throw malformed('a header that is none');
    if (headers.push(name, value) > 2 * responseHeadLimits.headers) throw malformed('too many headers');
    if (name === 'content-length') {
      if (length !== undefined) throw malformed('two lengths');
      length = lengthOf(value);
    } else if (name === 'transfer-encoding') {
      if (chunked || value.toLowerCase() !== 'chunked') throw malformed('a strange transfer encoding');
      chunked = true;
    } else if (name === 'connection') {
      const said = value.toLowerCase();
      if (said.includes('close')) keepAlive = false;
      else if (said.includes('keep-alive')) keepAlive = true;
    } else if (name === 'keep-alive') {
      const seconds = /timeout=(\d{1,6})/i.exec(value)?.[1];
      if (seconds !== undefined) keepAliveSeconds = Number(seconds);
    }
    start = end + 2;
  }
  if (chunked && (length !== undefined || first[1] === '0')) throw malformed('two ways to end');
  if (status < 200 || status === 204 || status === 304)
    return { status, headers, body: 0, keepAlive, keepAliveSeconds };
  const body = chunked ? 'chunked' : (length ?? 'until-close');
  return { status, headers, body, keepAlive: keepAlive && body !== 'until-close', keepAliveSeconds };
}

/** The value of a header; the first one where it stands twice. */
export function headerOf(head: Pick<ResponseHead, 'headers'>, name: string): string | undefined {
  for (let index = 0; index < head.headers.length; index += 2)
    if (head.headers[index] === name) return head.headers[index + 1];
  return undefined;
}
