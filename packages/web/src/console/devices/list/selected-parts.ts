/** What was selected, a part at a time: the server takes a thousand devices in one call. */
import type { ManyDevicesReport } from '@gatehouse/contracts/admin/devices.ts';
import type { Selection } from '@gatehouse/contracts/admin/searches.ts';
import { call } from '../../../api/call.ts';
import { listSelectedDevices } from '../../../api/operations/fleet.ts';

export interface Selected {
  /** Everything that matched when it was asked for; else what was ticked. */
  readonly kept: Selection | undefined;
  readonly ids: readonly string[];
}

export const atOnce = 1_000;

export const countOf = ({ kept, ids }: Selected): number => kept?.devices ?? ids.length;

/** @param onPart how many parts are done, of how many */
export async function inParts(
  { kept, ids }: Selected,
  ask: (deviceIds: string[]) => Promise<ManyDevicesReport>,
  onPart: (done: number, of: number) => void = () => undefined,
): Promise<ManyDevicesReport> {
  let total: ManyDevicesReport = { changed: 0, unchanged: 0, failed: 0, items: [] };
  for (let part = 0, parts = 1; part < parts; part += 1) {
    let some = ids.slice(part * atOnce, (part + 1) * atOnce);
    parts = Math.ceil(ids.length / atOnce);
    if (kept !== undefined) {
      const { answer } = await call(listSelectedDevices, {
        params: { selectionId: kept.id },
        query: { part },
      });
      some = answer.deviceIds;
      parts = answer.parts;
    }
    if (some.length > 0) total = together(total, await ask([...some]));
    onPart(part + 1, parts);
  }
  return total;
}

export function together(a: ManyDevicesReport, b: ManyDevicesReport): ManyDevicesReport {
  return {
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    failed: a.failed + b.failed,
    items: [...a.items, ...b.items],
  };
}

/** Why some failed, the commonest reason first. */
export function reasonsOf({
  items,
}: ManyDevicesReport): readonly { readonly problem: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { outcome, problem = '' } of items)
    if (outcome === 'failed') counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(([problem, count]) => ({ problem, count })).sort((x, y) => y.count - x.count);
}
