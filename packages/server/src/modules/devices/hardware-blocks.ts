// Hardware that may not come back: a list of its own, so that it outlives the device's row, a wipe and a new enrolment (GAP-09).
// Only an administrator takes an entry away (LST-08). What a machine says of its hardware proves nothing, so it works against it only.
import { type Actor, actorReference, systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { pageOfRows, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import {
  barIfHardwareIsBlocked,
  type BlockRow,
  deleteBlock,
  eraseBlocksOf,
  insertBlock,
  selectBlocks,
  writeBlocksOf,
} from './bar-queries.ts';
import type { DeviceDeps, StandingDeps } from './device-deps.ts';
import { normalizeIdentifier } from './identifiers.ts';

interface Change {
  readonly deviceId: string;
  readonly actor: Actor;
  readonly reason: string;
}

/** Everything that the device is known by: serial number, UDID, IMEI, MEID and MAC addresses. @returns how many are new. */
export async function blockHardwareOf(
  deps: Pick<StandingDeps, 'clock' | 'events'>,
  tx: TenantTx,
  { deviceId, actor, reason }: Change,
): Promise<number> {
  const at = new Date(deps.clock.now());
  const count = await writeBlocksOf(tx, deviceId, { reason, by: actorReference(actor), at });
  await told(deps, tx, { deviceId, actor, reason }, 'block-hardware', count);
  return count;
}

/** What it is known by now, and what it was known by when it was shut out. @returns how many entries went. */
export async function unblockHardwareOf(
  deps: Pick<StandingDeps, 'events'>,
  tx: TenantTx,
  change: Change,
): Promise<number> {
  const count = await eraseBlocksOf(tx, change.deviceId);
  await told(deps, tx, change, 'unblock-hardware', count);
  return count;
}

async function told(
  { events }: Pick<StandingDeps, 'events'>,
  tx: TenantTx,
  { deviceId, actor, reason }: Change,
  verb: string,
  count: number,
): Promise<void> {
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: `devices.${verb}`,
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      reason,
      show: { identifiers: count },
    }),
    events.emit(tx, { name: 'hardware.blocks-changed', subjectId: deviceId, payload: { deviceId, count } }),
  ]);
}

/** The hardware of a device that reports is on the list: the device is barred before its gates are decided (LST-08). */
export async function barKnownHardware(
  tx: TenantTx,
  deviceId: string,
  identifiers: readonly { readonly kind: string; readonly value: string }[],
): Promise<void> {
  if (!(await barIfHardwareIsBlocked(tx, deviceId, identifiers))) return;
  await recordAudit(tx, {
    actor: systemActor('hardware-block', tx.organizationId),
    action: 'devices.bar',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    reason: 'The hardware is shut out.',
  });
}

export async function listHardwareBlocks(
  deps: Pick<DeviceDeps, 'database'>,
  principal: TenantPrincipal,
  page: PageRequest,
) {
  requirePermission(principal, 'devices.read');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectBlocks(tx, before, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.block_no]);
}

/** @throws DomainError `invalid-input` for what is no identifier, `conflict` for what is blocked already. */
export async function addHardwareBlock(
  deps: DeviceDeps,
  principal: TenantPrincipal,
  input: { readonly kind: BlockRow['kind']; readonly value: string; readonly reason: string },
) {
  requirePermission(principal, 'devices.delete');
  const value = normalizeIdentifier(input.kind, input.value);
  if (value === undefined) throw new DomainError('invalid-input', `That is no ${input.kind}.`);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await insertBlock(tx, {
      block_id: newId(),
      kind: input.kind,
      value,
      reason: input.reason,
      blocked_by: actorReference(principal),
      created_at: new Date(deps.clock.now()),
    });
    if (!row) {
      throw new DomainError('conflict', 'That is blocked already.', { reason: 'blocked-already' });
    }
    await recordAudit(tx, {
      actor: principal,
      action: 'hardware-blocks.add',
      target: { kind: 'hardware-block', id: row.block_id },
      outcome: 'done',
      reason: input.reason,
      show: { kind: row.kind, value: row.value },
    });
    await deps.events.emit(tx, {
      name: 'hardware.blocks-changed',
      subjectId: null,
      payload: { deviceId: null, count: 1 },
    });
    return present(row);
  });
}

/** The hardware may enrol again; a device that is barred stays so until it is let in. @throws DomainError `not-found` */
export async function removeHardwareBlock(
  deps: DeviceDeps,
  principal: TenantPrincipal,
  blockId: string,
): Promise<void> {
  requirePermission(principal, 'devices.delete');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await deleteBlock(tx, blockId);
    if (!row) throw new DomainError('not-found', 'There is no such entry.');
    await recordAudit(tx, {
      actor: principal,
      action: 'hardware-blocks.remove',
      target: { kind: 'hardware-block', id: blockId },
      outcome: 'done',
      show: { kind: row.kind, value: row.value },
    });
    await deps.events.emit(tx, {
      name: 'hardware.blocks-changed',
      subjectId: row.device_id,
      payload: { deviceId: row.device_id, count: 1 },
    });
  });
}

function present(row: BlockRow) {
  return {
    id: row.block_id,
    kind: row.kind,
    value: row.value,
    deviceId: row.device_id,
    reason: row.reason,
    blockedBy: row.blocked_by,
    createdAt: row.created_at.toISOString(),
  };
}
