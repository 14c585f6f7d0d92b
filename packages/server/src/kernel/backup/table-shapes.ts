// The tables that a backup holds, read from the catalog of a database whose schema our own migrations made: names, columns,
// types, and an order in which every foreign key finds what it points to.
import type pg from 'pg';
import { tablesNotBackedUp, tablesWithoutTenant } from '../db/tenancy.ts';

export interface ColumnShape {
  readonly name: string;
  /** As PostgreSQL writes it, `text[]`. */
  readonly type: string;
  /** Numbered by a sequence. */
  readonly identity: boolean;
}

export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
}

const selectColumns = `
  select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attidentity <> '' as identity
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'gh'
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relkind = 'r' order by c.relname, a.attnum`;

const selectReferences = `
  select distinct f.conrelid::regclass::oid, c.relname as from, t.relname as to
  from pg_constraint f
  join pg_class c on c.oid = f.conrelid join pg_class t on t.oid = f.confrelid
  join pg_namespace n on n.oid = f.connamespace and n.nspname = 'gh'
  where f.contype = 'f' and f.conrelid <> f.confrelid`;

export async function readTableShapes(client: pg.ClientBase): Promise<TableShape[]> {
  const columns = await client.query<ColumnShape & { table: string }>(selectColumns);
  const references = await client.query<{ from: string; to: string }>(selectReferences);
  const tables = new Map<string, ColumnShape[]>();
  for (const { table, name, type, identity } of columns.rows) {
    if (table in tablesWithoutTenant || table in tablesNotBackedUp) continue;
    const known = tables.get(table) ?? [];
    known.push({ name, type, identity });
    tables.set(table, known);
  }
  return inOrder(tables, references.rows);
}

function inOrder(
  tables: ReadonlyMap<string, readonly ColumnShape[]>,
  references: readonly { from: string; to: string }[],
): TableShape[] {
  const ordered = new Map<string, TableShape>();
  const visit = (name: string, path: readonly string[]): void => {
    const columns = tables.get(name);
    if (columns === undefined || ordered.has(name)) return;
    if (path.includes(name)) throw new Error(`Foreign keys form a circle: ${[...path, name].join(' → ')}`);
    for (const { from, to } of references) if (from === name) visit(to, [...path, name]);
    ordered.set(name, { name, columns });
  };
  // Organizations first: whoever reads along meets the tenant before what it owns.
  visit('organizations', []);
  for (const name of tables.keys()) visit(name, []);
  return [...ordered.values()];
}

/** For an identifier from the catalog. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
