// Statements over resources, their versions and what they name. `$1` is always the organization.
import type { ResourceFields, ResourceKind } from '@gatehouse/core/resources/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface ResourceRow {
  readonly resource_id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly fields: ResourceFields;
  readonly secret_names: readonly string[];
  readonly variables: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns =
  'resource_id, kind, name, description, version, fields, secret_names, variables, created_at, updated_at';

const insert = sql(
  'resources-insert',
  `insert into resources (organization_id, resource_id, kind, name, description, fields, secrets, secret_names, variables,
     created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) on conflict do nothing returning ${columns}`,
);

export interface ResourceValues {
  readonly resourceId: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly description: string;
  readonly fields: ResourceFields;
  readonly secrets: Buffer | null;
  readonly secretNames: readonly string[];
  readonly variables: readonly string[];
}

/** @returns undefined when a resource of that name exists. */
export function insertResource(
  tx: TenantTx,
  values: ResourceValues,
  at: Date,
): Promise<ResourceRow | undefined> {
  const { resourceId, kind, name, description, fields, secrets, secretNames, variables } = values;
  return tx.one<ResourceRow>(insert, [
    tx.organizationId,
    resourceId,
    kind,
    name,
    description,
    JSON.stringify(fields),
    secrets,
    secretNames,
    variables,
    at,
  ]);
}

const insertVersionStatement = sql(
  'resources-insert-version',
  `insert into resource_versions (organization_id, resource_id, version, fields, changed_secrets, created_by, created_at, reason)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export function insertVersion(
  tx: TenantTx,
  row: Pick<ResourceRow, 'resource_id' | 'version' | 'fields'>,
  changedSecrets: readonly string[],
  by: string,
  at: Date,
  reason = '',
): Promise<number> {
  const { resource_id, version, fields } = row;
  return tx.run(insertVersionStatement, [
    tx.organizationId,
    resource_id,
    version,
    JSON.stringify(fields),
    changedSecrets,
    by,
    at,
    reason,
  ]);
}

const select = sql(
  'resources-select',
  `select ${columns} from resources where organization_id = $1 and resource_id = $2`,
);
const lock = sql(
  'resources-lock',
  `select ${columns} from resources where organization_id = $1 and resource_id = $2 for update`,
);
const list = sql(
  'resources-list',
  `select ${columns} from resources where organization_id = $1 and ($2::uuid is null or resource_id > $2)
     and ($4::text is null or kind = $4)
   order by resource_id limit $3`,
);

export function findResource(tx: TenantTx, resourceId: string): Promise<ResourceRow | undefined> {
  return tx.one<ResourceRow>(select, [tx.organizationId, resourceId]);
}

export function lockResource(tx: TenantTx, resourceId: string): Promise<ResourceRow | undefined> {
  return tx.one<ResourceRow>(lock, [tx.organizationId, resourceId]);
}

export function selectResources(
  tx: TenantTx,
  kind: string | undefined,
  after: string | null,
  limit: number,
): Promise<ResourceRow[]> {
  return tx.query<ResourceRow>(list, [tx.organizationId, after, limit, kind ?? null]);
}

const nameTaken = sql(
  'resources-name-taken',
  'select 1 from resources where organization_id = $1 and lower(name) = lower($2) and resource_id <> $3',
);

export async function isNameTaken(tx: TenantTx, name: string, except: string): Promise<boolean> {
  return (await tx.one(nameTaken, [tx.organizationId, name, except])) !== undefined;
}

const update = sql(
  'resources-update',
  `update resources set name = $3, description = $4, fields = $5, secrets = $6, secret_names = $7, variables = $8,
     version = $9, updated_at = $10
   where organization_id = $1 and resource_id = $2 returning ${columns}`,
);

export function updateResourceRow(
  tx: TenantTx,
  values: Omit<ResourceValues, 'kind'> & { readonly version: number },
  at: Date,
): Promise<ResourceRow | undefined> {
  const { resourceId, name, description, fields, secrets, secretNames, variables, version } = values;
  return tx.one<ResourceRow>(update, [
    tx.organizationId,
    resourceId,
    name,
    description,
    JSON.stringify(fields),
    secrets,
    secretNames,
    variables,
    version,
    at,
  ]);
}

const remove = sql(
  'resources-delete',
  'delete from resources where organization_id = $1 and resource_id = $2',
);

export function deleteResourceRow(tx: TenantTx, resourceId: string): Promise<number> {
  return tx.run(remove, [tx.organizationId, resourceId]);
}

export interface VersionRow {
  readonly version: number;
  readonly fields: ResourceFields;
  readonly changed_secrets: readonly string[];
  readonly created_by: string;
  readonly author: string | null;
  readonly reason: string;
  readonly created_at: Date;
}

const versions = sql(
  'resources-list-versions',
  // The key of the join is computed apart: a cast inside its condition is not leakproof and would read all accounts.
  `select v.version, v.fields, v.changed_secrets, v.created_by, coalesce(nullif(a.display_name, ''), a.email) as author,
     v.reason, v.created_at
   from (select r.*, case when r.created_by like 'administrator:%' then substr(r.created_by, 15)::uuid end as administrator_id
     from resource_versions r
     where r.organization_id = $1 and r.resource_id = $2 and r.version < coalesce($3::int, 2147483647)
     order by r.version desc limit $4) v
   left join administrators a on a.organization_id = $1 and a.administrator_id = v.administrator_id
   order by v.version desc`,
);

export function selectVersions(
  tx: TenantTx,
  resourceId: string,
  before: number | null,
  limit: number,
): Promise<VersionRow[]> {
  return tx.query<VersionRow>(versions, [tx.organizationId, resourceId, before, limit]);
}

// ------------------------------------------------------------------------------------------------------- what is sealed

const selectSecretsStatement = sql(
  'resources-select-secrets',
  'select resource_id, secrets from resources where organization_id = $1 and resource_id = any ($2) and secrets is not null',
);

export function selectSecrets(
  tx: TenantTx,
  resourceIds: readonly string[],
): Promise<{ readonly resource_id: string; readonly secrets: Buffer }[]> {
  return tx.query(selectSecretsStatement, [tx.organizationId, resourceIds]);
}

// ------------------------------------------------------------------------------------------------ what names each other

const deleteReferences = sql(
  'resources-delete-references',
  'delete from resource_references where organization_id = $1 and resource_id = $2',
);
const insertReferences = sql(
  'resources-insert-references',
  `insert into resource_references (organization_id, resource_id, refers_to)
   select $1, $2, other from unnest($3::uuid[]) as other`,
);
const kindsOf = sql(
  'resources-kinds-of',
  'select resource_id, kind from resources where organization_id = $1 and resource_id = any ($2) for share',
);
const referring = sql(
  'resources-referring',
  `select r.resource_id, r.name from resource_references f
   join resources r on r.organization_id = $1 and r.resource_id = f.resource_id
   where f.organization_id = $1 and f.refers_to = $2 order by r.name limit 20`,
);

export async function writeReferences(
  tx: TenantTx,
  resourceId: string,
  others: readonly string[],
): Promise<void> {
  await tx.run(deleteReferences, [tx.organizationId, resourceId]);
  if (others.length > 0)
    await tx.run(insertReferences, [tx.organizationId, resourceId, [...new Set(others)]]);
}

/** Held against deletion until the transaction ends. */
export async function holdKinds(
  tx: TenantTx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ResourceKind>> {
  const rows = await tx.query<{ resource_id: string; kind: ResourceKind }>(kindsOf, [tx.organizationId, ids]);
  return new Map(rows.map((row) => [row.resource_id, row.kind]));
}

export function selectReferring(
  tx: TenantTx,
  resourceId: string,
): Promise<{ readonly resource_id: string; readonly name: string }[]> {
  return tx.query(referring, [tx.organizationId, resourceId]);
}

const selectForDevices = sql(
  'resources-select-many',
  `select ${columns} from resources where organization_id = $1 and resource_id = any ($2)`,
);

export function selectMany(tx: TenantTx, resourceIds: readonly string[]): Promise<ResourceRow[]> {
  return tx.query<ResourceRow>(selectForDevices, [tx.organizationId, resourceIds]);
}
