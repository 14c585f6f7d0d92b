/**
 * What is known of a device is a set of typed facts. A stored fact has a value, the source that stated it and the time
 * it was observed; trust follows the source, and an old fact is unknown, not fine (GAP-08, AGT-13).
 */
import type { FactName } from './catalogue.ts';
import type { FactSource } from './vocabulary.ts';

export * from './vocabulary.ts';

export type FactValue =
  | string
  | number
  | boolean
  | readonly FactValue[]
  | { readonly [field: string]: FactValue };

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
