// Resources for people who ask; and the kinds there are, from which editors are made.
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { resourceDefinition, resourceKinds } from '@gatehouse/core/resources/catalogue.ts';
import { variableCatalogue } from '@gatehouse/core/resources/variables.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { noSuchResource } from './change-resource.ts';
import { presentResource, presentVersion, type ResourcePresentation } from './present-resource.ts';
import { findResource, selectResources, selectVersions } from './queries.ts';
import type { ResourceDeps } from './resource-deps.ts';

type Reading = Pick<ResourceDeps, 'database'>;

export async function getResource(
  deps: Reading,
  principal: TenantPrincipal,
  resourceId: string,
): Promise<ResourcePresentation> {
  requirePermission(principal, 'resources.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => findResource(tx, resourceId), {
    readOnly: true,
  });
  if (!row) throw noSuchResource();
  return presentResource(row);
}

export async function listResources(
  deps: Reading,
  principal: TenantPrincipal,
  kind: string | undefined,
  page: PageRequest,
): Promise<PageAnswer<ResourcePresentation>> {
  requirePermission(principal, 'resources.read');
  const after = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectResources(tx, kind, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentResource, (row) => [row.resource_id]);
}

/** Newest first. */
export async function listResourceVersions(
  deps: Reading,
  principal: TenantPrincipal,
  resourceId: string,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof presentVersion>>> {
  requirePermission(principal, 'resources.read');
  const before = page.after === undefined ? null : Number(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findResource(tx, resourceId))) throw noSuchResource();
      return selectVersions(tx, resourceId, before, page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentVersion, (row) => [row.version]);
}

export function describeKinds(principal: TenantPrincipal) {
  requirePermission(principal, 'resources.read');
  return {
    kinds: resourceKinds.map((kind) => {
      const { title, description, note, fields } = resourceDefinition(kind);
      return {
        kind,
        title,
        description,
        ...(note === undefined ? {} : { note }),
        fields: Object.entries(fields).map(([name, field]) => ({
          name,
          description: field.description,
          shape: field.shape,
          required: field.required === true,
          secret: field.secret === true,
          variables: field.variables === true,
          ...(field.default === undefined ? {} : { default: field.default }),
          ...(field.when === undefined ? {} : { when: { field: field.when.field, is: [...field.when.is] } }),
        })),
      };
    }),
    variables: Object.entries(variableCatalogue).map(([name, description]) => ({ name, description })),
  };
}
