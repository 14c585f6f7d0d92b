import type { StoredEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { BarCause, DeviceState } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const select = sql(
  'compliance-select-evaluation',
  `select evaluation from device_posture where organization_id = $1 and device_id = $2`,
);

export async function selectEvaluation(tx: TenantTx, deviceId: string): Promise<unknown> {
  const row = await tx.one<{ evaluation: unknown }>(select, [tx.organizationId, deviceId]);
  return row?.evaluation ?? undefined;
}

const selectStandingOfDevice = sql(
  'compliance-select-standing',
  `select case when d.state = 'registered' and d.barred_at is not null then 'blocked' else d.state end as state,
     case when d.state = 'registered' and d.barred_at is not null then coalesce(d.barred_cause, 'order') end as barred,
     u.language, p.evaluation
   from device_posture p
   join devices d on d.organization_id = $1 and d.device_id = p.device_id
   left join users u on u.organization_id = $1 and u.user_id = d.user_id
   where p.organization_id = $1 and p.device_id = $2`,
);

const selectLanguagesOfUsers = sql(
  'compliance-select-languages',
  `select d.device_id, u.language from devices d
   join users u on u.organization_id = $1 and u.user_id = d.user_id
   where d.organization_id = $1 and d.device_id = any ($2::uuid[])`,
);

/** In which the user of each device is written to. */
export async function selectLanguages(
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await tx.query<{ device_id: string; language: string | null }>(selectLanguagesOfUsers, [
    tx.organizationId,
    deviceIds,
  ]);
  return new Map(rows.map((row) => [row.device_id, row.language]));
}

export interface StandingRow {
  readonly state: DeviceState;
  readonly barred: BarCause | null;
  /** In which its user is written to. */
  readonly language: string | null;
  readonly evaluation: StoredEvaluation;
}

export async function selectStanding(tx: TenantTx, deviceId: string): Promise<StandingRow | undefined> {
  const row = await tx.one<StandingRow & { readonly evaluation: StoredEvaluation | null }>(
    selectStandingOfDevice,
    [tx.organizationId, deviceId],
  );
  return row?.evaluation ? row : undefined;
}
