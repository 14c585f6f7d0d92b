// Statements over the audit record. There is none that changes or deletes an entry's content.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface PersonalValue {
  readonly name: string;
  readonly salt: Uint8Array;
  readonly value: string;
}

interface NewEntry {
  /** Canonical JSON. */
  readonly text: string;
  /** 32 bytes. */
  readonly hash: Buffer;
}

/**
 * Most entries have no personal values; several at once keep the order in which they are given. They travel as one JSON array and
 * one run of hashes, because an array of JSON texts is escaped, taken apart and read one by one.
 */
const insertPlainStatement = sql(
  'audit-insert-plain-entries',
  `insert into audit_entries (organization_id, content, content_hash)
   select $1, e.content, substring($3::bytea from e.place::int * 32 - 31 for 32)
   from jsonb_array_elements($2::jsonb) with ordinality as e (content, place) order by e.place`,
);

const insertOneStatement = sql(
  'audit-insert-plain-entry',
  'insert into audit_entries (organization_id, content, content_hash) values ($1, $2, $3)',
);

export async function insertPlainEntries(tx: TenantTx, entries: readonly NewEntry[]): Promise<void> {
  await tx.run(insertPlainStatement, [
    tx.organizationId,
    `[${entries.map(({ text }) => text).join(',')}]`,
    Buffer.concat(entries.map(({ hash }) => hash)),
  ]);
}

const insertEntryStatement = sql(
  'audit-insert-entry',
  `with entry as (
     insert into audit_entries (organization_id, content, content_hash) values ($1, $2, $3) returning entry_id
   )
   insert into audit_values (organization_id, entry_id, name, salt, value)
   select $1, entry.entry_id, v.name, v.salt, v.value
   from entry, unnest($4::text[], $5::bytea[], $6::text[]) as v (name, salt, value)`,
);

export async function insertEntry(
  tx: TenantTx,
  { text, hash, values }: NewEntry & { readonly values: readonly PersonalValue[] },
): Promise<void> {
  if (values.length === 0) {
    await tx.run(insertOneStatement, [tx.organizationId, text, hash]);
    return;
  }
  await tx.run(insertEntryStatement, [
    tx.organizationId,
    text,
    hash,
    values.map(({ name }) => name),
    values.map(({ salt }) => Buffer.from(salt)),
    values.map(({ value }) => value),
  ]);
}
