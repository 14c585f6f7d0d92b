// Reading and rewriting sealed columns, generated from the table of sealed columns: one pair of statements per column.
import { type Sql, sql } from '../db/sql.ts';
import { type SealedColumnName, sealedColumns } from './columns.ts';

export interface ResealStatements {
  /** $1 organization, $2 the newest key version: rows still sealed under an older one. */
  readonly select: Sql;
  /** $1 organization, $2 row key, $3 new value, $4 old value: unchanged since it was read, or left alone. */
  readonly update: Sql;
}

function statements({
  table,
  column,
  key,
}: {
  table: string;
  column: string;
  key: string;
}): ResealStatements {
  const name = `${table}-${column}`;
  // Table and column names are constants of the table above, never input.
  const select = [
    'select',
    `${key}::text as row, ${column} as sealed`,
    'from',
    table,
    'where organization_id = $1',
  ];
  select.push(
    `and ${column} is not null and ('x' || encode(substr(${column}, 2, 4), 'hex'))::bit(32)::bigint < $2`,
  );
  select.push('limit 500');
  const update = [
    'update',
    table,
    `set ${column} = $3`,
    'where organization_id = $1',
    `and ${key}::text = $2`,
  ];
  update.push(`and ${column} = $4`);
  return {
    select: sql(`reseal-select-${name}`, select.join(' ')),
    update: sql(`reseal-update-${name}`, update.join(' ')),
  };
}

export const resealStatements = Object.fromEntries(
  Object.entries(sealedColumns).map(([name, column]) => [name, statements(column)]),
) as Record<SealedColumnName, ResealStatements>;
