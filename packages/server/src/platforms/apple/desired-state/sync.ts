// Whether a channel is to be told that its declarations are others now. Pure.
import { declarationsToken } from '../declarations/declarations-token.ts';
import type { DeclarationRow, NewSet, SetRow } from '../declarations/queries.ts';
import type { DeviceRow } from './device-queries.ts';
import type { Placed } from './difference.ts';

export interface Sync {
  readonly set: NewSet;
  /** Whether the device is to be told. */
  readonly tell: boolean;
}

export function toSync(
  device: DeviceRow,
  placed: readonly Placed[],
  sets: readonly SetRow[],
  now: number,
): Sync[] {
  const declared = placed.flatMap(({ channel, form, kind, identifier, token }) =>
    form === 'declaration' && kind && token !== undefined ? [{ channel, kind, identifier, token }] : [],
  );
  const byChannel = new Map<string, readonly DeclarationRow[]>(
    Map.groupBy(declared, ({ channel }) => channel),
  );
  const open = new Set(['', ...device.users.map(({ channel }) => channel)]);
  const channels = new Set([...byChannel.keys(), ...sets.map(({ channel }) => channel)]);
  return [...channels]
    .filter((channel) => open.has(channel))
    .flatMap((channel): Sync[] => {
      const before = sets.find((set) => set.channel === channel);
      const declarations = byChannel.get(channel) ?? [];
      const token = declarationsToken(declarations);
      const isDue = (before?.next_attempt_at?.getTime() ?? Infinity) <= now;
      const changed = before?.token !== token;
      if (!changed && !isDue) return [];
      const told = before?.told ?? null;
      const tell = told !== token && (told !== null || declarations.length > 0);
      const set = {
        device_id: device.device_id,
        channel,
        token,
        changed_at: changed ? new Date(now) : before.changed_at,
        reason: null,
        attempts: changed ? 0 : before.attempts,
        next_attempt_at: null,
        command_id: tell ? null : (before?.command_id ?? null),
      };
      return [{ set, tell }];
    });
}
