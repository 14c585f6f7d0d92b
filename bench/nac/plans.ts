// Looks at the plans of our statements as the application's role gets them: generic, because prepared, and under row-level
// security. A scan of a whole table of devices would not show at a thousand devices and stop the network at a million.
import type { Database } from '@gatehouse/server/kernel/db/database.ts';
import type { TenantStatement } from '@gatehouse/server/kernel/db/sql.ts';
import {
  readByIdentifiers,
  readByUser,
  readPage,
} from '@gatehouse/server/integrations/network-access/cisco-ise/queries.ts';
import type pg from 'pg';
import { macOf, organizationId } from './fleet.ts';

interface Sent {
  readonly statement: TenantStatement;
  readonly values: readonly unknown[];
}

/** @returns one line for each statement that scans a table of devices or users as a whole */
export async function findTableScans(client: pg.Client): Promise<string[]> {
  const faults: string[] = [];
  await client.query('set plan_cache_mode = force_generic_plan');
  for (const { statement, values } of statements()) {
    await client.query(`prepare plan as ${statement.text}`);
    const literals = [organizationId, ...values].map(literal).join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain execute plan(${literals})`);
    await client.query('deallocate plan');
    const scans = rows
      .map((row) => row['QUERY PLAN'].trim())
      .filter((line) => /Seq Scan on (?:device_|devices|users)/.test(line));
    if (scans.length > 0) faults.push(`${statement.name}: ${scans.join('; ')}`);
  }
  return faults;
}

/** What the interface sends, caught on its way to the database. */
function statements(): Sent[] {
  const sent: Sent[] = [];
  const database = {
    tenantQuery: (_organization: string, statement: TenantStatement, values: readonly unknown[] = []) => {
      sent.push({ statement, values });
      return Promise.resolve([]);
    },
  } as Pick<Database, 'tenantQuery'>;
  const asker = { organizationId, administratorId: '01930000-0000-7000-8000-00000000000a' };
  const page = { after: '5', limit: 1001, onlyWithMac: true };
  void readByIdentifiers(database, asker, ['mac'], [macOf(1)]);
  void readByUser(database, asker, 'user-5', page);
  for (const selection of ['shut', 'open', 'registered'] as const)
    void readPage(database, asker, selection, page);
  return sent;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `array[${value.map(literal).join(', ')}]`;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
