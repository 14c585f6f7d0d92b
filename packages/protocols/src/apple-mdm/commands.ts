/** The conversation about commands: the server's envelope and the device's result. */
import { DecodeError } from '../decode-error.ts';
import {
  isDictionary,
  type PlistDictionary,
  type PlistValue,
  readPlist,
  writePlist,
} from '../plist/index.ts';
import { type EnrolmentIdentity, identityKeys, readIdentity, writeIdentity } from './enrolment-identity.ts';
import { optional, otherKeys, readFields, refuse, text } from './fields.ts';

export interface AppleCommand {
  readonly commandUuid: string;
  readonly requestType: string;
  /** The other keys of `Command`. */
  readonly payload: PlistDictionary;
}

export function encodeCommand({ commandUuid, requestType, payload }: AppleCommand): Uint8Array {
  return writePlist({ CommandUUID: commandUuid, Command: { RequestType: requestType, ...payload } });
}

/** What a device reads. @throws DecodeError */
export function decodeCommand(bytes: Uint8Array): AppleCommand {
  const envelope = readPlist(bytes);
  if (!isDictionary(envelope)) throw new DecodeError('a command is a dictionary', { path: '$' });
  const { CommandUUID } = readFields(envelope, { CommandUUID: text(256) }, 'command');
  const command = envelope.Command;
  if (!isDictionary(command)) throw refuse('is not a dictionary', 'command', 'Command');
  const { RequestType } = readFields(command, { RequestType: text(256) }, 'command.Command');
  return {
    commandUuid: CommandUUID,
    requestType: RequestType,
    payload: otherKeys(command, new Set(['RequestType'])),
  };
}

/**
 * Idle: nothing to report, what is next? Acknowledged: done. Error: could not. CommandFormatError: did not understand, a fault
 * of the server. NotNow: ask again later.
 */
export const resultStatuses = ['Idle', 'Acknowledged', 'Error', 'CommandFormatError', 'NotNow'] as const;
export type ResultStatus = (typeof resultStatuses)[number];

/** One link of an error, outermost first. For people: codes and domains change between releases of the system. */
export interface AppleError {
  readonly code: number;
  readonly domain: string;
  readonly description: string;
  readonly englishDescription: string | undefined;
}

export interface CommandReport {
  readonly identity: EnrolmentIdentity;
  readonly status: ResultStatus;
  /** Absent with Idle. */
  readonly commandUuid: string | undefined;
  readonly errorChain: readonly AppleError[];
  /** Everything else: what the command asked for. */
  readonly response: PlistDictionary;
}

export const commandReportLimits = {
  /** Lists of apps and certificates are long. */
  maxBytes: 8 * 1024 * 1024,
  maxDepth: 32,
  maxNodes: 200_000,
  maxData: 4 * 1024 * 1024,
  maxKey: 1024,
} as const;

const knownKeys: ReadonlySet<string> = new Set([...identityKeys, 'Status', 'CommandUUID', 'ErrorChain']);
const mostErrors = 32;

/** @throws DecodeError */
export function decodeReport(bytes: Uint8Array): CommandReport {
  const message = readPlist(bytes, commandReportLimits);
  if (!isDictionary(message)) throw new DecodeError('a result is a dictionary', { path: '$' });
  const { Status, CommandUUID } = readFields(
    message,
    { Status: text(64), CommandUUID: optional(text(256)) },
    'result',
  );
  if (!isResultStatus(Status)) throw refuse('is none that is known', 'result', 'Status', 'unknown-status');
  if (CommandUUID === undefined && Status !== 'Idle') throw refuse('is missing', 'result', 'CommandUUID');
  return {
    identity: readIdentity(message, 'result'),
    status: Status,
    commandUuid: Status === 'Idle' ? undefined : CommandUUID,
    errorChain: readErrorChain(message.ErrorChain),
    response: otherKeys(message, knownKeys),
  };
}

function isResultStatus(text: string): text is ResultStatus {
  return (resultStatuses as readonly string[]).includes(text);
}

/** Lenient: an error that is told badly is an error all the same. */
export function readErrorChain(value: PlistValue | undefined): readonly AppleError[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, mostErrors)
    .filter((link) => isDictionary(link))
    .map((link) => ({
      code: typeof link.ErrorCode === 'number' ? link.ErrorCode : 0,
      domain: words(link.ErrorDomain) ?? '',
      description: words(link.LocalizedDescription) ?? words(link.USEnglishDescription) ?? '',
      englishDescription: words(link.USEnglishDescription),
    }));
}

function words(value: PlistValue | undefined): string | undefined {
  return typeof value === 'string' ? value.slice(0, 1000) : undefined;
}

/** What a device sends. */
export function encodeReport(report: CommandReport, format: 'xml' | 'binary' = 'xml'): Uint8Array {
  return writePlist(
    {
      ...writeIdentity(report.identity),
      Status: report.status,
      ...(report.commandUuid === undefined ? {} : { CommandUUID: report.commandUuid }),
      ...(report.errorChain.length === 0 ? {} : { ErrorChain: writeErrorChain(report.errorChain) }),
      ...report.response,
    },
    format,
  );
}

export function writeErrorChain(chain: readonly AppleError[]): PlistValue {
  return chain.map(({ code, domain, description, englishDescription }) => ({
    ErrorCode: code,
    ErrorDomain: domain,
    LocalizedDescription: description,
    ...(englishDescription === undefined ? {} : { USEnglishDescription: englishDescription }),
  }));
}
