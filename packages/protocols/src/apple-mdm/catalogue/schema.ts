/**
 * What the catalogue knows of Apple's device management schema: names, types, values, and where a thing may be used. The
 * data is generated (tools/apple-catalogue) and holds none of Apple's prose. Words are Apple's where they are on the wire.
 */

export const platforms = ['iOS', 'macOS', 'tvOS', 'visionOS', 'watchOS'] as const;
/** iPadOS counts as iOS. */
export type Platform = (typeof platforms)[number];

export const families = [
  'profiles',
  'commands',
  'check-in',
  'declarations',
  'credentials',
  'status-items',
  'protocol',
  'errors',
  'other',
] as const;
/** `credentials` are the bodies behind credential assets; `protocol` the messages inside DeclarativeManagement. */
export type Family = (typeof families)[number];

export type KeyType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'real'
  | 'date'
  | 'data'
  | 'array'
  | 'dictionary'
  | 'any';

export type Mode = 'allowed' | 'forbidden' | 'required' | 'ignored';

/**
 * Where something may be used on one platform. On a type it is the whole truth; on a key it is what differs from the type
 * or the key above.
 */
export interface Support {
  /** First release, or `n/a`: not on this platform. */
  readonly introduced?: string;
  readonly deprecated?: string;
  /** First release without it. `0` in the schema marks a key that only documents structure. */
  readonly removed?: string;
  /** Name of the access right in the MDM payload that the server must hold: see rights.ts. */
  readonly right?: string;
  readonly supervised?: boolean;
  /** Only after automated enrolment. */
  readonly automated?: boolean;
  readonly userApproved?: boolean;
  /** Whether a person may install the profile by hand. */
  readonly manual?: boolean;
  /** Whether several payloads of the type may be installed at a time. */
  readonly multiple?: boolean;
  readonly deviceChannel?: boolean;
  readonly userChannel?: boolean;
  /** May still change on this platform. */
  readonly beta?: true;
  /** Setup panes: true where the pane is always skipped, false where it may be shown, by the moment in the set-up. */
  readonly alwaysSkippable?: boolean;
  /** Declarations and status items: supervised, device, user, local. */
  readonly enrollments?: readonly string[];
  /** Declarations and status items: system, user. */
  readonly scopes?: readonly string[];
  readonly sharedIPad?: {
    readonly mode?: Mode;
    readonly deviceChannel?: boolean;
    readonly userChannel?: boolean;
    readonly scopes?: readonly string[];
  };
  readonly userEnrollment?: { readonly mode?: Mode };
}

export type SupportByPlatform = { readonly [platform in Platform]?: Support };

export type PlainValue = string | number | boolean;

export interface SchemaKey {
  readonly name: string;
  readonly type: KeyType;
  readonly required?: true;
  /** Any key of a dictionary that has no entry of its own; the name is only a word for it. */
  readonly wildcard?: true;
  readonly subtype?: 'url' | 'hostname' | 'email';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly PlainValue[];
  readonly default?: PlainValue;
  /** A regular expression. */
  readonly format?: string;
  /** How often an array's item must appear. */
  readonly repetition?: { readonly min?: number; readonly max?: number };
  /** How a declaration's key is combined when several configurations set it. */
  readonly combine?: string;
  /** Types of the asset declarations that may be referred to. */
  readonly assetTypes?: readonly string[];
  readonly assetContentTypes?: readonly string[];
  /** The schema's name for the structure below. */
  readonly structure?: string;
  /** A dictionary's entries; an array's item, or alternatives of it; the values a string may have, where they differ in support. */
  readonly keys?: readonly SchemaKey[];
  /** Instead of `keys`, in recursive structures: the path, from the top, of the key above that has the same. */
  readonly like?: readonly string[];
  readonly os?: SupportByPlatform;
  /** The schema release this key was last in, if older than the type's. */
  readonly release?: string;
}

/** A reason code of declarative status. */
export interface Reason {
  readonly value: string;
  readonly details?: readonly { readonly name: string; readonly type: KeyType }[];
}

export interface SchemaType {
  /** Unique in its family: the type, and for types with several schemas the variant: `com.apple.MCX(WiFi)`. */
  readonly name: string;
  /** PayloadType, RequestType, MessageType, declaration type, status item, or error code. */
  readonly type: string;
  readonly family: Family;
  /** The file in Apple's repository. */
  readonly file: string;
  /** The release of the schema it was taken from. */
  readonly release: string;
  readonly os?: SupportByPlatform;
  /** Declarations: combined, multiple or single. */
  readonly apply?: string;
  readonly beta?: true;
  readonly keys: readonly SchemaKey[];
  /** What the device answers to a command, or the server to a check-in message. */
  readonly answer?: readonly SchemaKey[];
  readonly reasons?: readonly Reason[];
  /** Names of the status items a declaration shows in. */
  readonly relatedStatusItems?: readonly string[];
}

export interface FamilyData {
  readonly family: Family;
  /** Oldest first; later ones are laid over earlier ones. */
  readonly releases: readonly string[];
  readonly types: readonly SchemaType[];
}
