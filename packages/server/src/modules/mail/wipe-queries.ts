// Statements over wipes of mail devices. `$1` is always the organization.
import type { MailWipeKind, MailWipeState } from '@gatehouse/core/mail/mail-device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface MailWipeRow {
  readonly wipe_id: string;
  readonly mail_device_id: string;
  readonly kind: MailWipeKind;
  readonly state: MailWipeState;
  readonly ordered_by: string;
  readonly server_id: string | null;
  readonly reason: string | null;
}

const columns = 'wipe_id, mail_device_id, kind, state, ordered_by, server_id, reason';

const insert = sql(
  'mail-wipes-insert',
  `insert into mail_device_wipes (organization_id, ${columns}, ordered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

export function insertWipe(tx: TenantTx, row: MailWipeRow, at: Date): Promise<number> {
  return tx.run(insert, [
    tx.organizationId,
    row.wipe_id,
    row.mail_device_id,
    row.kind,
    row.state,
    row.ordered_by,
    row.server_id,
    row.reason,
    at,
  ]);
}

const open = sql(
  'mail-wipes-open',
  `select ${columns} from mail_device_wipes
   where organization_id = $1 and mail_device_id = $2 and state in ('ordered', 'fetched') for update`,
);

const selectOpen = sql(
  'mail-wipes-select-open',
  `select ${columns} from mail_device_wipes
   where organization_id = $1 and mail_device_id = $2 and state in ('ordered', 'fetched')`,
);

export function selectOpenWipe(tx: TenantTx, mailDeviceId: string): Promise<MailWipeRow | undefined> {
  return tx.one<MailWipeRow>(selectOpen, [tx.organizationId, mailDeviceId]);
}

/** There is at most one. Its mail device is locked. */
export function lockOpenWipe(tx: TenantTx, mailDeviceId: string): Promise<MailWipeRow | undefined> {
  return tx.one<MailWipeRow>(open, [tx.organizationId, mailDeviceId]);
}

const move = sql(
  'mail-wipes-move',
  `update mail_device_wipes set state = $3,
     fetched_at = case when $3 = 'fetched' then coalesce(fetched_at, $4) else fetched_at end,
     finished_at = case when $3 in ('done', 'failed', 'cancelled') then $4 else finished_at end
   where organization_id = $1 and wipe_id = $2`,
);

export function writeWipeState(
  tx: TenantTx,
  wipeId: string,
  state: MailWipeState,
  at: Date,
): Promise<number> {
  return tx.run(move, [tx.organizationId, wipeId, state, at]);
}
