/** What the address of the facts says: what is searched for, and which fact is open. */
import { type FactName, isFactName } from '@gatehouse/core/facts/catalogue.ts';

export interface FactsSearch {
  readonly q?: string;
  readonly fact?: FactName;
}

export function readFactsSearch(search: Readonly<Record<string, unknown>>): FactsSearch {
  const { q, fact } = search;
  return {
    ...(typeof q === 'string' && q !== '' ? { q: q.slice(0, 100) } : {}),
    ...(typeof fact === 'string' && isFactName(fact) ? { fact } : {}),
  };
}
