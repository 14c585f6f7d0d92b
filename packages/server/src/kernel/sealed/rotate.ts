// Rotation of a tenant's data keys: a new key, every value sealed again under it, then the old key destroyed.
import type { Database } from '../db/database.ts';
import { type SealedClass, type SealedColumnName, sealedColumns } from './columns.ts';
import { deleteDataKeys, retireDataKeys } from './queries.ts';
import { resealStatements } from './reseal-queries.ts';
import type { Sealer } from './sealer.ts';

/** Rotates one class of one tenant. Safe to interrupt and to run again: it goes on where it stopped. */
export async function rotateDataKey(
  deps: { database: Database; sealer: Sealer },
  organizationId: string,
  sealedClass: SealedClass,
): Promise<{ version: number; resealed: number }> {
  const { database, sealer } = deps;
  const version = await database.withTenant(organizationId, (tx) => sealer.renewDataKey(tx, sealedClass));
  await database.withTenant(organizationId, (tx) =>
    tx.run(retireDataKeys, [organizationId, sealedClass, version]),
  );
  let resealed = 0;
  for (const name of Object.keys(sealedColumns) as SealedColumnName[]) {
    if (sealedColumns[name].class !== sealedClass) continue;
    for (;;) {
      const changed = await database.withTenant(organizationId, async (tx) => {
        const rows = await tx.query<{ row: string; sealed: Buffer }>(resealStatements[name].select, [
          organizationId,
          version,
        ]);
        for (const { row, sealed } of rows) {
          const plaintext = await sealer.open(tx, name, row, sealed);
          const again = await sealer.seal(tx, name, row, plaintext);
          await tx.run(resealStatements[name].update, [organizationId, row, again, sealed]);
        }
        return rows.length;
      });
      resealed += changed;
      if (changed === 0) break;
    }
  }
  await database.withTenant(organizationId, (tx) =>
    tx.run(deleteDataKeys, [organizationId, sealedClass, version]),
  );
  return { version, resealed };
}
