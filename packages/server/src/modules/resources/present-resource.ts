// A resource as the API shows it: which secrets are set, never what they are.
import type { ResourceRow, VersionRow } from './queries.ts';

export function presentResource(row: ResourceRow) {
  return {
    id: row.resource_id,
    kind: row.kind,
    name: row.name,
    description: row.description,
    version: row.version,
    fields: { ...row.fields },
    secrets: [...row.secret_names],
    variables: [...row.variables],
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export type ResourcePresentation = ReturnType<typeof presentResource>;

export function presentVersion(row: VersionRow) {
  return {
    version: row.version,
    fields: { ...row.fields },
    changedSecrets: [...row.changed_secrets],
    createdBy: row.created_by,
    author: row.author,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
  };
}
