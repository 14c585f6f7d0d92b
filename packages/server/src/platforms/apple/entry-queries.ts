// The statement that lets new devices in and writes what they bring: see gh.apple_enter in the migration 0048-lighter-entrance.
import type { Database } from '../../kernel/db/database.ts';
import type { Ask } from '../../kernel/db/gather.ts';
import { gatherLocking, oneAtOnce } from '../../kernel/db/gather-locking.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import { type AppleStanding, type Arrival, type Row, toStanding } from './arrival-queries.ts';

const enterStatement = tenantStatement(
  'apple-enter',
  `select e.place, e.standing, e.waits, e.heard from apple_enter($2, $3, $4, $5, $6, $7::jsonb, $8::jsonb) e where t.org is not null`,
);

export interface Entry {
  readonly deviceId: string;
  readonly arrival: Arrival;
  readonly brings: 'introduction' | 'tokens';
  /** JSON of what it brings. */
  readonly order: string;
}

export interface Entered {
  /** Undefined when the certificate is not on record. As it was before anything was written. */
  readonly standing: AppleStanding | undefined;
  readonly isWritten: boolean;
}

export type AskEntry = Ask<Entry, Entered>;

/** Answers when everything is committed. */
export function createEntries(database: Pick<Database, 'tenantQuery'>): AskEntry {
  return gatherLocking(async (organizationId, entries) => {
    const rows = await database.tenantQuery<Row | { place: number; standing: null }>(
      organizationId,
      enterStatement,
      [
        entries.map(({ arrival }) => `\\x${arrival.fingerprint}`),
        entries.map(({ deviceId }) => deviceId),
        entries.map(({ arrival }) => arrival.channel),
        entries.map(({ arrival }) => arrival.deviceKey),
        entries.map(({ arrival }) => arrival.at),
        ordersOf(entries, 'introduction'),
        ordersOf(entries, 'tokens'),
      ],
    );
    const standings = entries.map((): AppleStanding | undefined => undefined);
    const written = new Set<number>();
    for (const row of rows) {
      if (row.standing === null) written.add(row.place);
      else standings[row.place] = toStanding(row);
    }
    return standings.map((standing, place) => ({ standing, isWritten: written.has(place) }));
  }, oneAtOnce);
}

/** Each with the place of whoever brings it. */
function ordersOf(entries: readonly Entry[], kind: Entry['brings']): string {
  const orders = entries.flatMap(({ brings, order }, place) =>
    brings === kind ? [`{"place":${place},${order.slice(1)}`] : [],
  );
  return `[${orders.join(',')}]`;
}
