// Sessions as administrators see them (MON-08), and the order to tell them again.
import type { NasSession, NetworkAccessSummary } from '@gatehouse/contracts/admin/network-access.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  type PageRequest,
  pageOfRows,
  type TenantPrincipal,
} from '../../../kernel/http/route.ts';
import type { GateDeps } from '../gate-deps.ts';
import { selectSessions, selectSummary } from './session-queries.ts';

export async function listSessions(
  deps: Pick<GateDeps, 'database' | 'clock'>,
  actor: TenantPrincipal,
  filter: { readonly nasId?: string | undefined; readonly deviceId?: string | undefined },
  page: PageRequest,
): Promise<PageAnswer<NasSession>> {
  requirePermission(actor, 'gates.read');
  const after = page.after?.[0];
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) =>
      selectSessions(
        tx,
        { nasId: filter.nasId, deviceId: filter.deviceId },
        {
          after: typeof after === 'string' ? after : null,
          limit: page.limit + 1,
          now: new Date(deps.clock.now()),
        },
      ),
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => ({
      id: row.session_id,
      nasId: row.nas_id,
      nasName: row.nas_name,
      mac: row.mac,
      guid: row.guid,
      deviceIds: row.devices.map(({ id }) => id),
      devices: [...row.devices],
      startedAt: row.started_at.toISOString(),
      expiresAt: row.expires_at.toISOString(),
      toldAt: row.told_at?.toISOString() ?? null,
      waiting: row.waiting,
    }),
    (row) => [row.session_id],
  );
}

export async function summarizeNetworkAccess(
  deps: Pick<GateDeps, 'database' | 'clock'>,
  actor: TenantPrincipal,
): Promise<NetworkAccessSummary> {
  requirePermission(actor, 'gates.read');
  const summary = await deps.database.withTenant(
    actor.organizationId,
    (tx) => selectSummary(tx, new Date(deps.clock.now())),
    { readOnly: true },
  );
  if (!summary) throw new Error('counts are always one row');
  return summary;
}
