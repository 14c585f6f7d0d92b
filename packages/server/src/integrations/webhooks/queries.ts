// Statements over webhooks and their deliveries. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { OutboxPosition } from '../../kernel/outbox.ts';

export interface WebhookRow {
  readonly webhook_id: string;
  readonly name: string;
  readonly url: string;
  readonly events: string[];
  readonly secret: Buffer;
  readonly previous_secret: Buffer | null;
  readonly previous_until: Date | null;
  readonly state: 'enabled' | 'disabled';
  readonly state_reason: string | null;
  readonly position_transaction: string;
  readonly position_event: string;
  readonly failing_since: Date | null;
  readonly failures: number;
  readonly last_failure: string | null;
  readonly retry_at: Date | null;
  readonly created_at: Date;
  readonly waiting: number;
}

const selectWebhooks = sql(
  'webhooks-select',
  `select w.*, (select count(*)::int from (select 1 from webhook_deliveries d where d.organization_id = w.organization_id
     and d.webhook_id = w.webhook_id and d.state = 'waiting' limit 1000) counted) as waiting
   from webhooks w where w.organization_id = $1 order by w.created_at, w.webhook_id`,
);
const selectWebhook = sql(
  'webhooks-select-one',
  `select w.*, (select count(*)::int from (select 1 from webhook_deliveries d where d.organization_id = w.organization_id
     and d.webhook_id = w.webhook_id and d.state = 'waiting' limit 1000) counted) as waiting
   from webhooks w where w.organization_id = $1 and w.webhook_id = $2`,
);
const lockWebhook = sql(
  'webhooks-lock',
  `select w.*, (select count(*)::int from (select 1 from webhook_deliveries d where d.organization_id = w.organization_id
     and d.webhook_id = w.webhook_id and d.state = 'waiting' limit 1000) counted) as waiting
   from webhooks w where w.organization_id = $1 and w.webhook_id = $2 for update of w`,
);
const lockCount = sql(
  'webhooks-lock-count',
  `select pg_advisory_xact_lock(hashtextextended('webhooks ' || $1::uuid::text, 0))`,
);
const insertWebhook = sql(
  'webhooks-insert',
  `insert into webhooks (organization_id, webhook_id, name, url, events, secret, position_transaction, position_event,
     created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);
const updateWebhook = sql(
  'webhooks-update',
  `update webhooks set name = $3, url = $4, events = $5, state = $6, state_reason = $7,
     position_transaction = $8, position_event = $9, failing_since = null, failures = 0, last_failure = null, retry_at = null
   where organization_id = $1 and webhook_id = $2`,
);
const replaceSecret = sql(
  'webhooks-replace-secret',
  `update webhooks set previous_secret = $4, previous_until = $5, secret = $3 where organization_id = $1 and webhook_id = $2`,
);
const deleteWebhook = sql(
  'webhooks-delete',
  `delete from webhooks where organization_id = $1 and webhook_id = $2`,
);
const movePosition = sql(
  'webhooks-move-position',
  `update webhooks set position_transaction = $3, position_event = $4 where organization_id = $1 and webhook_id = $2`,
);
const noteHealth = sql(
  'webhooks-note-health',
  `update webhooks set failing_since = case when $3::text is null then null else coalesce(failing_since, $4) end,
     failures = case when $3::text is null then 0 else failures + 1 end, last_failure = $3, retry_at = $5
   where organization_id = $1 and webhook_id = $2`,
);
const insertDeliveries = sql(
  'webhooks-insert-deliveries',
  `insert into webhook_deliveries (organization_id, webhook_id, delivery_id, message_id, event_name, body, created_at)
   select $1, $2, d.delivery_id, d.message_id, d.event_name, d.body, $4
   from rows from (jsonb_to_recordset($3::jsonb) as (delivery_id uuid, message_id text, event_name text, body text))
     with ordinality as d (delivery_id, message_id, event_name, body, place)
   order by d.place`,
);
const claimDeliveries = sql(
  'webhooks-claim',
  `with next as (
     select delivery_no from webhook_deliveries
     where organization_id = $1 and webhook_id = $2 and state = 'waiting' and next_attempt_at <= $4
       and (locked_until is null or locked_until < now())
     order by next_attempt_at, delivery_no limit $3 for update skip locked
   )
   update webhook_deliveries d set locked_until = now() + interval '15 seconds', attempts = attempts + 1 from next
   where d.organization_id = $1 and d.webhook_id = $2 and d.delivery_no = next.delivery_no
   returning d.delivery_no, d.delivery_id, d.message_id, d.event_name, d.body, d.attempts`,
);
const settleDeliveries = sql(
  'webhooks-settle',
  `update webhook_deliveries d set state = s.state, last_status = s.status, last_failure = s.failure, locked_until = null,
     attempts = s.attempts, next_attempt_at = coalesce(s.next, d.next_attempt_at),
     finished_at = case when s.state = 'waiting' then null else $4::timestamptz end
   from jsonb_to_recordset($3::jsonb)
     as s (delivery_no bigint, state text, status integer, failure text, attempts integer, next timestamptz)
   where d.organization_id = $1 and d.webhook_id = $2 and d.delivery_no = s.delivery_no and d.state = 'waiting'`,
);
const listDeliveries = sql(
  'webhooks-list-deliveries',
  `select delivery_no, delivery_id, message_id, event_name, state, attempts, next_attempt_at, last_status, last_failure,
     created_at, finished_at
   from webhook_deliveries where organization_id = $1 and webhook_id = $2 and delivery_no < $3
   order by delivery_no desc limit $4`,
);
const copyDelivery = sql(
  'webhooks-copy-delivery',
  `insert into webhook_deliveries (organization_id, webhook_id, delivery_id, message_id, event_name, body)
   select organization_id, webhook_id, $4, message_id, event_name, body from webhook_deliveries
   where organization_id = $1 and webhook_id = $2 and delivery_id = $3
   returning message_id`,
);
const purge = sql(
  'webhooks-purge',
  `delete from webhook_deliveries
   where (state = 'delivered' and finished_at < now() - $1 * interval '1 day')
      or (state = 'failed' and finished_at < now() - $2 * interval '1 day')`,
);
const webhooksWithWork = sql(
  'webhooks-with-work',
  `select w.organization_id, w.webhook_id from webhooks w
   where w.state = 'enabled' and (w.retry_at is null or w.retry_at <= $1) and (
     exists (select 1 from events e where e.organization_id = w.organization_id and e.transaction >= w.position_transaction
       and (e.transaction > w.position_transaction or e.event_id > w.position_event))
     or exists (select 1 from webhook_deliveries d where d.organization_id = w.organization_id and d.webhook_id = w.webhook_id
       and d.state = 'waiting' and d.next_attempt_at <= $1))`,
);

const one = (tx: TenantTx, id: string) => [tx.organizationId, id];
export const readWebhooks = (tx: TenantTx) => tx.query<WebhookRow>(selectWebhooks, [tx.organizationId]);
export const readWebhook = (tx: TenantTx, id: string) => tx.one<WebhookRow>(selectWebhook, one(tx, id));
export const readWebhookForChange = (tx: TenantTx, id: string) =>
  tx.one<WebhookRow>(lockWebhook, one(tx, id));
export const holdWebhookCount = (tx: TenantTx) => tx.query(lockCount, [tx.organizationId]);
export const storeWebhook = (
  tx: TenantTx,
  row: Pick<WebhookRow, 'webhook_id' | 'name' | 'url' | 'events' | 'secret' | 'created_at'>,
  position: OutboxPosition,
  by: string,
) =>
  tx.run(insertWebhook, [
    ...one(tx, row.webhook_id),
    row.name,
    row.url,
    row.events,
    row.secret,
    position.transaction,
    position.event,
    by,
    row.created_at,
  ]);
export const changeWebhookRow = (
  tx: TenantTx,
  row: Pick<WebhookRow, 'webhook_id' | 'name' | 'url' | 'events' | 'state' | 'state_reason'>,
  position: OutboxPosition,
) =>
  tx.run(updateWebhook, [
    ...one(tx, row.webhook_id),
    row.name,
    row.url,
    row.events,
    row.state,
    row.state_reason,
    position.transaction,
    position.event,
  ]);
export const storeSecret = (tx: TenantTx, id: string, secret: Buffer, previous: Buffer, until: Date) =>
  tx.run(replaceSecret, [...one(tx, id), secret, previous, until]);
export const dropWebhook = (tx: TenantTx, id: string) => tx.run(deleteWebhook, one(tx, id));
export const storePosition = (tx: TenantTx, id: string, { transaction, event }: OutboxPosition) =>
  tx.run(movePosition, [...one(tx, id), transaction, event]);
/** @param failure null: it works. */
export const storeHealth = (
  tx: TenantTx,
  id: string,
  failure: string | null,
  now: Date,
  retryAt: Date | null,
) => tx.run(noteHealth, [...one(tx, id), failure, now, retryAt]);

export interface NewDelivery {
  readonly delivery_id: string;
  readonly message_id: string;
  readonly event_name: string;
  readonly body: string;
}
export async function storeDeliveries(
  tx: TenantTx,
  id: string,
  deliveries: readonly NewDelivery[],
  now: Date,
): Promise<void> {
  if (deliveries.length > 0)
    await tx.run(insertDeliveries, [...one(tx, id), JSON.stringify(deliveries), now]);
}

export interface ClaimedDelivery extends NewDelivery {
  readonly delivery_no: string;
  readonly attempts: number;
}
export const takeDeliveries = (tx: TenantTx, id: string, most: number, now: Date) =>
  tx.query<ClaimedDelivery>(claimDeliveries, [...one(tx, id), most, now]);

export interface SettledDelivery {
  readonly delivery_no: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly status: number | null;
  readonly failure: string | null;
  readonly attempts: number;
  readonly next: Date | null;
}
export const storeOutcomes = (tx: TenantTx, id: string, outcomes: readonly SettledDelivery[], now: Date) =>
  tx.run(settleDeliveries, [...one(tx, id), JSON.stringify(outcomes), now]);

export interface DeliveryRow {
  readonly delivery_no: string;
  readonly delivery_id: string;
  readonly message_id: string;
  readonly event_name: string;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly next_attempt_at: Date;
  readonly last_status: number | null;
  readonly last_failure: string | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}
/** Newest first. */
export const readDeliveries = (tx: TenantTx, id: string, before: string | undefined, limit: number) =>
  tx.query<DeliveryRow>(listDeliveries, [...one(tx, id), before ?? '9223372036854775807', limit]);
/** The same message once more. @returns undefined when there is no such delivery. */
export const repeatDelivery = (tx: TenantTx, id: string, deliveryId: string, newDeliveryId: string) =>
  tx.one<{ message_id: string }>(copyDelivery, [...one(tx, id), deliveryId, newDeliveryId]);

export const dropFinished = (tx: SystemTx, deliveredDays: number, failedDays: number) =>
  tx.run(purge, [deliveredDays, failedDays]);
export const findWebhooksWithWork = (tx: SystemTx, now: Date) =>
  tx.query<{ organization_id: string; webhook_id: string }>(webhooksWithWork, [now]);
