// Statements over who is told about a new mail device. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface InstructedRow {
  readonly mail_device_id: string;
  readonly device_type: string;
  readonly model: string | null;
  readonly email: string;
  readonly display_name: string;
  readonly language: string | null;
  readonly user_state: 'active' | 'disabled';
  /** When the person was last told of any device. */
  readonly instructed_at: Date | null;
}

const select = sql(
  'mail-instruct-select',
  `select m.mail_device_id, m.device_type, m.information ->> 'model' as model, u.email, u.display_name, u.language,
     u.state as user_state,
     (select max(n.instructed_at) from mail_devices n where n.organization_id = $1 and n.user_id = $2) as instructed_at
   from mail_devices m join users u on u.organization_id = $1 and u.user_id = m.user_id
   where m.organization_id = $1 and m.user_id = $2 and m.state = 'unknown' and m.device_id is null and m.instructed_at is null
   order by m.mail_device_no desc limit 1`,
);

/** The newest stranger of which the person was not told. */
export function selectInstructed(tx: TenantTx, userId: string): Promise<InstructedRow | undefined> {
  return tx.one<InstructedRow>(select, [tx.organizationId, userId]);
}

const mark = sql(
  'mail-instruct-mark',
  `update mail_devices set instructed_at = $3
   where organization_id = $1 and user_id = $2 and state = 'unknown' and device_id is null and instructed_at is null`,
);

export function markInstructed(tx: TenantTx, userId: string, at: Date): Promise<number> {
  return tx.run(mark, [tx.organizationId, userId, at]);
}
