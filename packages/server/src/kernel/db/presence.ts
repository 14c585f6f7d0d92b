// Who works with the database as a whole: servers hold a shared lock for as long as they run, so that a program that must be
// alone, such as a change of the master key, which every server has read at its start, can tell and refuse.
import pg from 'pg';
import { connectAs, type DatabaseAddress } from './address.ts';

const presenceLock = 7_023_117;
const statements = {
  'beside-others': `select pg_try_advisory_lock_shared(${presenceLock}) as held`,
  alone: `select pg_try_advisory_lock(${presenceLock}) as held`,
} as const;

export type Presence = keyof typeof statements;

const refusals: Readonly<Record<Presence, string>> = {
  alone: 'A Gatehouse server is running on this database. Stop every server first, then try again.',
  'beside-others': 'A program that must be alone is working on this database. Start again when it has ended.',
};

/** The lock was not to be had; the message says what to do. */
export class PresenceRefused extends Error {
  override readonly name = 'PresenceRefused';
}

/**
 * Takes the lock and keeps it on a connection of its own. When that connection breaks it is made again; if somebody is alone
 * by then, `onUsurped` is called: what this process knows, its master key above all, may be out of date.
 * @throws PresenceRefused
 */
export async function holdPresence(
  address: DatabaseAddress,
  presence: Presence,
  onUsurped: (error: PresenceRefused) => void = () => undefined,
): Promise<{ release(): Promise<void> }> {
  let client: pg.Client | undefined;
  let released = false;
  let retry: NodeJS.Timeout | undefined;

  async function take(): Promise<void> {
    const next = new pg.Client({ ...connectAs(address, 'gh_app'), keepAlive: true });
    client = next;
    next.on('error', () => undefined);
    try {
      await next.connect();
      const { rows } = await next.query<{ held: boolean }>(statements[presence]);
      if (rows[0]?.held !== true) throw new PresenceRefused(refusals[presence]);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    next.once('end', () => {
      if (!released) retakeSoon();
    });
  }

  function retakeSoon(): void {
    retry = setTimeout(() => {
      take().catch((error: unknown) => {
        if (error instanceof PresenceRefused) onUsurped(error);
        if (!released) retakeSoon();
      });
    }, 500);
  }

  await take();
  return {
    async release() {
      released = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
