// Which devices a change concerns. Policies stand to the left of compliance, so they say so by event; the reaction evaluates
// exactly those devices, in chunks.
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import { type ItemKind, reachOfItem, type ReachRow } from './queries.ts';

/** What the event carries: all devices of the target, of one platform or of all. */
export interface Reach {
  readonly targetKind: ReachRow['target_kind'];
  readonly targetId: string;
  readonly platform: ReachRow['platform'];
}

export const reachChanged = 'policy.reach-changed';
/** Resources change what a device has, never whether it complies: nobody is evaluated for them. */
export const resourceReachChanged = 'resource.reach-changed';
/** Rules change how a device is judged, never what it has: nothing is compared on it for them. */
export const ruleReachChanged = 'rule.reach-changed';

const names = {
  policy: reachChanged,
  schedule: reachChanged,
  resource: resourceReachChanged,
  rule: ruleReachChanged,
} as const satisfies Record<ItemKind, string>;

export async function announceReach(
  tx: TenantTx,
  events: Events,
  reaches: readonly Pick<ReachRow, 'target_kind' | 'target_id' | 'platform'>[],
  kind: ItemKind = 'policy',
): Promise<void> {
  const name = names[kind];
  await Promise.all(
    reaches.map(({ target_kind, target_id, platform }) => {
      const payload: Reach = { targetKind: target_kind, targetId: target_id, platform };
      return events.emit(tx, { name, subjectId: target_id, payload: { ...payload } });
    }),
  );
}

/** Everybody who has the item is looked at again. */
export async function announceReachOf(
  tx: TenantTx,
  events: Events,
  kind: ItemKind,
  itemId: string,
): Promise<void> {
  await announceReach(tx, events, await reachOfItem(tx, itemId), kind);
}
