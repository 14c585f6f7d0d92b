// Keys and passwords of devices in escrow. A value that a device is to be given is kept before it is sent: if only the device
// had it, nobody could get in again. Which of several is in force only the device can say; until it has, all of them are kept.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { EscrowKind } from '@gatehouse/core/devices/escrow.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import { recordAudit } from '../audit/index.ts';
import {
  type EscrowRow,
  insertEscrow,
  markConfirmed,
  selectEscrowOfCommand,
  selectEscrowSinceConfirmed,
  selectNewestEscrow,
} from './escrow-queries.ts';

export interface EscrowDeps {
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
  readonly clock: Clock;
  readonly events: Events;
}

export interface EscrowPlace {
  readonly deviceId: string;
  readonly kind: EscrowKind;
}

/** Most values beside the confirmed one that anybody has to try. */
const mostUnconfirmed = 20;

/**
 * The value that a command gives the device: made with the first call, the same with every other.
 * @param make the new value; called only when the command has none yet.
 */
export async function escrowForCommand(
  deps: EscrowDeps,
  tx: TenantTx,
  place: EscrowPlace,
  commandId: string,
  make: () => string,
): Promise<string> {
  const known = await selectEscrowOfCommand(tx, commandId, place.kind);
  if (known) return open(deps, tx, known);
  const value = make();
  if (await write(deps, tx, place, value, { commandId, confirmed: false })) return value;
  const other = await selectEscrowOfCommand(tx, commandId, place.kind);
  if (!other) throw new Error('a value in escrow is gone');
  return open(deps, tx, other);
}

/** The device has said that the command's value is the one in force. */
export async function confirmEscrow(
  deps: EscrowDeps,
  tx: TenantTx,
  { deviceId, kind }: EscrowPlace,
  commandId: string,
): Promise<void> {
  if (!(await markConfirmed(tx, commandId, kind, new Date(deps.clock.now())))) return;
  await deps.events.emit(tx, {
    name: 'device.escrow-confirmed',
    subjectId: deviceId,
    payload: { deviceId, kind },
  });
}

/**
 * What the device itself tells: in force at this moment. Told again, it is not kept again.
 * @returns whether it is another than before.
 */
export async function takeIntoEscrow(
  deps: EscrowDeps,
  tx: TenantTx,
  place: EscrowPlace,
  value: string,
  commandId?: string,
): Promise<boolean> {
  const newest = await selectNewestEscrow(tx, place.deviceId, place.kind);
  if (newest && newest.confirmed_at !== null && (await open(deps, tx, newest)) === value) return false;
  return write(deps, tx, place, value, { commandId, confirmed: true });
}

export interface EscrowedValue {
  readonly value: string;
  readonly createdAt: Date;
  readonly confirmed: boolean;
}

/** Those that may be in force, newest first: all since the last one that the device confirmed, and that one. */
export async function candidatesInEscrow(
  deps: Pick<EscrowDeps, 'sealer'>,
  tx: TenantTx,
  { deviceId, kind }: EscrowPlace,
): Promise<readonly EscrowedValue[]> {
  const rows = await selectEscrowSinceConfirmed(tx, deviceId, kind, mostUnconfirmed);
  return Promise.all(
    rows.map(async (row) => ({
      value: await open(deps, tx, row),
      createdAt: row.created_at,
      confirmed: row.confirmed_at !== null,
    })),
  );
}

function open({ sealer }: Pick<EscrowDeps, 'sealer'>, tx: TenantTx, row: EscrowRow): Promise<string> {
  return sealer
    .open(tx, 'device_escrow.sealed', row.escrow_id, row.sealed)
    .then((opened) => opened.toString());
}

async function write(
  deps: EscrowDeps,
  tx: TenantTx,
  { deviceId, kind }: EscrowPlace,
  value: string,
  { commandId, confirmed }: { readonly commandId?: string | undefined; readonly confirmed: boolean },
): Promise<boolean> {
  const now = deps.clock.now();
  const escrowId = newId(now);
  const at = new Date(now);
  const written = await insertEscrow(tx, deviceId, {
    escrow_id: escrowId,
    kind,
    sealed: await deps.sealer.seal(tx, 'device_escrow.sealed', escrowId, Buffer.from(value)),
    from_command: commandId ?? null,
    created_at: at,
    confirmed_at: confirmed ? at : null,
  });
  if (!written) return false;
  await Promise.all([
    recordAudit(tx, {
      actor: systemActor('escrow', tx.organizationId),
      action: 'devices.keep-in-escrow',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      show: { kind, commandId: commandId ?? null, confirmed },
    }),
    deps.events.emit(tx, { name: 'device.escrowed', subjectId: deviceId, payload: { deviceId, kind } }),
  ]);
  return true;
}
