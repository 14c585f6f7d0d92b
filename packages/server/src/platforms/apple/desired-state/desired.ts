// What a device should have, in Apple's forms: profiles, declarations, provisioning profiles, and what is withheld and why.
import type { ResourceFields, ResourceKind, ResourceSecrets } from '@gatehouse/core/resources/catalogue.ts';
import type { VariableValues } from '@gatehouse/core/resources/variables.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { AppleEnrollmentKind, AppleOs } from '../apple-target.ts';

/** app: one that comes by command. asset: what an asset declaration points at; it is fetched, not listed. */
export type ItemForm = 'profile' | 'declaration' | 'provisioning-profile' | 'app' | 'asset';

export type ChannelKind = 'device' | 'user';

/** What an item comes from, for people. */
export interface ItemSource {
  readonly kind: 'settings' | 'resource' | 'management';
  /** The resource's id; '' for the others. */
  readonly id: string;
  readonly name: string;
}

export interface DesiredItem {
  readonly channel: ChannelKind;
  readonly form: ItemForm;
  /** Unique in channel and form; of declarations at most 64 octets. */
  readonly identifier: string;
  readonly source: ItemSource;
  /** The profile's bytes, the file, the asset's body; of a declaration its JSON without the token. */
  readonly content: Uint8Array;
  /** Changes with the content and with nothing else. */
  readonly token: string;
  /** Only of declarations. */
  readonly kind?: DeclarationKind;
  readonly contentType?: string;
}

export const declarationKinds = ['activation', 'asset', 'configuration', 'management'] as const;
export type DeclarationKind = (typeof declarationKinds)[number];

export interface Withheld {
  readonly channel: ChannelKind;
  readonly form: ItemForm;
  readonly identifier: string;
  readonly source: ItemSource;
  readonly why: string;
}

export interface Desired {
  /** In the order of channel, form and identifier. */
  readonly items: readonly DesiredItem[];
  readonly withheld: readonly Withheld[];
}

/** A resource with what is secret in it, ready to be built from. */
export interface OpenResource {
  readonly resourceId: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly fields: ResourceFields;
  readonly secrets: ResourceSecrets;
}

/** What the compiler needs to know of a device: two devices that agree in it get the same bytes. */
export interface CompileTarget {
  readonly os: AppleOs;
  readonly osVersion: string | undefined;
  readonly supervised: boolean;
  readonly sharedIpad: boolean;
  readonly enrollmentKind: AppleEnrollmentKind;
  /** Whether one of its users is managed too (Mac, Shared iPad). */
  readonly hasUserChannel: boolean;
}

export interface CompileInput {
  readonly target: CompileTarget;
  readonly organization: string;
  readonly settings: Settings;
  /** Those that reach the device. */
  readonly resources: readonly OpenResource[];
  /** Those that the former name, by id: certificates of networks. */
  readonly named: ReadonlyMap<string, OpenResource>;
  readonly variables: VariableValues;
  /** When the system must be up to date, ms since the epoch; undefined: not to be enforced yet. */
  readonly updateBy: number | undefined;
  /** DER: to whom a Mac envelopes its recovery key; undefined: nobody is there yet to keep it. */
  readonly escrow: Uint8Array | undefined;
  /** Keyed, so that a token betrays nothing of a short password in the content. 32 bytes. */
  readonly hash: (content: Uint8Array | string) => Buffer;
  /** Where a device fetches an asset. */
  readonly assetUrl: (identifier: string) => string;
}
