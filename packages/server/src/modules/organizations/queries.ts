import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface OrganizationRow {
  readonly organization_id: string;
  readonly slug: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly epoch: number;
  readonly created_at: Date;
}

const columns = 'organization_id, slug, name, settings, epoch, created_at';

const insert = sql(
  'organizations-insert',
  `insert into organizations (organization_id, slug, name, settings) values ($1, $2, $3, $4) returning ${columns}`,
);

export async function insertOrganization(
  tx: TenantTx,
  values: { slug: string; name: string; settings: object },
): Promise<OrganizationRow> {
  const row = await tx.one<OrganizationRow>(insert, [
    tx.organizationId,
    values.slug,
    values.name,
    JSON.stringify(values.settings),
  ]);
  if (!row) throw new Error('an insert returned nothing');
  return row;
}

const select = sql('organizations-select', `select ${columns} from organizations where organization_id = $1`);

export function selectOrganization(tx: TenantTx): Promise<OrganizationRow | undefined> {
  return tx.one(select, [tx.organizationId]);
}

const lock = sql(
  'organizations-lock',
  `select ${columns} from organizations where organization_id = $1 for update`,
);

export function lockOrganization(tx: TenantTx): Promise<OrganizationRow | undefined> {
  return tx.one(lock, [tx.organizationId]);
}

const update = sql(
  'organizations-update',
  `update organizations set name = $2, settings = $3 where organization_id = $1`,
);

export async function updateOrganizationRow(
  tx: TenantTx,
  values: { name: string; settings: object },
): Promise<void> {
  await tx.run(update, [tx.organizationId, values.name, JSON.stringify(values.settings)]);
}

const selectBySlug = sql(
  'organizations-select-by-slug',
  `select organization_id, slug, name from organizations where slug = $1`,
);

export interface OrganizationName {
  readonly organization_id: string;
  readonly slug: string;
  readonly name: string;
}

export function selectOrganizationBySlug(tx: SystemTx, slug: string): Promise<OrganizationName | undefined> {
  return tx.one(selectBySlug, [slug]);
}

const list = sql(
  'organizations-list',
  `select ${columns} from organizations where $1::text is null or slug > $1 order by slug limit $2`,
);

export function listOrganizationRows(
  tx: SystemTx,
  after: string | undefined,
  limit: number,
): Promise<OrganizationRow[]> {
  return tx.query(list, [after ?? null, limit]);
}

const selectByMailDomain = sql(
  'organizations-select-by-mail-domain',
  `select organization_id, slug, name from organizations where settings -> 'mailDomains' ? $1 limit 2`,
);

export function selectOrganizationsByMailDomain(tx: SystemTx, domain: string): Promise<OrganizationName[]> {
  return tx.query(selectByMailDomain, [domain]);
}
