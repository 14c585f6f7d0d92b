// Which device can carry out which command is the platforms' to say; this module only asks, before it queues one.
import type { Command } from '@gatehouse/core/commands/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { LockedDevice } from '../devices/index.ts';

export interface SupportQuestion {
  readonly command: Command;
  /** '' is the device itself, else one of its users. */
  readonly channel: string;
  readonly devices: readonly LockedDevice[];
}

/** @returns why not, by device; null: it can. A device that is missing is not this platform's. */
export type PlatformSupport = (
  tx: TenantTx,
  question: SupportQuestion,
) => Promise<ReadonlyMap<string, string | null>>;

/** @returns why not, by device; a device that is missing can be asked. */
export type CommandSupport = (
  tx: TenantTx,
  question: SupportQuestion,
) => Promise<ReadonlyMap<string, string>>;

/** The first platform that knows a device speaks for it; one that nobody knows is not asked anything. */
export function supportOf(platforms: readonly PlatformSupport[]): CommandSupport {
  return async (tx, question) => {
    const refusals = new Map<string, string>();
    let open = question.devices;
    for (const platform of platforms) {
      if (open.length === 0) break;
      const answers = await platform(tx, { ...question, devices: open });
      for (const [deviceId, why] of answers) if (why !== null) refusals.set(deviceId, why);
      open = open.filter(({ deviceId }) => !answers.has(deviceId));
    }
    return refusals;
  };
}
