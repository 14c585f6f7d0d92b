/** A preview of many devices, and what came of them, counted. */
import type { CommandPreview, QueuedCommands } from '@gatehouse/contracts/admin/commands.ts';

export interface PreviewCounts {
  /** Who gets the command, now or once it is approved; one that has it under way already is not sent another. */
  readonly able: string[];
  readonly needApproval: number;
  readonly waiting: number;
  /** Why the others do not, the commonest first. */
  readonly reasons: readonly { readonly message: string; readonly count: number }[];
}

export function countPreview({ items }: CommandPreview): PreviewCounts {
  const able = items.filter(({ available, waiting }) => available && !waiting);
  const reasons = new Map<string, number>();
  for (const { available, message } of items) {
    if (!available && message !== null) reasons.set(message, (reasons.get(message) ?? 0) + 1);
  }
  return {
    able: able.map(({ deviceId }) => deviceId),
    needApproval: able.filter(({ needsApproval }) => needsApproval).length,
    waiting: items.filter(({ available, waiting }) => available && waiting).length,
    reasons: [...reasons]
      .map(([message, count]) => ({ message, count }))
      .toSorted((a, b) => b.count - a.count),
  };
}

export function countOutcomes({ items }: QueuedCommands) {
  const held = items.filter(({ refusal }) => refusal !== null && refusal.approvalId !== null);
  return {
    sent: items.filter(({ command }) => command !== null).length,
    held: held.length,
    failed: items.filter((item) => item.refusal !== null && !held.includes(item)),
  };
}
