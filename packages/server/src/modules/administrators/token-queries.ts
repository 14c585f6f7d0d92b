import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface TokenRow {
  readonly token_id: string;
  readonly name: string;
  readonly role: string;
  readonly administrator_id: string | null;
  readonly created_at: Date;
  readonly created: string;
  readonly expires_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

const columns = `token_id, name, role, administrator_id, created_at, created_at::text as created, expires_at, last_used_at,
  revoked_at`;

const insert = sql(
  'tokens-insert',
  `insert into api_tokens (organization_id, token_id, secret_hash, name, role, administrator_id, created_at, expires_at,
     made_by)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${columns}`,
);

export async function insertToken(
  tx: TenantTx,
  token: {
    id: string;
    secretHash: Buffer;
    name: string;
    role: string;
    administratorId: string | null;
    madeBy: string | null;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<TokenRow> {
  const { id, secretHash, name, role, administratorId, madeBy, createdAt, expiresAt } = token;
  const values = [
    tx.organizationId,
    id,
    secretHash,
    name,
    role,
    administratorId,
    createdAt,
    expiresAt,
    madeBy,
  ];
  const row = await tx.one<TokenRow>(insert, values);
  if (!row) throw new Error('an insert returned nothing');
  return row;
}

const list = sql(
  'tokens-list',
  `select ${columns} from api_tokens where organization_id = $1
     and ($3::timestamptz is null or (created_at, token_id) < ($3::timestamptz, $4::text))
   order by created_at desc, token_id desc limit $2`,
);

export function listTokenRows(
  tx: TenantTx,
  limit: number,
  after: readonly [string, string] | undefined,
): Promise<TokenRow[]> {
  return tx.query(list, [tx.organizationId, limit, after?.[0] ?? null, after?.[1] ?? null]);
}

const select = sql(
  'tokens-select',
  `select ${columns} from api_tokens where organization_id = $1 and token_id = $2 for share`,
);

export function shareToken(tx: TenantTx, id: string): Promise<TokenRow | undefined> {
  return tx.one(select, [tx.organizationId, id]);
}

const revoke = sql(
  'tokens-revoke',
  `with recursive family as (
     select token_id from api_tokens where organization_id = $1 and token_id = $2
     union
     select k.token_id from api_tokens k join family f on k.made_by = f.token_id where k.organization_id = $1
   )
   update api_tokens set revoked_at = coalesce(revoked_at, $3)
   where organization_id = $1 and token_id in (select token_id from family) returning ${columns}`,
);

/** Revokes the token and those made with it, and theirs. */
export function revokeTokenRows(tx: TenantTx, id: string, now: Date): Promise<TokenRow[]> {
  return tx.query(revoke, [tx.organizationId, id, now]);
}

const touch = sql(
  'tokens-touch',
  `update api_tokens set last_used_at = $3 where organization_id = $1 and token_id = $2
     and (last_used_at is null or last_used_at < $3)`,
);

export async function touchToken(tx: TenantTx, id: string, now: Date): Promise<void> {
  await tx.run(touch, [tx.organizationId, id, now]);
}
