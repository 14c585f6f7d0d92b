// Finds devices by any of their facts (MON-03): a page of them, or how many there are. Nothing is stored; expressions that are
// looked at all the time are smart groups and watch lists.
import type { CountRequest, DeviceCount, FoundDevice } from '@gatehouse/contracts/admin/searches.ts';
import { evaluateExpression } from '@gatehouse/core/expressions/compile.ts';
import { searchValues } from '@gatehouse/core/expressions/search-environment.ts';
import { type FactName, factDefinition } from '@gatehouse/core/facts/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import { type PageAnswer, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { compileAs } from './expressions.ts';
import { type SearchedRow, selectSearchedAfter } from './queries.ts';
import { toSearched } from './refresh-searches.ts';

export interface SearchDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}

const chunk = 1_000;
/** A page may come out short, or empty with a `next`, when so many devices show nothing. */
const mostPerPage = 20_000;
const mostMs = 8_000;
const shown = 20;

export async function searchDevices(
  deps: SearchDeps,
  principal: TenantPrincipal,
  expression: string,
  page: PageRequest,
): Promise<PageAnswer<FoundDevice>> {
  requirePermission(principal, 'devices.read');
  const { compiled, facts } = compileAs(principal, 'watch-list', expression);
  await noteSearch(deps, principal, facts);
  const now = deps.clock.now();
  const items: FoundDevice[] = [];
  let after = String(page.after?.[0] ?? '0');
  for (let examined = 0; examined < mostPerPage; examined += chunk) {
    const rows = await readChunk(deps, principal, after, facts);
    for (const row of rows) {
      after = row.device_no;
      if (evaluateExpression(compiled, searchValues(toSearched(row, now))) !== true) continue;
      items.push(presentFound(row));
      if (items.length === page.limit) return { items, next: [after] };
    }
    if (rows.length < chunk) return { items };
  }
  return { items, next: [after] };
}

/** Looks at the whole fleet as far as time allows. */
export async function countDevices(
  deps: SearchDeps,
  principal: TenantPrincipal,
  request: CountRequest,
): Promise<DeviceCount> {
  requirePermission(principal, 'devices.read');
  const kind = request.for === 'group' ? 'group' : 'watch-list';
  const { compiled, facts } = compileAs(principal, kind, request.expression);
  await noteSearch(deps, principal, facts);
  const [now, until] = [deps.clock.now(), performance.now() + mostMs];
  const count = { matching: 0, untold: 0, examined: 0, byPlatform: {} as Record<string, number> };
  const devices: FoundDevice[] = [];
  for (let after = '0'; performance.now() < until; ) {
    const rows = await readChunk(deps, principal, after, facts);
    for (const row of rows) {
      const answer = evaluateExpression(compiled, searchValues(toSearched(row, now)));
      count.examined += 1;
      if (typeof answer !== 'boolean') count.untold += 1;
      if (answer !== true) continue;
      count.matching += 1;
      count.byPlatform[row.platform] = (count.byPlatform[row.platform] ?? 0) + 1;
      if (devices.length < shown) devices.push(presentFound(row));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < chunk) return { ...count, complete: true, devices };
    after = last.device_no;
  }
  return { ...count, complete: false, devices };
}

/** A transaction for each chunk: a search holds up nothing. */
function readChunk(
  deps: SearchDeps,
  principal: TenantPrincipal,
  after: string,
  facts: readonly FactName[],
): Promise<SearchedRow[]> {
  const read = (tx: TenantTx) => selectSearchedAfter(tx, after, facts, chunk);
  return deps.database.withTenant(principal.organizationId, read, { readOnly: true });
}

/** Who asks by what concerns persons leaves a trace, as who reads it does (ADM-18). */
async function noteSearch(
  deps: SearchDeps,
  principal: TenantPrincipal,
  facts: readonly FactName[],
): Promise<void> {
  const named = facts.filter((fact) => factDefinition(fact).privacy !== 'technical');
  if (named.length === 0) return;
  await deps.database.withTenant(principal.organizationId, (tx) =>
    recordAudit(tx, {
      actor: principal,
      action: 'devices.search-private-facts',
      target: { kind: 'organization', id: principal.organizationId },
      outcome: 'done',
      show: { facts: named },
    }),
  );
}

function presentFound({ device_id, name, platform }: SearchedRow): FoundDevice {
  return { id: device_id, name, platform, since: null };
}
