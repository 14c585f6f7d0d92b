// Which commands this process has handed over, and to whom: an answer can then be recorded without looking its command up
// first. What is remembered is only what to expect; the statement that records the answer compares it with the row.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';

interface HandedOver {
  readonly deviceId: string;
  readonly name: CommandName;
}

const most = 50_000;
const byId = new Map<string, HandedOver>();

export function rememberHandedOver(commandId: string, handedOver: HandedOver): void {
  byId.delete(commandId);
  byId.set(commandId, handedOver);
  if (byId.size <= most) return;
  const [oldest] = byId.keys();
  if (oldest !== undefined) byId.delete(oldest);
}

export function recallHandedOver(deviceId: string, commandId: string): CommandName | undefined {
  const known = byId.get(commandId);
  return known?.deviceId === deviceId ? known.name : undefined;
}

export function forgetHandedOver(commandId: string): void {
  byId.delete(commandId);
}
