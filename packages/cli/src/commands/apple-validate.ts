// `gatehouse apple validate`: is this profile, command, message or declaration right, and may that device have it? Offline,
// with the catalogue and the readers that the server uses.
import { readFileSync, statSync } from 'node:fs';
import {
  findCheckIn,
  type Platform,
  platforms,
  type Problem,
  type Target,
  validate,
  validateCommand,
  validateDeclaration,
  validatePayload,
  validateProfile,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { readJson } from '@gatehouse/protocols/json/read-json.ts';
import {
  isDictionary,
  type PlistDictionary,
  plistLimits,
  type PlistValue,
  readPlist,
} from '@gatehouse/protocols/plist/index.ts';
import { type CliCommand, CommandError, UsageError } from '../command.ts';
import { table } from '../output.ts';

interface Judgement {
  readonly what: string;
  readonly problems: readonly Problem[];
}

const kinds = ['device', 'automated', 'user'] as const;
const channels = ['device', 'user'] as const;

export const validateFile: CliCommand = {
  words: ['apple', 'validate'],
  summary: 'Check a profile, command, check-in message or declaration against Apple’s schema.',
  positionals: [
    {
      name: 'FILE',
      description: 'a .mobileconfig, signed or not, a property list, or a declaration in JSON',
    },
  ],
  options: {
    platform: { description: 'whether a device of this platform may have it', choices: platforms },
    os: { description: 'its version; the newest if not given', placeholder: 'VERSION' },
    supervised: { description: 'whether it is supervised', choices: ['yes', 'no'] },
    enrollment: { description: 'how it enrolled', choices: kinds },
    channel: { description: 'to which channel it goes', choices: channels },
    'shared-ipad': { description: 'whether it is a Shared iPad', choices: ['yes', 'no'] },
  },
  async run({ positionals: [file = ''], options }) {
    const { what, problems } = judge(readContent(file), targetOf(options));
    if (problems.some(({ severity }) => severity === 'error')) {
      throw new CommandError(`${file}: ${what} with problems\n${listed(problems)}`, { what, problems });
    }
    return { what, problems };
  },
  print: ({ what, problems }: Judgement) =>
    problems.length === 0 ? `${what}, and all is well` : `${what}, with warnings\n${listed(problems)}`,
} as CliCommand;

function listed(problems: readonly Problem[]): string {
  return table(
    problems.map(({ path, problem, severity }) => ({ path, problem, severity })),
    ['severity', 'path', 'problem'],
  );
}

function targetOf(options: Readonly<Record<string, string | undefined>>): Target | undefined {
  const { platform, os, supervised, enrollment, channel } = options;
  const shared = options['shared-ipad'];
  if (platform === undefined) {
    if (os ?? supervised ?? enrollment ?? channel ?? shared) throw new UsageError('--platform is missing');
    return undefined;
  }
  return {
    platform: platform as Platform,
    ...(os === undefined ? {} : { osVersion: os }),
    ...(supervised === undefined ? {} : { supervised: supervised === 'yes' }),
    ...(enrollment === undefined ? {} : { enrollmentKind: enrollment as (typeof kinds)[number] }),
    ...(channel === undefined ? {} : { channel: channel as (typeof channels)[number] }),
    ...(shared === undefined ? {} : { sharedIPad: shared === 'yes' }),
  };
}

interface Content {
  readonly value: PlistValue;
  readonly form: string;
}

function readContent(file: string): Content {
  const bytes = readInput(file);
  try {
    const first = bytes.find((byte) => byte > 0x20);
    if (bytes[0] === 0x30) {
      const { content } = verifyAttached(bytes, { allowSha1: true, maxBytes: plistLimits.maxBytes });
      return { value: readPlist(content), form: 'signed ' };
    }
    if (first === 0x7b) return { value: readJson(bytes, jsonLimits) as PlistValue, form: '' };
    return { value: readPlist(bytes), form: '' };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new CommandError(`${file} cannot be decoded: ${error.message}`, { reason: error.reason });
  }
}

const jsonLimits = { maxBytes: plistLimits.maxBytes, maxDepth: 32, maxArray: 100_000, maxString: 1_000_000 };

function readInput(file: string): Uint8Array {
  try {
    if (statSync(file).size > plistLimits.maxBytes) {
      throw new CommandError(`${file} is larger than ${plistLimits.maxBytes} bytes`);
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Says from the content what it is: each kind names its type under another key. */
function judge({ value, form }: Content, target: Target | undefined): Judgement {
  if (!isDictionary(value)) throw new CommandError('The file holds no dictionary');
  const name = (key: string): string | undefined => {
    const said = own(value, key);
    return typeof said === 'string' ? said : undefined;
  };
  if (name('PayloadType') === 'Configuration') {
    return {
      what: `${form}profile ${name('PayloadIdentifier') ?? ''}`,
      problems: validateProfile(value, target),
    };
  }
  if (name('PayloadType') !== undefined) {
    return { what: `payload ${name('PayloadType')}`, problems: validatePayload(value, target) };
  }
  const command = own(value, 'Command') ?? (name('RequestType') === undefined ? undefined : value);
  if (command !== undefined) {
    const type = isDictionary(command) ? own(command, 'RequestType') : undefined;
    return {
      what: `command ${typeof type === 'string' ? type : ''}`,
      problems: validateCommand(command, target),
    };
  }
  const checkIn = findCheckIn(name('MessageType') ?? '');
  if (checkIn !== undefined) {
    return { what: `check-in message ${checkIn.type}`, problems: validate(checkIn, value, target) };
  }
  if (name('Type') !== undefined) {
    return { what: `declaration ${name('Type')}`, problems: validateDeclaration(value, target) };
  }
  throw new CommandError(
    'The file says nothing that tells what it is: PayloadType, RequestType, MessageType or Type',
  );
}

function own(value: PlistDictionary, key: string): PlistValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
