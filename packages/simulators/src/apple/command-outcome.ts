/** What a device says to a command, before it is put into a message. */
import type { AppleError, ResultStatus } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';

export interface CommandOutcome {
  readonly status: Exclude<ResultStatus, 'Idle'>;
  readonly response: PlistDictionary;
  readonly errors: readonly AppleError[];
  /** Happens once the answer has arrived: afterwards nobody may be left to give one. */
  readonly afterwards?: () => Promise<void> | void;
}

export function acknowledged(
  response: PlistDictionary = {},
  afterwards?: CommandOutcome['afterwards'],
): CommandOutcome {
  return {
    status: 'Acknowledged',
    response,
    errors: [],
    ...(afterwards === undefined ? {} : { afterwards }),
  };
}

export function refused(code: number, domain: string, description: string): CommandOutcome {
  return {
    status: 'Error',
    response: {},
    errors: [{ code, domain, description, englishDescription: description }],
  };
}

export const notNow: CommandOutcome = { status: 'NotNow', response: {}, errors: [] };

/** The server's fault: the command is not one, or not complete. */
export const notUnderstood: CommandOutcome = { status: 'CommandFormatError', response: {}, errors: [] };
