// What people see of the escrow: which kinds there are for everybody who sees the device; a value by right, with a reason, on record.
import type { EscrowKind } from '@gatehouse/core/devices/escrow.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { candidatesInEscrow, type EscrowDeps } from './escrow.ts';
import { selectEscrowSummary } from './escrow-queries.ts';
import { findDevice } from './find-device.ts';
import { noSuchDevice } from './lock-device.ts';

export interface RevealDeps extends EscrowDeps {
  readonly database: Pick<Database, 'withTenant'>;
}

export async function listEscrow(
  deps: Pick<RevealDeps, 'database'>,
  principal: TenantPrincipal,
  deviceId: string,
) {
  requirePermission(principal, 'devices.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
      const rows = await selectEscrowSummary(tx, deviceId);
      return {
        items: rows.map((row) => ({
          kind: row.kind,
          count: row.count,
          newestAt: row.newest_at.toISOString(),
          confirmedAt: row.confirmed_at?.toISOString() ?? null,
        })),
      };
    },
    { readOnly: true },
  );
}

/**
 * The entry is written in the transaction of the reading: what was shown is on record, or it was not shown.
 * @throws DomainError `not-found` also for a kind of which nothing is held.
 */
export async function revealEscrow(
  deps: RevealDeps,
  principal: TenantPrincipal,
  {
    deviceId,
    kind,
    reason,
  }: { readonly deviceId: string; readonly kind: EscrowKind; readonly reason: string },
) {
  requirePermission(principal, 'devices.secrets.reveal');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
    const values = await candidatesInEscrow(deps, tx, { deviceId, kind });
    if (values.length === 0) {
      throw new DomainError('not-found', 'Nothing of this kind is held for the device.', {
        reason: 'nothing-in-escrow',
      });
    }
    await Promise.all([
      recordAudit(tx, {
        actor: principal,
        action: 'devices.reveal-escrow',
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        reason,
        show: { kind, values: values.length },
      }),
      deps.events.emit(tx, {
        name: 'device.escrow-revealed',
        subjectId: deviceId,
        payload: { deviceId, kind },
      }),
    ]);
    return {
      kind,
      values: values.map(({ value, createdAt, confirmed }) => ({
        value,
        createdAt: createdAt.toISOString(),
        confirmed,
      })),
    };
  });
}
