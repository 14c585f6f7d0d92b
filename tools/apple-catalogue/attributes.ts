/**
 * Every attribute of Apple's schema, once: our name for it, and how its value is written here and read back. The generator
 * goes through the tables one way, the proof of coverage the other.
 */

export interface Attribute {
  readonly ours: string;
  /** What stands in the catalogue; undefined for nothing, where nothing says the same. */
  readonly write: (value: unknown) => unknown;
  /** What the schema said, or an equivalent. */
  readonly read: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;
const as = (ours: string): Attribute => ({ ours, write: same, read: same });
/** `<string>` is `string`. */
const bracketed = (ours: string): Attribute => ({
  ours,
  write: (value) => String(value).replace(/^<(.*)>$/, '$1'),
  read: (value) => `<${String(value)}>`,
});
const flag = (ours: string, yes: unknown, no: unknown): Attribute => ({
  ours,
  write: (value) => (value === yes ? true : undefined),
  read: (value) => (value === true ? yes : no),
});

/** Attributes of a key that are one value. `range`, `subkeys` and `supportedOS` have a structure of their own. */
export const keyAttributes: Readonly<Record<string, Attribute>> = {
  key: as('name'),
  type: bracketed('type'),
  // what is not required is optional, said or not
  presence: flag('required', 'required', 'optional'),
  subtype: bracketed('subtype'),
  rangelist: as('values'),
  default: as('default'),
  format: as('format'),
  repetition: as('repetition'),
  combinetype: as('combine'),
  assettypes: as('assetTypes'),
  'asset-content-types': as('assetContentTypes'),
  subkeytype: as('structure'),
};

export const payloadAttributes: Readonly<Record<string, Attribute>> = {
  payloadtype: as('type'),
  requesttype: as('type'),
  declarationtype: as('type'),
  statusitemtype: as('type'),
  credentialtype: as('type'),
  apply: as('apply'),
  beta: flag('beta', true, false),
};

/** Attributes of one platform under `supportedOS`. */
export const supportAttributes: Readonly<Record<string, Attribute>> = {
  introduced: as('introduced'),
  deprecated: as('deprecated'),
  removed: as('removed'),
  accessrights: as('right'),
  supervised: as('supervised'),
  requiresdep: as('automated'),
  userapprovedmdm: as('userApproved'),
  allowmanualinstall: as('manual'),
  multiple: as('multiple'),
  devicechannel: as('deviceChannel'),
  userchannel: as('userChannel'),
  beta: flag('beta', true, false),
  'always-skippable': as('alwaysSkippable'),
  'allowed-enrollments': as('enrollments'),
  'allowed-scopes': as('scopes'),
};

/** Below `sharedipad` and `userenrollment`. */
export const nestedSupport: Readonly<
  Record<string, { readonly ours: string; readonly attributes: Readonly<Record<string, Attribute>> }>
> = {
  sharedipad: {
    ours: 'sharedIPad',
    attributes: {
      mode: as('mode'),
      devicechannel: as('deviceChannel'),
      userchannel: as('userChannel'),
      'allowed-scopes': as('scopes'),
    },
  },
  userenrollment: { ours: 'userEnrollment', attributes: { mode: as('mode') } },
};

/** What the catalogue leaves out, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  title: 'prose',
  description: 'prose',
  content: 'prose',
  notes: 'prose',
  note: 'prose',
  behavior: 'prose',
  examples: 'names of example files outside of the schema, with prose',
};

/** Names that stand for any key. The others begin with ANY. */
const namedWildcards: readonly string[] = ['Category Name', 'Realm', 'Printer'];

/** A dictionary's only entry whose name is a word for any name. */
export function isWildcard(name: string, siblings: number, inDictionary: boolean): boolean {
  return /^ANY(?: |$)/.test(name) || (inDictionary && siblings === 1 && namedWildcards.includes(name));
}
