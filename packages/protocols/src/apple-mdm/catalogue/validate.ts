/**
 * Is this value what the schema says, and may it be used there? Total: any value gives a list of problems, empty when all
 * is well. Paths are as in `DecodeError`; values are never repeated, they may be secrets.
 */
import type { PlistDictionary, PlistValue } from '../../plist/index.ts';
import { isDictionary, oneOf, typeComplaint, valueComplaints } from './check-value.ts';
import { commonPayloadKeys, keysBelow } from './find-type.ts';
import { Findings, type Path, type Problem } from './problem.ts';
import type { Family, SchemaKey, SchemaType } from './schema.ts';
import { isDemanded, keyComplaints, type Target, typeComplaints } from './usable.ts';

export { hasErrors, type Problem, type ProblemKind } from './problem.ts';
export type { Target } from './usable.ts';

/**
 * Errors are what a device would refuse. A key that it would leave out of account is a warning.
 *
 * @param value a profile's payload, with its PayloadType and kin; a command, with or without RequestType; a check-in
 *   message; the `Payload` of a declaration; the value of a status item; the body of a credential or error
 */
export function validate(schema: SchemaType, value: PlistValue, target?: Target): Problem[] {
  const checking = begin(schema, target, false);
  if (target !== undefined) {
    for (const complaint of typeComplaints(schema.os, target)) checking.findings.add(undefined, complaint);
  }
  const [only] = schema.keys;
  if (schema.family === 'status-items' && only !== undefined) {
    checkKey(checking, { ...only, name: schema.name }, value, undefined, 0);
  } else {
    checkDictionary(checking, [...schema.keys, ...surroundingKeys(schema)], value, undefined, 0);
  }
  return checking.findings.problems;
}

/**
 * A device's answer to a command, or ours to a check-in message; the keys that every answer has besides may be there or
 * not. Everything is a warning: a device may be newer than the schema.
 */
export function validateAnswer(schema: SchemaType, value: PlistValue, target?: Target): Problem[] {
  const checking = begin(schema, target, true);
  checkDictionary(checking, [...(schema.answer ?? []), ...answerKeys], value, undefined, 0);
  return checking.findings.problems;
}

interface Checking {
  readonly target: Target | undefined;
  /** An answer: nothing is demanded of it, and nothing in it is refused. */
  readonly answer: boolean;
  /** Whether a key that nobody knows is only worth a note. */
  readonly freeKeys: boolean;
  /** The same of a value that is not on the list, and of a key that the schema has for other devices. */
  readonly freeValues: boolean;
  /** The keys that `like` paths start from. */
  readonly top: readonly SchemaKey[];
  readonly json: boolean;
  readonly findings: Findings;
}

const jsonFamilies: readonly Family[] = ['declarations', 'credentials', 'status-items', 'protocol', 'errors'];
/** What devices say: they may be newer than the schema, and iPhones send their `Model` although it has it for Macs only. */
const fromDevices: readonly Family[] = ['check-in', 'status-items'];
/** What devices read without minding keys that they do not know; a declaration with such a key is refused as a whole. */
const readFreely: readonly Family[] = ['profiles', 'other'];

function begin(schema: SchemaType, target: Target | undefined, answer: boolean): Checking {
  const { family, type } = schema;
  const fromDevice = answer || fromDevices.includes(family) || type === 'StatusReport';
  return {
    target,
    answer,
    freeKeys: fromDevice || readFreely.includes(family),
    freeValues: fromDevice,
    top: answer ? (schema.answer ?? []) : schema.keys,
    json: jsonFamilies.includes(family),
    findings: new Findings(),
  };
}

/** What surrounds a type's own keys and is not written in its schema. */
function surroundingKeys({ family, type, keys }: SchemaType): readonly SchemaKey[] {
  if (family === 'commands') return [{ name: 'RequestType', type: 'string', values: [type] }];
  if (family !== 'profiles' || type === 'CommonPayloadKeys' || type === 'TopLevel') return [];
  const own = new Set(keys.map(({ name }) => name));
  return commonPayloadKeys()
    .filter(({ name }) => !own.has(name))
    .map((key) => (key.name === 'PayloadType' ? { ...key, values: [type] } : key));
}

/** The envelope of every result (section "Commands" of the protocol), which the schema leaves out. */
const answerKeys: readonly SchemaKey[] = [
  ...['Status', 'CommandUUID', 'UDID', 'EnrollmentID', 'UserID', 'UserShortName', 'UserLongName'].map(
    (name): SchemaKey => ({ name, type: 'string' }),
  ),
  { name: 'EnrollmentUserID', type: 'string' },
  { name: 'NotOnConsole', type: 'boolean' },
  { name: 'ErrorChain', type: 'array' },
  { name: 'RequestType', type: 'string' },
];

/** Deeper than any structure of the schema; only a recursive one could go on. */
const deepest = 32;

function checkDictionary(
  checking: Checking,
  keys: readonly SchemaKey[],
  value: PlistValue,
  path: Path | undefined,
  depth: number,
): void {
  const { findings, target } = checking;
  if (!isDictionary(value)) {
    findings.add(path, { kind: 'type', problem: 'must be a dictionary' });
    return;
  }
  const wildcard = keys.find((key) => key.wildcard);
  for (const [name, inner] of Object.entries(value)) {
    if (findings.full) return;
    const at: Path = { above: path, step: name };
    const key = keys.find((each) => each.name === name && !each.wildcard) ?? wildcard;
    if (key === undefined) findings.add(at, unknownKey(keys, name), checking.freeKeys);
    else checkKey(checking, key, inner, at, depth);
  }
  for (const key of keys) {
    if (key.required === undefined || key.wildcard || Object.hasOwn(value, key.name)) continue;
    if (!checking.answer && isDemanded(key.os, target)) {
      findings.add({ above: path, step: key.name }, { kind: 'missing', problem: 'is required' });
    }
  }
}

function unknownKey(keys: readonly SchemaKey[], name: string): { kind: 'unknown-key'; problem: string } {
  const lower = name.toLowerCase();
  const close = keys.find((key) => key.name.toLowerCase() === lower);
  return {
    kind: 'unknown-key',
    problem: close === undefined ? 'is no key here' : `is no key here; ${close.name} is`,
  };
}

function checkKey(
  checking: Checking,
  key: SchemaKey,
  value: PlistValue,
  path: Path | undefined,
  depth: number,
): void {
  const { findings, target, json, answer, freeValues } = checking;
  const wrong = typeComplaint(key.type, value, json);
  if (wrong !== undefined) {
    findings.add(path, wrong, answer);
    return;
  }
  if (target !== undefined && !answer) {
    for (const complaint of keyComplaints(key.os, target)) findings.add(path, complaint, freeValues);
  }
  for (const complaint of valueComplaints(key, value)) findings.add(path, complaint, freeValues);
  const below = keysBelow(checking.top, key);
  if (below === undefined || below.length === 0) return;
  if (depth >= deepest) {
    findings.add(path, { kind: 'too-deep', problem: 'is nested too deep' });
  } else if (Array.isArray(value)) {
    checkItems(checking, below, value as readonly PlistValue[], path, depth + 1);
  } else if (key.type === 'string') {
    checkNamedValue(checking, below, value as string, path);
  } else if (key.type !== 'any') {
    checkDictionary(checking, below, value, path, depth + 1);
  }
}

function checkItems(
  checking: Checking,
  alternatives: readonly SchemaKey[],
  items: readonly PlistValue[],
  path: Path | undefined,
  depth: number,
): void {
  const [first] = alternatives;
  const { min = 0, max = Infinity } = first?.repetition ?? {};
  if (items.length < min || items.length > max) {
    const count = min === max ? `exactly ${min}` : `between ${min} and ${max}`;
    checking.findings.add(path, { kind: 'range', problem: `must have ${count} items` }, checking.freeValues);
  }
  for (const [index, item] of items.entries()) {
    if (checking.findings.full) return;
    const at: Path = { above: path, step: index };
    const fitting = alternatives.length === 1 ? first : alternativeFor(alternatives, item);
    if (fitting !== undefined) checkKey(checking, fitting, item, at, depth);
    else checking.findings.add(at, noAlternative(alternatives), checking.freeValues);
  }
}

/** Items that may be several things say which by a key with one fixed value: `Item` of the Settings command. */
function alternativeFor(alternatives: readonly SchemaKey[], item: PlistValue): SchemaKey | undefined {
  if (!isDictionary(item)) return alternatives.find(({ type }) => type !== 'dictionary');
  return alternatives.find(({ keys }) => {
    const fixed = keys?.find(({ values }) => values?.length === 1);
    return fixed !== undefined && own(item, fixed.name) === fixed.values?.[0];
  });
}

function noAlternative(alternatives: readonly SchemaKey[]): { kind: 'value'; problem: string } {
  const fixed = alternatives.map(({ keys }) => keys?.find(({ values }) => values?.length === 1));
  const name = fixed.find((key) => key !== undefined)?.name ?? 'its kind';
  const values = fixed.flatMap((key) => key?.values ?? []);
  return { kind: 'value', problem: `must say in ${name} which it is: ${oneOf(values)}` };
}

/** A string whose values are listed as keys, because they differ in where they may be used: the queries of DeviceInformation. */
function checkNamedValue(
  { findings, target, answer, freeValues }: Checking,
  names: readonly SchemaKey[],
  value: string,
  path: Path | undefined,
): void {
  const named = names.find(({ name }) => name === value);
  if (named === undefined) {
    findings.add(
      path,
      { kind: 'value', problem: `must be ${oneOf(names.map(({ name }) => name))}` },
      freeValues,
    );
  } else if (target !== undefined && !answer) {
    for (const complaint of keyComplaints(named.os, target)) findings.add(path, complaint, freeValues);
  }
}

function own(value: PlistDictionary, name: string): PlistValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
