/** The command that was last ordered from this page, so that its result appears where it was asked for. */
import { useSyncExternalStore } from 'react';

let current: { readonly deviceId: string; readonly commandId: string } | undefined;
const watchers = new Set<() => void>();

function become(next: typeof current): void {
  current = next;
  for (const watcher of watchers) watcher();
}

export const beginUnderway = (deviceId: string, commandId: string): void => become({ deviceId, commandId });
export const forgetUnderway = (): void => become(undefined);

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** undefined: none from this page of this device. */
export function useUnderway(deviceId: string): string | undefined {
  const shown = useSyncExternalStore(watch, () => current);
  return shown?.deviceId === deviceId ? shown.commandId : undefined;
}
