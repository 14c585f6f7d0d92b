// Statements over the audit record. There is none that changes or deletes an entry's content.
import type { AuditContent } from '@gatehouse/core/audit/entry.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const insertEntryStatement = sql(
  'audit-insert-entry',
  `with entry as (
     insert into audit_entries (organization_id, content, content_hash) values ($1, $2, $3) returning entry_id
   )
   insert into audit_values (organization_id, entry_id, name, salt, value)
   select $1, entry.entry_id, v.name, v.salt, v.value
   from entry, unnest($4::text[], $5::bytea[], $6::text[]) as v (name, salt, value)`,
);

export interface PersonalValue {
  readonly name: string;
  readonly salt: Uint8Array;
  readonly value: string;
}

export async function insertEntry(
  tx: TenantTx,
  content: AuditContent,
  hash: Buffer,
  values: readonly PersonalValue[],
): Promise<void> {
  await tx.run(insertEntryStatement, [
    tx.organizationId,
    JSON.stringify(content),
    hash,
    values.map(({ name }) => name),
    values.map(({ salt }) => Buffer.from(salt)),
    values.map(({ value }) => value),
  ]);
}
