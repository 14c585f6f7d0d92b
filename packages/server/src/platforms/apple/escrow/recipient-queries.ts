// Certificates to which devices envelope what they hand over for escrow. `$1` is always the organization.
import type { TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

export interface RecipientRow {
  readonly recipient_id: string;
  readonly certificate: Buffer;
  readonly private_key: Buffer;
}

const recipients = sql(
  'escrow-recipients',
  `select recipient_id, certificate, private_key from escrow_recipients where organization_id = $1
   order by recipient_id desc`,
);

/** Newest first; there is hardly ever more than one. */
export function selectRecipients(tx: TenantTx): Promise<RecipientRow[]> {
  return tx.query<RecipientRow>(recipients, [tx.organizationId]);
}

const lockRecipientsStatement = sql(
  'escrow-lock-recipients',
  `select pg_advisory_xact_lock(hashtextextended('escrow-recipients ' || $1::text, 0))`,
);

export async function lockRecipients(tx: TenantTx): Promise<void> {
  await tx.query(lockRecipientsStatement, [tx.organizationId]);
}

const insertRecipientStatement = sql(
  'escrow-insert-recipient',
  `insert into escrow_recipients (organization_id, recipient_id, certificate, private_key, created_at)
   values ($1, $2, $3, $4, $5)`,
);

export async function insertRecipient(tx: TenantTx, row: RecipientRow, at: Date): Promise<void> {
  await tx.run(insertRecipientStatement, [
    tx.organizationId,
    row.recipient_id,
    row.certificate,
    row.private_key,
    at,
  ]);
}
