// How the fleet stood at the end of each day, for whoever asks whether it gets better: today’s row is written again and again until
// the day is over.
import { type FleetDays, silenceBounds } from '@gatehouse/contracts/admin/overview.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { gateOf, type OverviewDeps, standingsOf } from './fleet-figures.ts';
import { allOrganizations, deleteDaysBefore, selectDays, selectFleetCells, writeDay } from './queries.ts';

const dayMs = 86_400_000;
/** Somewhat more than a year, so that a year ago can be compared. */
const keptDays = 400;
export const mostDays = 366;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

export async function listFleetDays(
  deps: OverviewDeps,
  principal: TenantPrincipal,
  days: number,
): Promise<FleetDays> {
  requirePermission(principal, 'devices.read');
  const since = dayOf(deps.clock.now() - (days - 1) * dayMs);
  const rows = await deps.database.withTenant(principal.organizationId, (tx) => selectDays(tx, since), {
    readOnly: true,
  });
  return {
    items: rows.map((row) => ({
      day: row.day,
      takenAt: row.taken_at.toISOString(),
      standings: row.standings,
      shut: { network: row.network_shut, mail: row.mail_shut, vpn: row.vpn_shut },
    })),
  };
}

/** Safe beside itself: whoever looked last is right. */
export async function takeDays(deps: OverviewDeps): Promise<void> {
  for (const organizationId of await deps.database.withSystem('list-organizations', allOrganizations)) {
    await deps.database.withTenant(organizationId, async (tx) => {
      const now = deps.clock.now();
      const cells = await selectFleetCells(tx, new Date(now), silenceBounds);
      const shut = (gate: 'network' | 'mail' | 'vpn') => {
        const { quarantine, deny } = gateOf(cells, gate);
        return quarantine + deny;
      };
      await writeDay(tx, {
        day: dayOf(now),
        standings: standingsOf(cells),
        network_shut: shut('network'),
        mail_shut: shut('mail'),
        vpn_shut: shut('vpn'),
        taken_at: new Date(now),
      });
      await deleteDaysBefore(tx, dayOf(now - keptDays * dayMs));
    });
  }
}

export const overviewTasks = [{ name: 'take-fleet-days', everyMs: 900_000, run: takeDays }] as const;
