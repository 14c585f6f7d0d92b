// Facts of many devices as lines of text: only those that are looked at leave the database, because taking whole reports apart costs more
// than evaluating them. A line is whose report it is, its source, its time in ms since the epoch, and the facts in the order in which
// they were asked for; JSON holds no bare tab or line break. Where more facts are needed than there are places, it holds the whole report.
import type { FactReport } from '@gatehouse/core/facts/select.ts';
import type { FactSource, FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const places = 16;

/** null: all of them. */
export function namesToPick(names: readonly string[]): readonly string[] | null {
  return names.length > places ? null : names;
}

/**
 * What of a row `f` of device_facts makes its line, behind whose it is; `n.names` are the facts asked for, null all. Times are taken
 * as floating numbers, which are exact to the millisecond and cost a tenth.
 */
export const pickedFacts = `e'\\t', f.source, e'\\t', round(date_part('epoch', f.observed_at) * 1000), e'\\t',
  case when n.names is null then f.facts::text else concat(
    f.facts -> n.names[1], e'\\t', f.facts -> n.names[2], e'\\t', f.facts -> n.names[3], e'\\t', f.facts -> n.names[4], e'\\t',
    f.facts -> n.names[5], e'\\t', f.facts -> n.names[6], e'\\t', f.facts -> n.names[7], e'\\t', f.facts -> n.names[8], e'\\t',
    f.facts -> n.names[9], e'\\t', f.facts -> n.names[10], e'\\t', f.facts -> n.names[11], e'\\t', f.facts -> n.names[12], e'\\t',
    f.facts -> n.names[13], e'\\t', f.facts -> n.names[14], e'\\t', f.facts -> n.names[15], e'\\t', f.facts -> n.names[16]) end`;

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

const select = sql(
  'compliance-select-picked-facts',
  `select string_agg(concat(f.device_id, ${pickedFacts}), e'\\n') as lines
   from (select $4::text[] as names) n, device_facts f
   where f.organization_id = $1 and f.device_id = any ($2) and f.scan = any ($3)`,
);

/** What is stated of these facts, by device. */
export async function loadPickedFacts(
  tx: TenantTx,
  deviceIds: readonly string[],
  { scans, facts }: { readonly scans: readonly Scan[]; readonly facts: readonly string[] },
): Promise<ReadonlyMap<string, readonly FactReport[]>> {
  if (facts.length === 0) return new Map();
  const names = namesToPick(facts);
  const row = await tx.one<{ lines: string | null }>(select, [tx.organizationId, deviceIds, scans, names]);
  return readPickedFacts(row?.lines ?? null, names);
}
