// Who has ever done something to a thing, by the record.
import type { TenantTx } from '../../kernel/db/database.ts';
import { selectActorsUpon } from './actor-queries.ts';

/** @param actions how they begin: `rules.`. @returns references as in `actorReference`. */
export async function actorsUpon(
  tx: TenantTx,
  targetId: string,
  actions: readonly string[],
): Promise<readonly string[]> {
  return (await selectActorsUpon(tx, targetId, actions)).map(({ kind, id }) => `${kind}:${id}`);
}
