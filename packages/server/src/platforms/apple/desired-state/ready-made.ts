// What an administrator brings ready made: profiles, declarations, provisioning profiles. Read when it is saved, and again when
// it is built into what a device gets.
import { isDomainError } from '@gatehouse/core/errors.ts';
import { mapTexts } from '@gatehouse/core/resources/texts.ts';
import type { CheckContent, ContentFindings } from '../../../modules/resources/index.ts';
import {
  parseTemplate,
  substitute,
  type VariableName,
  variableNames,
  type VariableValues,
} from '@gatehouse/core/resources/variables.ts';
import {
  findDeclaration,
  findPayloadType,
  validateDeclaration,
  validatePayload,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { parseSignedData } from '@gatehouse/protocols/cms/index.ts';
import {
  isDictionary,
  type PlistDictionary,
  plistLimits,
  type PlistValue,
  readPlist,
  writePlist,
} from '@gatehouse/protocols/plist/index.ts';
import { dictionaryFromJson } from '../commands/json-plist.ts';

const limits = { ...plistLimits, maxBytes: 1024 * 1024, maxNodes: 50_000 };

/** Payloads that are the server's own: another one would move the device, or take it out of our hands. */
export const forbiddenPayloads: ReadonlySet<string> = new Set(['com.apple.mdm', 'com.apple.declarations']);

export interface ReadyProfile {
  readonly profile: PlistDictionary;
  /** Payloads that were left out. */
  readonly removed: readonly string[];
  readonly variables: readonly VariableName[];
}

/** @returns a sentence's end in place of a profile that cannot be used. */
export function readProfile(
  file: Uint8Array,
  withVariables: boolean,
): ReadyProfile | { readonly problem: string } {
  let value: PlistValue;
  try {
    value = readPlist(unsigned(file), limits);
  } catch {
    return { problem: 'is not a configuration profile: its content cannot be read' };
  }
  if (!isDictionary(value) || value['PayloadType'] !== 'Configuration')
    return { problem: 'is not a configuration profile' };
  if (value['EncryptedPayloadContent'] !== undefined) return { problem: 'is encrypted for one device' };
  const content = value['PayloadContent'];
  if (!Array.isArray(content)) return { problem: 'has no payloads' };
  const payloads = content as readonly PlistValue[];
  const types = payloads.map((payload) => (isDictionary(payload) ? payload['PayloadType'] : undefined));
  if (!types.every((type) => typeof type === 'string')) return { problem: 'has a payload without a type' };
  const kept = payloads.filter((_payload, index) => !forbiddenPayloads.has(String(types[index])));
  if (kept.length === 0) return { problem: 'holds nothing that may be given to a device' };
  const profile = { ...value, PayloadContent: kept };
  const variables = new Set<VariableName>();
  if (withVariables) {
    const problem = visitTexts(kept, (text) => {
      const template = parseTemplate(text);
      if ('problem' in template) return template.problem;
      for (const name of template.variables) variables.add(name);
      return undefined;
    });
    if (problem !== undefined) return { problem: `holds a text that ${problem}` };
  }
  return {
    profile,
    removed: types.filter((type) => forbiddenPayloads.has(String(type))).map(String),
    variables: [...variables],
  };
}

/** A profile may come signed; the signature says nothing to us, and would not survive the change. */
function unsigned(file: Uint8Array): Uint8Array {
  if (file[0] !== 0x30) return file;
  return parseSignedData(file, limits.maxBytes).content ?? new Uint8Array();
}

function visitTexts(value: PlistValue, visit: (text: string) => string | undefined): string | undefined {
  if (typeof value === 'string') return visit(value);
  const children: readonly PlistValue[] = Array.isArray(value)
    ? value
    : isDictionary(value)
      ? Object.values(value)
      : [];
  for (const child of children) {
    const found = visitTexts(child, visit);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns the names that have no value in place of a profile. */
export function fillProfile(
  profile: PlistDictionary,
  variables: VariableValues,
): { readonly profile: PlistDictionary } | { readonly missing: readonly VariableName[] } {
  const missing = new Set<VariableName>();
  const fill = (value: PlistValue): PlistValue => {
    if (typeof value === 'string') {
      const put = substitute(value, variables);
      if ('text' in put) return put.text;
      for (const name of put.missing) missing.add(name);
      return '';
    }
    if (Array.isArray(value)) return (value as readonly PlistValue[]).map(fill);
    if (!isDictionary(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
  };
  const payloads = fill(profile['PayloadContent'] ?? []);
  return missing.size > 0 ? { missing: [...missing] } : { profile: { ...profile, PayloadContent: payloads } };
}

/** The UUID by which a device lists and removes it. */
export function provisioningUuid(file: Uint8Array): string | undefined {
  try {
    const value = readPlist(unsigned(file), limits);
    const uuid = isDictionary(value) ? value['UUID'] : undefined;
    return typeof uuid === 'string' && /^[0-9A-Fa-f-]{8,64}$/.test(uuid) ? uuid : undefined;
  } catch {
    return undefined;
  }
}

/** The port of resources, for the kinds whose content is Apple's. */
export const checkAppleContent: CheckContent = (kind, fields, secrets): ContentFindings => {
  switch (kind) {
    case 'custom-profile': {
      const file = secrets['file'];
      if (file === undefined) return { problems: [] };
      const read = readProfile(Buffer.from(file, 'base64'), fields['variables'] === true);
      return 'problem' in read
        ? { problems: [`file ${read.problem}`] }
        : { problems: [], variables: read.variables };
    }
    case 'provisioning-profile': {
      const uuid = provisioningUuid(Buffer.from(String(fields['file']), 'base64'));
      return { problems: uuid === undefined ? ['file is not a provisioning profile'] : [] };
    }
    case 'apple-payload':
      return {
        problems: payloadProblems(String(fields['type']), fields['content'], secrets['secretContent']),
      };
    case 'custom-declaration':
      return { problems: declarationProblems(String(fields['type']), fields['payload']) };
    case 'managed-app': {
      const secret = secrets['secretConfiguration'];
      return {
        problems: [
          ...configurationProblems('configuration', fields['configuration']),
          ...configurationProblems(
            'secretConfiguration',
            secret === undefined ? undefined : JSON.parse(secret),
          ),
        ],
      };
    }
    default:
      return { problems: [] };
  }
};

/** What a property list cannot hold. Values are not repeated: one may be a password. */
function configurationProblems(field: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  try {
    writePlist(dictionaryFromJson(value as Readonly<Record<string, unknown>>));
    return [];
  } catch (error) {
    // Such as a number beyond 64 bits.
    if (error instanceof TypeError) return [`${field}: ${error.message}`];
    if (!isDomainError(error)) throw error;
    return [`${field}: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1, -1)}`];
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Dictionaries are joined key by key; of anything else the upper one counts. */
export function laidOver(below: Json, above: Json): Json {
  return Object.fromEntries([
    ...Object.entries(below),
    ...Object.entries(above).map(([name, value]) => {
      const under = Object.hasOwn(below, name) ? below[name] : undefined;
      return [name, isJson(under) && isJson(value) ? laidOver(under, value) : value];
    }),
  ]) as Json;
}

function isJson(value: unknown): value is Json {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !Object.keys(value)[0]?.startsWith('$')
  );
}

/** Where a payload will go is not known yet: what only some devices know or need is found out for each of them. */
function payloadProblems(type: string, content: unknown, secret: string | undefined): readonly string[] {
  if (forbiddenPayloads.has(type)) return ['type is the server’s own'];
  if (type === 'TopLevel' || type === 'CommonPayloadKeys' || findPayloadType(type) === undefined)
    return ['type is not a payload that Apple’s schema knows'];
  const above = secret === undefined ? {} : (JSON.parse(secret) as Json);
  const sample = mapTexts(content, (text) => {
    const filled = substitute(text, samples);
    return 'text' in filled ? filled.text : text;
  });
  const whole = laidOver(sample as Json, above);
  const framed = Object.keys(whole).filter((name) => frameKeys.has(name));
  if (framed.length > 0) return framed.map((name) => `content ${name} is given by the server`);
  const unfit = configurationProblems('content', whole);
  if (unfit.length > 0) return unfit;
  const frame = { PayloadType: type, PayloadVersion: 1, PayloadIdentifier: 'x', PayloadUUID: 'x' };
  return validatePayload({ ...frame, ...dictionaryFromJson(whole) })
    .filter(({ severity, kind }) => severity === 'error' || kind === 'unknown-key')
    .slice(0, 10)
    .map(({ path, problem }) => `content ${path.replace(/^\$\.?/, '')} ${problem}`);
}

/** Stands in for every variable: a text may be an address only when something is put in. */
const samples: VariableValues = Object.fromEntries(variableNames.map((name) => [name, 'x']));

const frameKeys: ReadonlySet<string> = new Set([
  'PayloadType',
  'PayloadVersion',
  'PayloadIdentifier',
  'PayloadUUID',
]);

function declarationProblems(type: string, payload: unknown): readonly string[] {
  if (!type.startsWith('com.apple.configuration.') || findDeclaration(type) === undefined) {
    return ['type is not a configuration that Apple’s schema knows'];
  }
  const whole = { Type: type, Identifier: 'x', ServerToken: 'x', Payload: payload } as PlistDictionary;
  return validateDeclaration(whole)
    .filter(({ severity }) => severity === 'error')
    .slice(0, 10)
    .map(({ path, problem }) => `payload ${path.replace(/^\$\.Payload\.?/, '')} ${problem}`);
}
