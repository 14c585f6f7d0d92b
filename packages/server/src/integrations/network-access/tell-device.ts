// The order of an administrator to have all sessions of a device authorized anew (MON-08, NAC-40).
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { findDevice, noSuchDevice } from '../../modules/devices/index.ts';
import type { GateDeps } from './gate-deps.ts';
import { noteEndpoints } from './ise-push/ise-queries.ts';
import { forgetAnswers, noteChanges } from './radius/tell-queries.ts';

export interface TellDeviceDeps extends Pick<GateDeps, 'database' | 'clock'> {
  readonly wakeTellers: (organizationId: string) => void;
}

export async function tellDevice(
  deps: TellDeviceDeps,
  actor: TenantPrincipal,
  deviceId: string,
): Promise<{ sessions: number; endpoints: number }> {
  requirePermission(actor, 'gates.manage');
  const now = new Date(deps.clock.now());
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
    await forgetAnswers(tx, [deviceId]);
    const sessions = await noteChanges(tx, [deviceId], now);
    const endpoints = await noteEndpoints(tx, [deviceId], now);
    await recordAudit(tx, {
      actor,
      action: 'network-access.reauthorize',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      show: { sessions, endpoints },
    });
    tx.afterCommit(() => deps.wakeTellers(actor.organizationId));
    return { sessions, endpoints };
  });
}
