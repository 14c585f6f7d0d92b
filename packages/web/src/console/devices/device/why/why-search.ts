/** What the address of the Why page says: which gate, and as of when. */
import { type Gate, gates } from '@gatehouse/core/compliance/gate.ts';

export interface WhySearch {
  readonly gate?: Gate;
  /** ISO time; absent: now. */
  readonly at?: string;
}

export function readWhySearch(search: Readonly<Record<string, unknown>>): WhySearch {
  const gate = gates.find((each) => each === search['gate']);
  const at = typeof search['at'] === 'string' ? Date.parse(search['at']) : Number.NaN;
  return {
    ...(gate === undefined ? {} : { gate }),
    ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
  };
}

/** The gate that is worth a look first: one that is shut, else one in quarantine, else the network. */
export function firstGate(access: Readonly<Partial<Record<Gate, string>>>): Gate {
  return (
    gates.find((gate) => access[gate] === 'deny') ??
    gates.find((gate) => access[gate] === 'quarantine') ??
    'network'
  );
}

/** What a field for date and time shows, in the reader’s zone, and back. */
export function toLocalInput(at: string | undefined): string {
  if (at === undefined) return '';
  const time = new Date(at);
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function fromLocalInput(value: string): string | undefined {
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
