// What a device's answer to one message means for the command: done, one step further, failed; and what it tells of the device.
import { isDomainError } from '@gatehouse/core/errors.ts';
import type { AppleError, CommandReport } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { CommandAnswer, TakenCommand } from '../../../modules/commands/index.ts';
import type { AppleDeps } from '../apple-deps.ts';
import type { AppleTarget } from '../apple-target.ts';
import { appleCommand } from './apple-commands.ts';
import { commandOf, stepsOf } from './hand-over.ts';
import { type AppleOutcome, type AppleRequest, isUnsupported } from './translator.ts';

export interface ReadAnswer {
  readonly answer: CommandAnswer;
  readonly facts: NonNullable<AppleOutcome['facts']>;
}

/** For every status but Acknowledged, which needs the command to be understood. */
export function simpleAnswer(
  commandId: string,
  step: number,
  { status, errorChain }: CommandReport,
): CommandAnswer | undefined {
  const base = { commandId, step, via: 'apple' } as const;
  if (status === 'NotNow') return { ...base, state: 'deferred' };
  if (status !== 'Error' && status !== 'CommandFormatError') return undefined;
  return {
    ...base,
    state: 'failed',
    reason:
      status === 'Error'
        ? inWords(errorChain)
        : `The device did not understand the command. ${inWords(errorChain)}`,
    errorChain: errorChain.map((link) => ({ ...link })),
  };
}

/** The outermost link says it best; codes and domains change between releases and are only shown. */
function inWords([first]: readonly AppleError[]): string {
  if (first === undefined) return 'The device gave no reason.';
  const text = first.englishDescription ?? first.description;
  return `${text === '' ? 'The device gave no words for it' : text} (${first.domain} ${first.code})`;
}

/** Whether the command may go on after one of its messages was refused; which of them, its table entry says. */
export function mayTolerateRefusal(name: TakenCommand['name']): boolean {
  const entry = appleCommand(name);
  return !isUnsupported(entry) && entry.toleratesRefusal !== undefined;
}

/** @returns undefined when the refusal ends the command, as most do. */
export async function readTolerated(
  deps: AppleDeps,
  tx: TenantTx,
  target: AppleTarget,
  taken: Pick<TakenCommand, 'id' | 'name' | 'params' | 'step'>,
): Promise<ReadAnswer | undefined> {
  const entry = appleCommand(taken.name);
  if (isUnsupported(entry) || entry.toleratesRefusal === undefined) return undefined;
  const steps = await stepsOf(deps, (work) => work(tx), target, entry, taken);
  const request = steps[taken.step];
  if (request === undefined || !entry.toleratesRefusal(request)) return undefined;
  const state = taken.step + 1 < steps.length ? 'continued' : 'acknowledged';
  return { answer: { commandId: taken.id, step: taken.step, via: 'apple', state }, facts: [] };
}

export async function readAcknowledged(
  deps: AppleDeps,
  tx: TenantTx,
  target: AppleTarget,
  taken: Pick<TakenCommand, 'id' | 'name' | 'params' | 'step'>,
  { response }: CommandReport,
  now: number,
): Promise<ReadAnswer> {
  const base = { commandId: taken.id, step: taken.step, via: 'apple' } as const;
  const entry = appleCommand(taken.name);
  if (isUnsupported(entry)) return { answer: { ...base, state: 'acknowledged' }, facts: [] };
  let steps: readonly AppleRequest[];
  try {
    steps = await stepsOf(deps, (work) => work(tx), target, entry, taken);
  } catch (error) {
    // It would not be asked any more; that it was asked and did it is true all the same.
    if (!isDomainError(error)) throw error;
    return { answer: { ...base, state: 'acknowledged' }, facts: [] };
  }
  const request = steps[taken.step];
  const outcome =
    request === undefined
      ? undefined
      : await entry.answered?.(
          {
            tx,
            deps,
            target,
            commandId: taken.id,
            command: commandOf(taken),
            step: taken.step,
            request,
            now,
          },
          response,
        );
  const facts = outcome?.facts ?? [];
  if (outcome?.failed !== undefined)
    return { answer: { ...base, state: 'failed', reason: outcome.failed }, facts };
  if (taken.step + 1 < steps.length) return { answer: { ...base, state: 'continued' }, facts };
  const { result } = outcome ?? {};
  return { answer: { ...base, state: 'acknowledged', ...(result === undefined ? {} : { result }) }, facts };
}
