/**
 * What a scan found: facts, and for those it could not establish a note saying why. A fact without an answer stays
 * absent, so the server sees it as unknown rather than as fine.
 */
import { type FactName, type FactValueOf, factDefinition } from '@gatehouse/core/facts/catalogue.ts';
import type { FactValue } from '@gatehouse/core/facts/types.ts';
import { withinCaps } from './caps.ts';

export interface FactNote {
  /** A fact, or the part of a scan that failed. */
  readonly about: string;
  readonly why: string;
}

export class Findings {
  readonly #facts = new Map<FactName, FactValue>();
  readonly #notes = new Map<string, string>();
  #truncated = false;

  /** States a fact; undefined leaves it unsaid. Values past the catalogue's bounds are cut and the report marked. */
  set<N extends FactName>(name: N, value: FactValueOf<N> | undefined): void {
    if (value === undefined) return;
    const capped = withinCaps(value, factDefinition(name).shape);
    if (capped === undefined) return this.unknown(name, 'the machine gave a value that makes no sense');
    if (capped.truncated) this.#truncated = true;
    this.#facts.set(name, capped.value);
    this.#notes.delete(name);
  }

  /** Says why a fact is missing; the first reason stands. */
  unknown(name: FactName, why: string): void {
    if (!this.#facts.has(name)) this.note(name, why);
  }

  note(about: string, why: string): void {
    if (!this.#notes.has(about)) this.#notes.set(about, why.slice(0, 512));
  }

  markTruncated(): void {
    this.#truncated = true;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  get facts(): Readonly<Partial<Record<FactName, FactValue>>> {
    return Object.fromEntries(this.#facts);
  }

  get notes(): readonly FactNote[] {
    return [...this.#notes].map(([about, why]) => ({ about, why }));
  }
}
