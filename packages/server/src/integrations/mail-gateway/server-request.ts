// The head of a request to a mail server, written anew from our own reading: address, names and values are ours, so there is nothing in
// it that we have not read ourselves (EAS-T04, EAS-T05).
import {
  type CommandQuery,
  type CommandRequest,
  formatBase64Query,
  formatPlainQuery,
  isAtLeast,
  wbxmlContentType,
} from '@gatehouse/protocols/activesync/index.ts';
import { activeSyncPath } from './mail-servers.ts';
import type { RequestHeaders } from './request-headers.ts';

// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const unfit = /[\0-\x1f\x7f]/;

/** A value that a header can hold: no line ends in it. */
function fit(value: string): string {
  return unfit.test(value) ? value.replaceAll(new RegExp(unfit, 'g'), ' ') : value;
}

export function pathAt(url: URL): string {
  return url.pathname === '/' || url.pathname === '' ? activeSyncPath : url.pathname;
}

/** Request line and Host. @param query without the `?` */
export function beginHead(url: URL, method: 'POST' | 'OPTIONS', query: string): string {
  return `${method} ${pathAt(url)}${query === '' ? '' : `?${query}`} HTTP/1.1\r\nHost: ${url.host}\r\n`;
}

export function header(name: string, value: string): string {
  return value === '' ? '' : `${name}: ${fit(value)}\r\n`;
}

export interface AtServer {
  /** The name by which the mail server knows the person; undefined: as the client said it. */
  readonly user: string | undefined;
  /** The mail server’s own key, which is not the device’s (POL-14). */
  readonly policyKey: number | undefined;
}

/** What one byte of length can say. */
const longestInBase64 = 255;

/** In the form that the client chose, for the mail server knows the device by what stands in it. */
export function queryFor(request: CommandRequest, { user, policyKey }: AtServer): string {
  const { policyKey: _ours, user: said, ...rest } = request;
  const named = said === undefined ? undefined : (user ?? said);
  const query: CommandQuery = named === undefined ? rest : { ...rest, user: named };
  if (request.form === 'plain') return formatPlainQuery(query);
  const withKey = request.command === 'Ping' ? undefined : policyKey;
  // The name that the mail server knows may be longer than the client’s own. It stands beside the credentials too, and here it may be left out.
  const isTooLong = named !== undefined && Buffer.byteLength(named) > longestInBase64;
  return formatBase64Query({
    ...(isTooLong ? rest : query),
    version: request.version,
    ...(withKey === undefined ? {} : { policyKey: withKey }),
  });
}

const contentTypes = { wbxml: wbxmlContentType, mime: 'message/rfc822', none: '' } as const;

/** What stands before the header lines that say who asks, and behind them. */
export interface HeadAround {
  readonly before: string;
  readonly behind: string;
}

/**
 * Everything but who asks, what the mail server has said that we give back, and how long the body is.
 * @param query by {@link queryFor}
 * @param inspected the answer is looked into, so it should not come compressed.
 */
export function headAround(
  url: URL,
  query: string,
  request: CommandRequest,
  from: RequestHeaders,
  { policyKey }: Pick<AtServer, 'policyKey'>,
  inspected: boolean,
): HeadAround {
  let behind = '';
  if (request.form === 'plain') {
    behind += `MS-ASProtocolVersion: ${request.version}\r\n`;
    if (request.command !== 'Ping') behind += `X-MS-PolicyKey: ${policyKey ?? 0}\r\n`;
    if (request.acceptMultiPart) behind += 'MS-ASAcceptMultiPart: T\r\n';
  }
  if (from.length !== 0) behind += header('Content-Type', contentTypes[request.body]);
  behind += header('User-Agent', from.userAgent);
  behind += header('Accept-Language', from.acceptLanguage);
  if (!inspected) behind += header('Accept-Encoding', compressions(from.acceptEncoding));
  return { before: beginHead(url, 'POST', query), behind };
}

/**
 * Everything but what says how long the body is.
 * @param identity header lines that say who asks.
 */
export function headWith(
  { before, behind }: HeadAround,
  identity: string,
  request: CommandRequest,
  from: Pick<RequestHeaders, 'cookie'>,
): string {
  const head = before + identity + behind;
  return from.cookie !== '' && isAtLeast(request.version, '16.0')
    ? head + header('Cookie', from.cookie)
    : head;
}

/** Those that we could read ourselves. */
function compressions(accepted: string): string {
  return /\bgzip\b/i.test(accepted) ? 'gzip' : '';
}
