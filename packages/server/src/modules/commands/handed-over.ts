// Which commands this process has handed over, and to whom: an answer can then be recorded without looking its command up
// first. It is a hint of what to expect; the statement that records the answer compares it with the row, and what is not
// remembered is read.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';

const most = 50_000;

/** The newest of what was handed over, each under the name by which its answer comes. */
export class HandedOverMemory<HandedOver extends { readonly deviceId: string }> {
  readonly #byId = new Map<string, HandedOver>();

  remember(id: string, handedOver: HandedOver): void {
    this.#byId.delete(id);
    this.#byId.set(id, handedOver);
    if (this.#byId.size <= most) return;
    const { value: oldest } = this.#byId.keys().next();
    if (oldest !== undefined) this.#byId.delete(oldest);
  }

  /** @returns undefined as well for what another device was given. */
  find(id: string, deviceId: string): HandedOver | undefined {
    const known = this.#byId.get(id);
    return known?.deviceId === deviceId ? known : undefined;
  }

  /** An answer is expected once. */
  forget(id: string): void {
    this.#byId.delete(id);
  }
}

const memory = new HandedOverMemory<{ readonly deviceId: string; readonly name: CommandName }>();

export function rememberHandedOver(
  commandId: string,
  handedOver: { readonly deviceId: string; readonly name: CommandName },
): void {
  memory.remember(commandId, handedOver);
}

export function recallHandedOver(deviceId: string, commandId: string): CommandName | undefined {
  return memory.find(commandId, deviceId)?.name;
}

export function forgetHandedOver(commandId: string): void {
  memory.forget(commandId);
}
