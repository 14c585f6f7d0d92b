/**
 * What to believe when several sources state a fact: the most trusted that states it at all, however old (DEV-09). A
 * trusted source that fell silent makes the fact stale; it does not hand the word to one that is easier to fool.
 */
import { compareText } from '../text-order.ts';
import { factDefinition, type FactName, isFactName } from './catalogue.ts';
import type { Facts, FactSource, FactStatement, FactValue, StoredFact } from './types.ts';
import { factSources } from './types.ts';

/** What one source last reported, as stored: one row per device, source and scan. */
export interface FactReport {
  readonly source: FactSource;
  readonly observedAt: number;
  readonly facts: Readonly<Record<string, FactValue>>;
}

export function selectFacts(reports: Iterable<FactReport>): Facts {
  const believed = new Map<FactName, StoredFact>();
  /** Nearly every fact is stated by one source alone. */
  const contested = new Map<FactName, FactStatement[]>();
  for (const { source, observedAt, facts } of reports) {
    for (const [name, value] of Object.entries(facts)) {
      if (!isFactName(name) || !factDefinition(name).sources.includes(source)) continue;
      const statement = { value, source, observedAt };
      const first = believed.get(name);
      if (first === undefined) believed.set(name, statement);
      else contested.set(name, [...(contested.get(name) ?? [first]), statement]);
    }
  }
  for (const [name, statements] of contested) believed.set(name, believe(statements));
  return believed;
}

function believe(statements: readonly FactStatement[]): StoredFact {
  const [believed, ...others] = statements.toSorted(compareTrust);
  if (believed === undefined) throw new RangeError('a fact without a statement');
  const contradictedBy = others.filter(({ value }) => !sameValue(value, believed.value));
  return contradictedBy.length === 0 ? believed : { ...believed, contradictedBy };
}

/** More trusted first; of one source, the younger; the last comparison only makes the order total. */
function compareTrust(a: FactStatement, b: FactStatement): number {
  return (
    factSources.indexOf(a.source) - factSources.indexOf(b.source) ||
    b.observedAt - a.observedAt ||
    compareText(JSON.stringify(a.value), JSON.stringify(b.value))
  );
}

/** Equal as JSON, whatever the order of an object's fields. */
export function sameValue(a: FactValue, b: FactValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item: FactValue, index) => sameValue(item, b[index] as FactValue))
    );
  }
  const [left, right] = [a as Readonly<Record<string, FactValue>>, b as Readonly<Record<string, FactValue>>];
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) => Object.hasOwn(right, name) && sameValue(left[name] as FactValue, right[name] as FactValue),
    )
  );
}
