// Secrets of resources: sealed as one value per resource, opened only for a platform that builds what a device gets.
import type { ResourceSecrets } from '@gatehouse/core/resources/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { ResourceDeps } from './resource-deps.ts';
import { selectSecrets } from './queries.ts';

export async function sealSecrets(
  { sealer }: Pick<ResourceDeps, 'sealer'>,
  tx: TenantTx,
  resourceId: string,
  secrets: ResourceSecrets,
): Promise<Buffer | null> {
  if (Object.keys(secrets).length === 0) return null;
  return sealer.seal(tx, 'resources.secrets', resourceId, Buffer.from(JSON.stringify(secrets)));
}

/** By resource; one without secrets is not in it. */
export async function openSecrets(
  { sealer }: Pick<ResourceDeps, 'sealer'>,
  tx: TenantTx,
  resourceIds: readonly string[],
): Promise<ReadonlyMap<string, ResourceSecrets>> {
  if (resourceIds.length === 0) return new Map();
  const rows = await selectSecrets(tx, resourceIds);
  return new Map(
    await Promise.all(
      rows.map(async ({ resource_id: id, secrets }) => {
        const text = (await sealer.open(tx, 'resources.secrets', id, secrets)).toString();
        return [id, JSON.parse(text) as ResourceSecrets] as const;
      }),
    ),
  );
}
