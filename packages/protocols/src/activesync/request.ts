/**
 * One reading of a request's first line and headers (MS-ASHTTP section 2.2.1). What is forwarded is written anew from this
 * reading (`formatQuery`), so nobody behind us can read the request another way; where query and headers say different things,
 * it is refused (security rule EAS-T05).
 */
import { DecodeError } from '../decode-error.ts';
import { readBase64Query } from './base64-query.ts';
import type { CommandQuery } from './command-query.ts';
import { bodyKind, type CommandName, commandRow } from './commands.ts';
import { canBeSameUser, type Credentials, readCredentials } from './credentials.ts';
import { readHeaders, type RequestHeaders } from './headers.ts';
import { readPlainQuery } from './plain-query.ts';
import { isAtLeast, isProtocolVersion, type ProtocolVersion } from './versions.ts';

export interface RawRequest {
  readonly method: string;
  /** What follows the `?` of the request target, undecoded; empty without one. */
  readonly query: string;
  /** Name, value, name, value as they came (Node's `rawHeaders`). */
  readonly rawHeaders: readonly string[];
}

export interface CommandRequest extends CommandQuery {
  readonly kind: 'command';
  readonly version: ProtocolVersion;
  readonly acceptMultiPart: boolean;
  readonly credentials?: Credentials;
  readonly userAgent?: string;
  /** What a body is, if there is one. */
  readonly body: 'wbxml' | 'mime' | 'none';
}

export interface OptionsRequest {
  readonly kind: 'options';
  readonly credentials?: Credentials;
  readonly userAgent?: string;
  /** Some devices send a query here too; what it says of them is kept where it can be read. */
  readonly device?: { readonly deviceId: Uint8Array; readonly deviceType: string; readonly user?: string };
}

export type MailRequest = CommandRequest | OptionsRequest;

/** @throws DecodeError; `statusOfRequestError` says what HTTP status answers it */
export function readRequest(raw: RawRequest): MailRequest {
  const headers = readHeaders(raw.rawHeaders);
  switch (raw.method) {
    case 'OPTIONS':
      return readOptions(raw, headers);
    case 'POST':
      return readCommand(raw, headers);
    default:
      throw new DecodeError('only POST and OPTIONS are known', {
        path: 'method',
        reason: 'method-not-supported',
      });
  }
}

function readOptions(raw: RawRequest, headers: RequestHeaders): OptionsRequest {
  const device = raw.query === '' ? undefined : readDeviceOf(raw.query);
  return { kind: 'options', ...sender(headers), ...(device === undefined ? {} : { device }) };
}

function readDeviceOf(query: string): OptionsRequest['device'] {
  try {
    const { deviceId, deviceType, user } = readPlainQuery(query, { isOptions: true });
    return { deviceId, deviceType, ...(user === undefined ? {} : { user }) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function sender(headers: RequestHeaders): Pick<CommandRequest, 'credentials' | 'userAgent'> {
  const credentials = readCredentials(headers.get('authorization'));
  const userAgent = headers.get('user-agent');
  return {
    ...(credentials === undefined ? {} : { credentials }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

function readCommand(raw: RawRequest, headers: RequestHeaders): CommandRequest {
  const query = isBase64(raw.query) ? readBase64Query(raw.query) : readPlainQuery(raw.query);
  const version = agreeOnVersion(query, headers);
  const policyKey = agreeOnPolicyKey(query, headers);
  const acceptMultiPart = agreeOnMultiPart(query, headers);
  const body = agreeOnBody(query.command, version, headers);
  const who = sender(headers);
  if (!isAtLeast(version, commandRow(query.command).since))
    throw new DecodeError(`${query.command} is not of version ${version}`, {
      path: 'Cmd',
      reason: 'command-not-supported',
    });
  if (
    query.user !== undefined &&
    who.credentials?.scheme === 'basic' &&
    !canBeSameUser(query.user, who.credentials.user)
  )
    throw contradiction('User', 'the query names another user than the one who authenticates');
  return {
    ...query,
    kind: 'command',
    version,
    acceptMultiPart,
    body,
    ...(policyKey === undefined ? {} : { policyKey }),
    ...who,
  };
}

/** A plain query has an `=` with something behind it, or an `&`; base64 has `=` only as its padding. */
function isBase64(query: string): boolean {
  return /^(?:[A-Za-z0-9+/_-]|%[0-9A-Fa-f]{2})+(?:=|%3[dD]){0,2}$/.test(query);
}

function agreeOnVersion(query: CommandQuery, headers: RequestHeaders): ProtocolVersion {
  const header = headers.get('ms-asprotocolversion');
  if (header === undefined) {
    if (query.version !== undefined) return query.version;
    throw new DecodeError('the protocol version is missing', {
      path: 'MS-ASProtocolVersion',
      reason: 'missing-version',
    });
  }
  if (!isProtocolVersion(header))
    throw new DecodeError('not a protocol version that is spoken here', {
      path: 'MS-ASProtocolVersion',
      reason: /^1(?:\.0)?$/.test(header) ? 'version-too-old' : 'unsupported-version',
    });
  if (query.version !== undefined && query.version !== header)
    throw contradiction('MS-ASProtocolVersion', 'query and header name different versions');
  return header;
}

function agreeOnPolicyKey(query: CommandQuery, headers: RequestHeaders): number | undefined {
  const header = headers.get('x-ms-policykey');
  if (header === undefined || header === '') return query.policyKey;
  const fromHeader = /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN;
  // A few devices write the number as signed.
  const key = /^-\d{1,10}$/.test(header) && Number(header) >= -(2 ** 31) ? Number(header) >>> 0 : fromHeader;
  if (!(key <= 0xffffffff))
    throw new DecodeError('not an unsigned number of 32 bits', {
      path: 'X-MS-PolicyKey',
      reason: 'bad-policy-key',
    });
  if (query.form === 'base64' && (query.policyKey ?? 0) !== key)
    throw contradiction('X-MS-PolicyKey', 'query and header carry different policy keys');
  return key;
}

function agreeOnMultiPart(query: CommandQuery, headers: RequestHeaders): boolean {
  const header = headers.get('ms-asacceptmultipart');
  if (header === undefined) return query.acceptMultiPart ?? false;
  const asked = /^t$/i.test(header);
  if (!asked && !/^f?$/i.test(header))
    throw new DecodeError('T or F is expected', { path: 'MS-ASAcceptMultiPart', reason: 'bad-value' });
  if (query.acceptMultiPart !== undefined && query.acceptMultiPart !== asked)
    throw contradiction('MS-ASAcceptMultiPart', 'query and header disagree');
  return asked;
}

function agreeOnBody(
  command: CommandName,
  version: ProtocolVersion,
  headers: RequestHeaders,
): CommandRequest['body'] {
  const expected = bodyKind(command, version);
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isEmpty =
    (headers.get('content-length') ?? '0') === '0' && headers.get('transfer-encoding') === undefined;
  if (type === '' || isEmpty || expected === 'none') return expected;
  const said = contentTypes.get(type);
  if (said === undefined)
    throw new DecodeError('a body of this type is not known', {
      path: 'Content-Type',
      reason: 'bad-content-type',
    });
  if (said !== expected)
    throw contradiction('Content-Type', `${command} of version ${version} has another kind of body`);
  return expected;
}

const contentTypes: ReadonlyMap<string, 'wbxml' | 'mime'> = new Map([
  ['application/vnd.ms-sync.wbxml', 'wbxml'],
  ['application/vnd.ms-sync', 'wbxml'],
  ['message/rfc822', 'mime'],
]);

function contradiction(path: string, message: string): DecodeError {
  return new DecodeError(message, { path, reason: 'contradiction' });
}

/** What answers a request that `readRequest` refused (MS-ASHTTP section 2.2.2.1.1). */
export function statusOfRequestError({ reason }: DecodeError): 400 | 501 | 505 {
  switch (reason) {
    case 'method-not-supported':
    case 'unknown-command':
    case 'command-not-supported':
      return 501;
    case 'version-too-old':
      return 505;
    default:
      return 400;
  }
}
