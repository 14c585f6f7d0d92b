// Statements over the looks of organizations. `$1` is the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';

export interface BrandingRow {
  readonly name: string | null;
  readonly accent: string | null;
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly logo_hash: Buffer | null;
  readonly logo_type: string | null;
  readonly logo_width: number | null;
  readonly logo_height: number | null;
  readonly updated_at: Date;
  readonly updated_by: string;
}

const columns = 'name, accent, texts, logo_hash, logo_type, logo_width, logo_height, updated_at, updated_by';

const select = sql('branding-select', `select ${columns} from branding where organization_id = $1`);

export function selectBranding(tx: TenantTx): Promise<BrandingRow | undefined> {
  return tx.one(select, [tx.organizationId]);
}

const lock = sql(
  'branding-lock',
  `insert into branding (organization_id, updated_at, updated_by) values ($1, now(), $2)
   on conflict (organization_id) do update set organization_id = excluded.organization_id
   returning ${columns}`,
);

/** Locked from now on; a first one is made. */
export async function lockBranding(tx: TenantTx, by: string): Promise<BrandingRow> {
  const row = await tx.one<BrandingRow>(lock, [tx.organizationId, by]);
  if (!row) throw new Error('an insert returned nothing');
  return row;
}

const update = sql(
  'branding-update',
  `update branding set name = $2, accent = $3, texts = $4, updated_at = $5, updated_by = $6 where organization_id = $1`,
);

export async function updateBrandingRow(
  tx: TenantTx,
  row: Pick<BrandingRow, 'name' | 'accent' | 'texts' | 'updated_at' | 'updated_by'>,
): Promise<void> {
  await tx.run(update, [
    tx.organizationId,
    row.name,
    row.accent,
    JSON.stringify(row.texts),
    row.updated_at,
    row.updated_by,
  ]);
}

const setLogo = sql(
  'branding-set-logo',
  `update branding set logo_hash = $2, logo_type = $3, logo_width = $4, logo_height = $5, logo = $6, updated_at = $7,
     updated_by = $8
   where organization_id = $1`,
);

export async function updateLogo(
  tx: TenantTx,
  logo: { hash: Buffer; mediaType: string; width: number; height: number; content: Buffer } | null,
  change: { at: Date; by: string },
): Promise<void> {
  await tx.run(setLogo, [
    tx.organizationId,
    logo?.hash ?? null,
    logo?.mediaType ?? null,
    logo?.width ?? null,
    logo?.height ?? null,
    logo?.content ?? null,
    change.at,
    change.by,
  ]);
}

export interface LogoRow {
  readonly logo: Buffer;
  readonly logo_type: string;
}

export const selectLogo = tenantStatement(
  'branding-logo',
  `select b.logo, b.logo_type from branding b where b.organization_id = t.org and b.logo_hash = $2`,
);

export interface LookRow extends BrandingRow {
  readonly slug: string;
  readonly organization_name: string;
  readonly support: unknown;
}

/** One round trip for pages that strangers ask for. */
export const selectLook = tenantStatement(
  'branding-look',
  `select o.slug, o.name as organization_name, o.settings -> 'support' as support, b.name, b.accent,
     coalesce(b.texts, '{}') as texts, b.logo_hash, b.logo_type, b.logo_width, b.logo_height, b.updated_at, b.updated_by
   from organizations o left join branding b on b.organization_id = t.org
   where o.organization_id = t.org`,
);
