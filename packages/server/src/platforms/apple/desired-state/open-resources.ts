// The resources that reach some devices, with their secrets and with those that they name: everything that is built from.
import type { ResolvedResources } from '@gatehouse/core/resources/resolve.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { Sealer } from '../../../kernel/sealed/sealer.ts';
import { findResources, openSecrets } from '../../../modules/resources/index.ts';
import type { OpenResource } from './desired.ts';

export interface Opened {
  readonly byId: ReadonlyMap<string, OpenResource>;
  /** Those whose content depends on whom they are for. */
  readonly personal: ReadonlySet<string>;
}

export async function openResources(
  deps: { readonly sealer: Pick<Sealer, 'seal' | 'open'> },
  tx: TenantTx,
  resolved: ReadonlyMap<string, ResolvedResources>,
): Promise<Opened> {
  const assigned = [...resolved.values()].flatMap(({ resources }) => resources);
  const ids = new Set(assigned.map(({ resourceId }) => resourceId));
  for (const { fields } of assigned) for (const id of namedIn(fields)) ids.add(id);
  if (ids.size === 0) return { byId: new Map(), personal: new Set() };
  const [rows, secrets] = await Promise.all([findResources(tx, [...ids]), openSecrets(deps, tx, [...ids])]);
  const byId = new Map(
    rows.map(({ resource_id: resourceId, kind, name, fields }) => [
      resourceId,
      { resourceId, kind, name, fields, secrets: secrets.get(resourceId) ?? {} },
    ]),
  );
  return {
    byId,
    personal: new Set(rows.filter((row) => row.variables.length > 0).map((row) => row.resource_id)),
  };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids of other resources stand in fields as they are; text that only looks like one finds nothing. */
export function namedIn(fields: OpenResource['fields']): string[] {
  return Object.values(fields)
    .flat()
    .filter((value): value is string => typeof value === 'string' && uuid.test(value));
}
