// Statements over push tokens that lead nowhere. `$1` is the organization, save in the one that reads across tenants.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const markDeadStatement = sql(
  'apple-mark-push-dead',
  `update apple_channels set push_dead_at = $5
   where organization_id = $1 and device_id = $2 and channel = $3 and push_token = $4 and push_dead_at is null
     and push_token_at <= $5`,
);

export async function markPushDead(
  tx: TenantTx,
  dead: {
    readonly deviceId: string;
    readonly channel: string;
    readonly token: Uint8Array;
    readonly since: number;
  },
): Promise<boolean> {
  const values = [
    tx.organizationId,
    dead.deviceId,
    dead.channel,
    Buffer.from(dead.token),
    new Date(dead.since),
  ];
  return (await tx.run(markDeadStatement, values)) === 1;
}

const isDeadStatement = sql(
  'apple-is-push-dead',
  `select push_dead_at is not null as dead from apple_channels where organization_id = $1 and device_id = $2 and channel = ''`,
);

export async function isPushDead(tx: TenantTx, deviceId: string): Promise<boolean> {
  return (await tx.one<{ dead: boolean }>(isDeadStatement, [tx.organizationId, deviceId]))?.dead === true;
}

const findDeadStatement = sql(
  'apple-find-dead-channels',
  `select organization_id, device_id, push_dead_at::text as place from apple_channels
   where push_dead_at is not null and channel = '' and push_dead_at < $1
     and (push_dead_at, device_id) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
   order by push_dead_at, device_id limit $4`,
);

export interface DeadChannelRow {
  readonly organization_id: string;
  readonly device_id: string;
  /** Keeps the microseconds that a JavaScript date loses. */
  readonly place: string;
}

/** @param after the last one of the page before. */
export function findDeadChannels(
  tx: SystemTx,
  before: number,
  after: DeadChannelRow | undefined,
  limit: number,
): Promise<DeadChannelRow[]> {
  return tx.query(findDeadStatement, [
    new Date(before),
    after?.place ?? null,
    after?.device_id ?? null,
    limit,
  ]);
}
