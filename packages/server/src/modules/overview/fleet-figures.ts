// How a fleet stands. A look at every device costs a large fleet a tenth of a second, so whoever asks within a few seconds gets the
// same answer with its time, and those who ask at the same moment share one look.
import { type Overview, silenceBounds } from '@gatehouse/contracts/admin/overview.ts';
import { type Standing, standings } from '@gatehouse/core/compliance/standing.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import {
  type CellRow,
  type ReasonRow,
  selectFleetCells,
  selectOsVersions,
  selectTopReasons,
} from './queries.ts';

export interface OverviewDeps {
  readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
  readonly clock: Clock;
}

/** How old an answer may be. */
const freshMs = 3_000;
const mostRemembered = 1_000;
const mostVersions = 12;

export type ReadFigures = (organizationId: string) => Promise<Overview>;

export function createFigures(deps: OverviewDeps): ReadFigures {
  const remembered = new Map<string, { readonly at: number; readonly figures: Promise<Overview> }>();
  return (organizationId) => {
    const at = deps.clock.now();
    const known = remembered.get(organizationId);
    if (known !== undefined && at - known.at < freshMs) return known.figures;
    const figures = lookAtFleet(deps, organizationId, at);
    if (remembered.size >= mostRemembered) remembered.clear();
    const entry = { at, figures };
    remembered.set(organizationId, entry);
    figures.catch(() => {
      if (remembered.get(organizationId) === entry) remembered.delete(organizationId);
    });
    return figures;
  };
}

export async function readOverview(read: ReadFigures, principal: TenantPrincipal): Promise<Overview> {
  requirePermission(principal, 'devices.read');
  return read(principal.organizationId);
}

/** Three looks side by side: each takes a large fleet as long as the others. */
async function lookAtFleet(deps: OverviewDeps, organizationId: string, at: number): Promise<Overview> {
  const now = new Date(at);
  const look = <Rows>(read: (tx: TenantTx) => Promise<Rows>) =>
    deps.database.withTenant(organizationId, read, { readOnly: true });
  const [cells, versions, reasons] = await Promise.all([
    look((tx) => selectFleetCells(tx, now, silenceBounds)),
    look(selectOsVersions),
    look(selectTopReasons),
  ]);
  const byPlatform = countBy(cells, ({ platform }) => platform);
  return {
    asOf: now.toISOString(),
    devices: sum(cells),
    platforms: [...byPlatform]
      .toSorted(([, a], [, b]) => b - a)
      .map(([platform, devices]) => ({
        platform,
        devices,
        versions: frequent(versions.filter((row) => row.platform === platform)),
      })),
    standings: standingsOf(cells),
    gates: {
      network: gateOf(cells, 'network'),
      mail: gateOf(cells, 'mail'),
      vpn: gateOf(cells, 'vpn'),
    },
    silence: silenceOf(cells),
    reasons: reasons.map(presentReason),
    lostAccess: sum(cells.filter(({ lost }) => lost)),
  };
}

const sum = (rows: readonly { readonly devices: number }[]): number =>
  rows.reduce((total, { devices }) => total + devices, 0);

function countBy<Key>(cells: readonly CellRow[], keyOf: (cell: CellRow) => Key): ReadonlyMap<Key, number> {
  return new Map([...Map.groupBy(cells, keyOf)].map(([key, rows]) => [key, sum(rows)]));
}

export function standingsOf(cells: readonly CellRow[]): Record<Standing, number> {
  const counts = countBy(cells, ({ standing }) => standing);
  return Object.fromEntries(standings.map((standing) => [standing, counts.get(standing) ?? 0])) as Record<
    Standing,
    number
  >;
}

export function gateOf(cells: readonly CellRow[], gate: 'network' | 'mail' | 'vpn') {
  const counts = countBy(cells, (cell) => cell[gate]);
  return {
    allow: counts.get('allow') ?? 0,
    quarantine: counts.get('quarantine') ?? 0,
    deny: counts.get('deny') ?? 0,
  };
}

function silenceOf(cells: readonly CellRow[]): Overview['silence'] {
  const counts = countBy(cells, ({ silence }) => silence);
  const bounds: readonly number[] = silenceBounds;
  const known = [...bounds, null].map((to, bucket) => ({
    fromSeconds: bounds[bucket - 1] ?? 0,
    toSeconds: to,
    devices: counts.get(bucket) ?? 0,
  }));
  return [...known, { fromSeconds: null, toSeconds: null, devices: counts.get(null) ?? 0 }];
}

function frequent(rows: readonly { readonly version: string; readonly devices: number }[]) {
  const kept = new Set(rows.toSorted((a, b) => b.devices - a.devices).slice(0, mostVersions));
  return rows.filter((row) => kept.has(row)).map(({ version, devices }) => ({ version, devices }));
}

const presentReason = ({ rule, name, kind, devices }: ReasonRow) => ({
  rule,
  kind: kind ?? rule,
  name,
  devices,
});
