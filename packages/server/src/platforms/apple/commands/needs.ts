// Whether a device is what a command needs, and why not.
import { compareVersions, findCommand, validate } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { type AppleTarget, catalogueTarget } from '../apple-target.ts';
import type { AppleTranslator, CommandOf, Needs } from './translator.ts';

/** @returns why this device cannot be asked this, for whoever orders it; undefined when it can. */
export function whyNot(
  entry: AppleTranslator,
  command: CommandOf<AppleTranslator extends AppleTranslator<infer N> ? N : never>,
  target: AppleTarget,
): string | undefined {
  const unmet = unmetNeed(entry.needs, target);
  if (unmet !== undefined) return unmet;
  for (const requestType of entry.uses?.(command, target) ?? []) {
    const problem = unmetByCatalogue(requestType, target);
    if (problem !== undefined) return problem;
  }
  return entry.refuses?.(command, target);
}

/** Devices of one kind and version get one answer; how many of these there are, devices say, so it is bounded. */
const known = new Map<string, string | undefined>();
const mostKnown = 5_000;

/** What stands against one of Apple's commands as such, whatever is in it. */
export function unmetByCatalogue(requestType: string, target: AppleTarget): string | undefined {
  const asked = catalogueTarget(target);
  const key = `${requestType} ${JSON.stringify(asked)}`;
  if (known.has(key)) return known.get(key);
  const unmet = lookUp(requestType, asked);
  if (known.size >= mostKnown) known.clear();
  known.set(key, unmet);
  return unmet;
}

function lookUp(requestType: string, target: ReturnType<typeof catalogueTarget>): string | undefined {
  const schema = findCommand(requestType);
  if (schema === undefined) return `Apple has no command ${requestType}.`;
  const problem = validate(schema, {}, target).find(
    ({ path, severity }) => path === '$' && severity === 'error',
  );
  return problem && `${requestType} ${problem.problem}.`;
}

/** @returns why the device cannot do it, for whoever ordered it; undefined when it can. */
export function unmetNeed(needs: Needs | undefined, target: AppleTarget): string | undefined {
  const { since, supervised, wholeDevice, channels = ['device'] } = needs ?? {};
  const { os, osVersion } = target;
  if (!channels.includes(target.channel === '' ? 'device' : 'user')) {
    return target.channel === ''
      ? 'It is meant for one of the device’s users.'
      : 'It is meant for the device, not a user.';
  }
  if (since) {
    const first = since[os];
    if (first === undefined) return `${os} does not know it.`;
    if (osVersion !== undefined && compareVersions(osVersion, first) < 0) return `It needs ${os} ${first}.`;
  }
  if (wholeDevice === true && target.enrollmentKind === 'user') {
    return 'The device is in user enrolment, where only what belongs to the organization can be managed.';
  }
  const mustBeSupervised = supervised === true || (Array.isArray(supervised) && supervised.includes(os));
  return mustBeSupervised && !target.supervised ? 'The device is not supervised.' : undefined;
}
