// Facts of many devices as lines of text: only those that are looked at leave the database, because taking whole reports apart costs more
// than evaluating them. A line is whose report it is, its source, its time in ms since the epoch, and the facts in the order in which
// they were asked for; JSON holds no bare tab or line break. Where more facts are needed than there are places, it holds the whole report.
import type { FactReport } from '@gatehouse/core/facts/select.ts';
import type { FactSource, FactValue } from '@gatehouse/core/facts/types.ts';

const places = 16;

/** null: all of them. */
export function namesToPick(names: readonly string[]): readonly string[] | null {
  return names.length > places ? null : names;
}

/** By what each line begins with. */
export function readPickedFacts(
  lines: string | null,
  names: readonly string[] | null,
): ReadonlyMap<string, readonly FactReport[]> {
  const reports = new Map<string, FactReport[]>();
  for (const line of lines?.split('\n') ?? []) {
    const [whose = '', source, observedAt, ...values] = line.split('\t');
    const facts: Record<string, FactValue> =
      names === null ? (JSON.parse(values[0] ?? '{}') as Record<string, FactValue>) : {};
    for (const [place, name] of names?.entries() ?? []) {
      const value = values[place];
      if (value) facts[name] = JSON.parse(value) as FactValue;
    }
    const report = { source: source as FactSource, observedAt: Number(observedAt), facts };
    const known = reports.get(whose);
    if (known === undefined) reports.set(whose, [report]);
    else known.push(report);
  }
  return reports;
}
