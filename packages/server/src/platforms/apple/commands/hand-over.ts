// The next command in the device's words. One that this device cannot be asked is not sent: it fails at once, with the reason, and
// the one behind it is looked at.
import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { encodeCommand } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { CommandAnswer, TakenCommand } from '../../../modules/commands/index.ts';
import type { AppleDeps } from '../apple-deps.ts';
import type { AppleTarget } from '../apple-target.ts';
import { appleCommand } from './apple-commands.ts';
import { toCommandUuid } from './command-uuid.ts';
import { whyNot } from './needs.ts';
import {
  type AppleRequest,
  type AppleTranslator,
  type CommandOf,
  type Inside,
  isUnsupported,
} from './translator.ts';

/** A taken command in its general form: name and parameters belong together because the queue parsed them. */
export function commandOf({
  name,
  params,
}: Pick<TakenCommand, 'name' | 'params'>): CommandOf<TakenCommand['name']> {
  return { name, params } as CommandOf<TakenCommand['name']>;
}

export type Translated =
  | { readonly bytes: Uint8Array }
  /** To be recorded instead of being sent. */
  | { readonly answer: CommandAnswer };

export async function translate(
  deps: AppleDeps,
  inside: Inside,
  target: AppleTarget,
  taken: TakenCommand,
): Promise<Translated> {
  const fail = (reason: string): Translated => ({
    answer: { commandId: taken.id, state: 'failed', reason, via: 'apple' },
  });
  const entry = appleCommand(taken.name);
  if (isUnsupported(entry)) return fail(entry.unsupported);
  const unmet = whyNot(entry, commandOf(taken), target);
  if (unmet !== undefined) return fail(unmet);
  let steps: readonly AppleRequest[];
  try {
    steps = await stepsOf(deps, inside, target, entry, taken);
  } catch (error) {
    // Whoever ordered it reads why; what is no decision of the translator is a fault of ours.
    if (!isDomainError(error)) throw error;
    return fail(error.message);
  }
  const request = steps[taken.step];
  if (request === undefined) {
    return { answer: { commandId: taken.id, state: 'acknowledged', step: taken.step, via: 'apple' } };
  }
  const commandUuid = toCommandUuid(taken.id, taken.step);
  deps.expected.remember(commandUuid, {
    deviceId: target.deviceId,
    name: taken.name,
    isPlain:
      taken.step + 1 === steps.length &&
      entry.answered === undefined &&
      entry.toleratesRefusal === undefined &&
      !commandDefinition(taken.name).destructive,
  });
  return {
    bytes: encodeCommand({ commandUuid, requestType: request.requestType, payload: request.payload ?? {} }),
  };
}

export async function stepsOf(
  deps: AppleDeps,
  inside: Inside,
  target: AppleTarget,
  translator: AppleTranslator,
  taken: Pick<TakenCommand, 'id' | 'name' | 'params'>,
): Promise<readonly AppleRequest[]> {
  return translator.steps(commandOf(taken), target, { deps, inside, commandId: taken.id });
}
