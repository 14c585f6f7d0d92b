/**
 * Subject identifiers: RFC 9493 for the simple formats, SSF 1.0 section 4 for the complex one, whose members together name one
 * principal.
 */
import { DecodeError } from '../decode-error.ts';
import type { JsonObject, JsonValue } from '../json/read-json.ts';
import { objectIn, required, textUpTo } from './fields.ts';

/** The members of each simple format, all of them required: one row each, RFC 9493 section 3.2. */
const simpleFormats = {
  account: ['uri'], // 3.2.1
  did: ['url'], // 3.2.3
  email: ['email'], // 3.2.4
  iss_sub: ['iss', 'sub'], // 3.2.5
  opaque: ['id'], // 3.2.6
  phone_number: ['phone_number'], // 3.2.7
  uri: ['uri'], // 3.2.8
} as const satisfies Record<string, readonly string[]>;

type Formats = typeof simpleFormats;
export type SimpleSubject = {
  [F in keyof Formats]: { readonly format: F } & { readonly [M in Formats[F][number]]: string };
}[keyof Formats];

/** SSF 1.0 section 4.1: what a complex subject may name. */
export const subjectMembers = [
  'user',
  'device',
  'session',
  'application',
  'tenant',
  'org_unit',
  'group',
] as const;
export type SubjectMember = (typeof subjectMembers)[number];

export type ComplexSubject = { readonly format: 'complex' } & {
  readonly [M in SubjectMember]?: SimpleSubject;
};
export type Subject = SimpleSubject | ComplexSubject;

const maximumLength = 512;

/** Members that the format does not know are dropped: they name nothing that could be compared. */
export function readSubject(value: JsonValue, path = 'subject'): Subject {
  const object = objectIn(value, path);
  if (object['format'] !== 'complex') return readSimple(object, path);
  const members = subjectMembers.flatMap((name): [SubjectMember, SimpleSubject][] => {
    if (!Object.hasOwn(object, name)) return [];
    const at = `${path}.${name}`;
    return [[name, readSimple(objectIn(object[name], at), at)]];
  });
  if (members.length === 0) throw new DecodeError('a complex subject names nothing', { path });
  return { format: 'complex', ...Object.fromEntries(members) };
}

function readSimple(object: JsonObject, path: string): SimpleSubject {
  const { format } = object;
  if (typeof format !== 'string' || !Object.hasOwn(simpleFormats, format))
    throw new DecodeError('no format of subjects that is known here', { path: `${path}.format` });
  const members = simpleFormats[format as keyof Formats].map((name) => {
    try {
      return [name, required(object, name, textUpTo(maximumLength))];
    } catch (error) {
      throw new DecodeError('a member of the subject is missing or no text', {
        path: `${path}.${name}`,
        cause: error,
      });
    }
  });
  return { format, ...Object.fromEntries(members) } as SimpleSubject;
}

/** One text for each subject, whatever the order of its members was; e-mail addresses without regard to case. */
export function canonicalSubject(subject: Subject): string {
  if (subject.format !== 'complex') return canonicalSimple(subject);
  const members = subjectMembers.flatMap((name) => {
    const member = subject[name];
    return member === undefined ? [] : [[name, canonicalSimple(member)]];
  });
  return JSON.stringify(['complex', ...members]);
}

function canonicalSimple(subject: SimpleSubject): string {
  const members = simpleFormats[subject.format].map(
    (name) => (subject as unknown as Record<string, string>)[name] ?? '',
  );
  const values = subject.format === 'email' ? members.map((text) => text.toLowerCase()) : members;
  return JSON.stringify([subject.format, ...values]);
}

/**
 * Every subject that matches this one and names no member that it has not: SSF 1.0 section 8.1.3.1, where a member that is
 * absent on one side matches. A simple subject is taken for the member that is equal to it. Canonical.
 */
export function matchingSubjects(subject: ComplexSubject): string[] {
  const present = subjectMembers.filter((name) => subject[name] !== undefined);
  const complex = Array.from({ length: 2 ** present.length - 1 }, (_, index) => {
    const chosen = present.filter((_name, place) => ((index + 1) & (1 << place)) !== 0);
    return canonicalSubject({
      format: 'complex',
      ...Object.fromEntries(chosen.map((name) => [name, subject[name]])),
    });
  });
  const simple = present.flatMap((name) => {
    const member = subject[name];
    return member === undefined ? [] : [canonicalSubject(member)];
  });
  return [...new Set([...complex, ...simple])];
}
