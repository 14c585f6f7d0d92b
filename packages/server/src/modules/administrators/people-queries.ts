import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const selectBehindToken = sql(
  'administrators-behind-token',
  `select administrator_id from api_tokens where organization_id = $1 and token_id = $2`,
);

export async function findPersonBehindToken(tx: TenantTx, tokenId: string): Promise<string | undefined> {
  const row = await tx.one<{ administrator_id: string | null }>(selectBehindToken, [
    tx.organizationId,
    tokenId,
  ]);
  return row?.administrator_id ?? undefined;
}

export interface PersonRow {
  readonly administrator_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly language: string | null;
  readonly alert_mails: Readonly<Record<string, unknown>>;
  readonly alert_digest_no: string;
  readonly role: string;
  readonly role_permissions: string[] | null;
}

const selectPeople = sql(
  'administrators-people',
  `select a.administrator_id, a.email, a.display_name, a.language, a.alert_mails, a.alert_digest_no, a.role, r.permissions as role_permissions
   from administrators a
   left join roles r on r.organization_id = $1
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where a.organization_id = $1 and a.state = 'active' and ($2::uuid is null or a.administrator_id = $2)
   order by a.administrator_id`,
);

export function findPeople(tx: TenantTx, only: string | null): Promise<PersonRow[]> {
  return tx.query<PersonRow>(selectPeople, [tx.organizationId, only]);
}

const language = sql(
  'administrators-language',
  `select language from administrators where organization_id = $1 and administrator_id = $2`,
);

export async function selectLanguage(tx: TenantTx, id: string): Promise<string | null> {
  return (await tx.one<{ language: string | null }>(language, [tx.organizationId, id]))?.language ?? null;
}

const setLanguage = sql(
  'administrators-set-language',
  `update administrators set language = $3
   where organization_id = $1 and administrator_id = $2 and language is distinct from $3`,
);

/** @returns whether it was another. */
export async function writeLanguage(tx: TenantTx, id: string, wish: string | null): Promise<boolean> {
  return (await tx.run(setLanguage, [tx.organizationId, id, wish])) > 0;
}

const setMailing = sql(
  'administrators-set-alert-mail',
  `update administrators set alert_mails = alert_mails || jsonb_build_object($3::text, $4::text)
   where organization_id = $1 and administrator_id = $2 and alert_mails->>$3 is distinct from $4`,
);

/** @returns whether it was another. */
export async function writeAlertMailing(
  tx: TenantTx,
  id: string,
  kind: string,
  mailing: string,
): Promise<boolean> {
  return (await tx.run(setMailing, [tx.organizationId, id, kind, mailing])) > 0;
}

const setDigest = sql(
  'administrators-set-alert-digest',
  `update administrators set alert_digest_no = greatest(alert_digest_no, $3::bigint)
   where organization_id = $1 and administrator_id = $2`,
);

export async function writeAlertDigest(tx: TenantTx, id: string, alertNo: string): Promise<void> {
  await tx.run(setDigest, [tx.organizationId, id, alertNo]);
}
