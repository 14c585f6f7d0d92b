import type { StoredEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { BarCause, DeviceState } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const select = sql(
  'devices-standing-words',
  `select p.device_id, p.evaluation,
     case when d.state = 'registered' and d.barred_at is not null then 'blocked' else d.state end as state,
     case when d.state = 'registered' and d.barred_at is not null then coalesce(d.barred_cause, 'order') end as barred
   from unnest((select $2::uuid[])) as wanted (device_id)
   join device_posture p on p.organization_id = $1 and p.device_id = wanted.device_id
   join devices d on d.organization_id = $1 and d.device_id = p.device_id
   where p.evaluation is not null`,
);

interface StandingWords {
  readonly device_id: string;
  readonly evaluation: StoredEvaluation;
  readonly state: DeviceState;
  readonly barred: BarCause | null;
}

/** What is needed to say how each of them stands; those that were never judged are left out. */
export function selectStandings(tx: TenantTx, deviceIds: readonly string[]): Promise<StandingWords[]> {
  return tx.query<StandingWords>(select, [tx.organizationId, deviceIds]);
}
