// How many text messages go to one number: each costs money, and the number is what a device says of itself, so it may be one that
// earns somebody something (TPL-04). What was granted is stored, so that all servers count together.
import type { Clock } from './clock.ts';
import type { Database, SystemTx, TenantTx } from './db/database.ts';
import { sql } from './db/sql.ts';
import type { TextMessage } from './text-message.ts';

/** Of an organization, to one number, within 24 hours. */
export const mostTextsADay = 5;

const lock = sql(
  'texts-lock-number',
  `select pg_advisory_xact_lock(hashtextextended('text-messages/' || $1::text || '/' || $2::text, 0))`,
);
const grant = sql(
  'texts-grant',
  `insert into text_messages (organization_id, message_id, phone_number, granted, created_at)
   select $1, $2, $3, count(*) < $5, $4::timestamptz from text_messages t
   where t.organization_id = $1 and t.phone_number = $3 and t.granted and t.created_at > $4::timestamptz - interval '1 day'
   on conflict (organization_id, message_id) do nothing`,
);
const selectGranted = sql(
  'texts-select-granted',
  `select granted from text_messages where organization_id = $1 and message_id = $2`,
);

/**
 * To be committed before the message is sent. The same message gets the same answer however often it is tried.
 * @returns whether it may be sent.
 */
export async function grantText(
  tx: TenantTx,
  { to, messageId }: Pick<TextMessage, 'to' | 'messageId'>,
  now: number,
): Promise<boolean> {
  // One after the other: two servers must not both take the last place.
  await tx.run(lock, [tx.organizationId, to]);
  await tx.run(grant, [tx.organizationId, messageId, to, new Date(now), mostTextsADay]);
  return !(await isTextWithheld(tx, messageId));
}

/** Whether the message was not sent because its number had had its share. */
export async function isTextWithheld(tx: TenantTx, messageId: string): Promise<boolean> {
  const row = await tx.one<{ granted: boolean }>(selectGranted, [tx.organizationId, messageId]);
  return row?.granted === false;
}

const purge = sql('texts-purge', `delete from text_messages where created_at < $1`);

/** Longer than a message is tried. */
const keptMs = 7 * 86_400_000;

export const textTasks = [
  {
    name: 'purge-text-messages',
    everyMs: 3_600_000,
    run: ({ database, clock }: { readonly database: Pick<Database, 'withSystem'>; readonly clock: Clock }) =>
      database.withSystem('purge-expired', (tx: SystemTx) => tx.run(purge, [new Date(clock.now() - keptMs)])),
  },
] as const;
