/**
 * What is known of a device is a set of typed facts. A stored fact has a value, the source that stated it and the time
 * it was observed; trust follows the source, and an old fact is unknown, not fine (GAP-08, AGT-13).
 */
import type { FactName } from './catalogue.ts';

export type FactValue =
  | string
  | number
  | boolean
  | readonly FactValue[]
  | { readonly [field: string]: FactValue };

/** SCN-01 … SCN-05; each runs at its own interval and on demand (SCN-06). */
export const scans = ['device-information', 'security', 'profiles', 'apps', 'certificates'] as const;
export type Scan = (typeof scans)[number];

/** Most trusted first (DEV-09): hardware attestation, the operating system's own protocol, our agent, a mail client, a person. */
export const factSources = ['attested', 'os-protocol', 'agent', 'activesync', 'administrator'] as const;
export type FactSource = (typeof factSources)[number];

/**
 * technical: says something about the machine. personal: says something about a person who can be named, such as a phone
 * number. sensitive: where the person is, what the person does; every reading of it is audited.
 */
export const privacyClasses = ['technical', 'personal', 'sensitive'] as const;
export type PrivacyClass = (typeof privacyClasses)[number];

export interface FactStatement {
  readonly value: FactValue;
  readonly source: FactSource;
  /** ms since the epoch, by the server's clock (DEV-13). */
  readonly observedAt: number;
}

export interface StoredFact extends FactStatement {
  /** What less trusted sources say instead, when it differs: shown as evidence, never believed (DEV-09). */
  readonly contradictedBy?: readonly FactStatement[];
}

export type Facts = ReadonlyMap<FactName, StoredFact>;
