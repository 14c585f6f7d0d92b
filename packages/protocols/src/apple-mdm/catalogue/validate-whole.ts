/** What contains typed things and says in itself which: a profile with its payloads, a declaration, a command. */
import type { PlistDictionary, PlistValue } from '../../plist/index.ts';
import { isDictionary } from './check-value.ts';
import { declarationKeys, findCommand, findDeclaration, findPayloadType } from './find-type.ts';
import type { Problem } from './problem.ts';
import type { SchemaType } from './schema.ts';
import { type Target, validate } from './validate.ts';

/** A configuration profile and each of its payloads; paths begin at the profile. */
export function validateProfile(profile: PlistValue, target?: Target): Problem[] {
  const topLevel = findPayloadType('TopLevel');
  if (topLevel === undefined) return [];
  const problems = validate(topLevel, profile, target);
  const payloads = isDictionary(profile) ? own(profile, 'PayloadContent') : undefined;
  if (!Array.isArray(payloads)) return problems;
  const list = payloads as readonly PlistValue[];
  for (const [index, payload] of list.entries()) {
    problems.push(
      ...validatePayload(payload, target).map((problem) => below(`.PayloadContent[${index}]`, problem)),
    );
  }
  return [...problems, ...repeated(list, 'PayloadUUID'), ...singular(list, target)];
}

/** One payload of a profile, known by its PayloadType. On a Mac another maker's type sets the preferences of its app. */
export function validatePayload(payload: PlistValue, target?: Target): Problem[] {
  const type = isDictionary(payload) ? own(payload, 'PayloadType') : undefined;
  const onMac = target === undefined || target.platform === 'macOS';
  if (typeof type === 'string' && onMac && /^(?!com\.apple\.)[\w-]+\.[\w.-]+$/.test(type)) {
    const problem = 'names no type of Apple’s: preferences of an app';
    return [{ path: '$.PayloadType', problem, kind: 'unknown-type', severity: 'warning' }];
  }
  const schema = typeof type === 'string' ? findPayloadType(type) : undefined;
  return schema === undefined ? [unknownType('.PayloadType', 'payload')] : validate(schema, payload, target);
}

/** The `Command` of a command message: RequestType and what it takes. */
export function validateCommand(command: PlistValue, target?: Target): Problem[] {
  const type = isDictionary(command) ? own(command, 'RequestType') : undefined;
  const schema = typeof type === 'string' ? findCommand(type) : undefined;
  return schema === undefined ? [unknownType('.RequestType', 'command')] : validate(schema, command, target);
}

/** Type, Identifier, ServerToken and Payload of a declaration. */
export function validateDeclaration(declaration: PlistValue, target?: Target): Problem[] {
  const base = findDeclaration('any');
  const type = isDictionary(declaration) ? own(declaration, 'Type') : undefined;
  const schema = typeof type === 'string' ? findDeclaration(type) : undefined;
  if (base === undefined || schema === undefined || !isDictionary(declaration)) {
    return [unknownType('.Type', 'declaration')];
  }
  const frame: SchemaType = { ...base, name: schema.name, keys: declarationKeys() };
  const payload = own(declaration, 'Payload');
  const inner = payload === undefined ? [] : validate(schema, payload, target);
  return [...validate(frame, declaration), ...inner.map((problem) => below('.Payload', problem))];
}

function unknownType(path: string, what: string): Problem {
  return {
    path: `$${path}`,
    problem: `names no ${what} that the schema knows`,
    kind: 'unknown-type',
    severity: 'error',
  };
}

const below = (prefix: string, problem: Problem): Problem => ({
  ...problem,
  path: `$${prefix}${problem.path.slice(1)}`,
});

function repeated(payloads: readonly PlistValue[], name: string): Problem[] {
  const seen = new Set<PlistValue>();
  return payloads.flatMap((payload, index): Problem[] => {
    const value = isDictionary(payload) ? own(payload, name) : undefined;
    if (typeof value !== 'string') return [];
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    const path = `$.PayloadContent[${index}].${name}`;
    return [{ path, problem: 'stands twice in the profile', kind: 'duplicate', severity: 'error' }];
  });
}

/** Types of which one payload at most may be installed; across profiles nobody here can tell. */
function singular(payloads: readonly PlistValue[], target: Target | undefined): Problem[] {
  if (target === undefined) return [];
  const seen = new Set<string>();
  return payloads.flatMap((payload, index): Problem[] => {
    const type = isDictionary(payload) ? own(payload, 'PayloadType') : undefined;
    if (typeof type !== 'string') return [];
    const again = seen.has(type);
    seen.add(type);
    if (!again || findPayloadType(type)?.os?.[target.platform]?.multiple !== false) return [];
    const problem = 'is a second payload of a type that a device takes once';
    return [{ path: `$.PayloadContent[${index}]`, problem, kind: 'duplicate', severity: 'error' }];
  });
}

function own(value: PlistDictionary, name: string): PlistValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
