// A domain command in Apple's words, and the device's answer back in ours. Which command is which is one table, apple-commands.ts.
import type { Command, CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { AppleDeps } from '../apple-deps.ts';
import type { AppleOs, AppleTarget } from '../apple-target.ts';

/** One message to the device. The whole `Command` dictionary is the payload with RequestType. */
export interface AppleRequest {
  readonly requestType: string;
  readonly payload?: PlistDictionary;
}

/** What a device must be for the command to make sense; whoever is not is answered for, in words, and never asked. */
export interface Needs {
  /** First release by system; a system that is not named cannot do it. */
  readonly since?: Partial<Record<AppleOs, string>>;
  readonly supervised?: boolean | readonly AppleOs[];
  /** Not in user enrolment. */
  readonly wholeDevice?: boolean;
  /** On which channels it may be sent; the device's when nothing is said. */
  readonly channels?: readonly ('device' | 'user')[];
}

export type CommandOf<N extends CommandName> = Extract<Command, { readonly name: N }>;

export interface AnswerContext<N extends CommandName = CommandName> {
  readonly tx: TenantTx;
  readonly deps: AppleDeps;
  readonly target: AppleTarget;
  readonly commandId: string;
  readonly command: CommandOf<N>;
  /** Which of the command's requests was answered, from 0. */
  readonly step: number;
  readonly request: AppleRequest;
  /** ms since the epoch */
  readonly now: number;
}

export interface AppleOutcome {
  /** Kept with the command when it is done; JSON. Of several steps the last that gives one counts. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** What the answer says of the device, by scan: recorded as the operating system's own word. */
  readonly facts?: readonly {
    readonly scan: Scan;
    readonly facts: Readonly<Record<string, unknown>>;
    /** Beside what the scan brought before, which is as old as it was. */
    readonly adds?: true;
    readonly truncated?: boolean;
  }[];
  /** The device acknowledged, and yet it did not happen: the command failed for this reason. */
  readonly failed?: string;
}

/** Runs work in the transaction at hand, or in one of its own: most translators need none. */
export type Inside = <T>(work: (tx: TenantTx) => Promise<T>) => Promise<T>;

export interface Preparation {
  readonly deps: AppleDeps;
  readonly commandId: string;
  readonly inside: Inside;
}

export interface AppleTranslator<N extends CommandName = CommandName> {
  readonly needs?: Needs;
  /** Which of Apple's commands it is made of: what the catalogue says that these need of a device is asked before it is queued. */
  uses?(command: CommandOf<N>, target: AppleTarget): readonly string[];
  /** What else speaks against it, for whoever orders it; from what the server knows of the device anyhow. */
  refuses?(command: CommandOf<N>, target: AppleTarget): string | undefined;
  /**
   * The messages that make up the command, in order; each is sent when the one before was acknowledged. Asked anew for each of
   * them, so the same command and target must give the same number of messages.
   * @throws DomainError when this device cannot be asked that; its message is the reason with which the command fails.
   */
  steps(
    command: CommandOf<N>,
    target: AppleTarget,
    preparation: Preparation,
  ): readonly AppleRequest[] | Promise<readonly AppleRequest[]>;
  /** Reads the answer to one message that was acknowledged, in the transaction that records it. */
  answered?(
    context: AnswerContext<N>,
    response: PlistDictionary,
  ): AppleOutcome | undefined | Promise<AppleOutcome | undefined>;
  /** The device refused one message: whether the command goes on all the same. By default it has failed. */
  toleratesRefusal?(request: AppleRequest): boolean;
}

export interface Unsupported {
  /** Why, for whoever ordered it. */
  readonly unsupported: string;
}

export function unsupported(why: string): Unsupported {
  return { unsupported: why };
}

export function isUnsupported(entry: object): entry is Unsupported {
  return 'unsupported' in entry;
}
