// Shutting a device out of every gate while it may still be talked to: a stolen phone passes nothing, and its wipe reaches it all
// the same. Blocking is stronger, and for devices that are not to be spoken to (change-standing.ts).
import { type Actor, actorReference } from '@gatehouse/core/actor.ts';
import type { BarCause } from '@gatehouse/core/devices/device.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import type { CertificateHolders } from '../certificates/index.ts';
import { eraseBar, writeBar, writeSecured } from './bar-queries.ts';
import type { DeviceDeps, StandingDeps } from './device-deps.ts';
import { lockDevice, lockDevices } from './lock-device.ts';

interface Change {
  readonly deviceId: string;
  readonly actor: Actor;
  readonly reason: string;
}

/** Every gate is shut in this transaction, and whoever guards one hears of it (NAC-40). @returns whether anything changed. */
export function barDevice(deps: StandingDeps, tx: TenantTx, change: Change): Promise<boolean> {
  return bar(deps, tx, change, 'order');
}

async function bar(deps: StandingDeps, tx: TenantTx, change: Change, cause: BarCause): Promise<boolean> {
  const { deviceId, actor, reason } = change;
  await lockDevice(tx, deviceId);
  const at = new Date(deps.clock.now());
  if (!(await writeBar(tx, deviceId, { at, by: actorReference(actor), reason, cause }))) return false;
  await follow(deps, tx, change, 'bar');
  return true;
}

/**
 * For the certificates, which stand to the left: a device that can no longer speak to us says nothing of its state either, so it
 * is barred until it enrols again or an administrator lets it in. One that is shut out or released anyway stays as it is.
 */
export function holdersOfCertificates(deps: StandingDeps): CertificateHolders {
  return {
    lock: (tx, deviceId) => lockDevices(tx, [deviceId]),
    async silenced(tx, loss) {
      const device = (await lockDevices(tx, [loss.deviceId])).get(loss.deviceId);
      if (device?.state === 'registered' || device?.state === 'wiping') {
        await bar(deps, tx, loss, 'certificate');
      }
    },
  };
}

/** A device that enrols again has a new certificate; a bar for any other reason stays. */
export async function liftBarOfRevocation(
  deps: StandingDeps,
  tx: TenantTx,
  { deviceId, actor }: Omit<Change, 'reason'>,
): Promise<void> {
  if (!(await eraseBar(tx, deviceId, 'certificate'))) return;
  await follow(deps, tx, { deviceId, actor, reason: 'It enrolled again.' }, 'unbar');
}

/** The gates are again what the rules say. @returns whether anything changed. */
export async function unbarDevice(deps: StandingDeps, tx: TenantTx, change: Change): Promise<boolean> {
  await lockDevice(tx, change.deviceId);
  if (!(await eraseBar(tx, change.deviceId, null))) return false;
  await follow(deps, tx, change, 'unbar');
  return true;
}

async function follow(
  deps: StandingDeps,
  tx: TenantTx,
  { deviceId, actor, reason }: Change,
  verb: 'bar' | 'unbar',
): Promise<void> {
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: `devices.${verb}`,
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      reason,
    }),
    deps.events.emit(tx, {
      name: verb === 'bar' ? 'device.barred' : 'device.unbarred',
      subjectId: deviceId,
      payload: { deviceId },
    }),
  ]);
  await deps.reevaluate(tx, deviceId, deps.clock.now());
}

/**
 * Into the secured group, or out of it: what the organization gave is taken away, and the device stays under management so that
 * it can be found and looked into (LST-03). @returns whether anything changed.
 */
export async function secureDevice(
  deps: StandingDeps,
  tx: TenantTx,
  { deviceId, actor, reason }: Change,
  secured: boolean,
): Promise<boolean> {
  await lockDevice(tx, deviceId);
  const at = secured ? new Date(deps.clock.now()) : null;
  if (!(await writeSecured(tx, deviceId, at))) return false;
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: secured ? 'devices.secure' : 'devices.unsecure',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      reason,
    }),
    // Platforms look again at what it should have.
    deps.events.emit(tx, {
      name: 'device.changed',
      subjectId: deviceId,
      payload: { deviceId, changed: ['secured'] },
    }),
  ]);
  return true;
}

function byAdministrator(change: typeof barDevice, otherwise: string) {
  return async (
    deps: DeviceDeps,
    principal: TenantPrincipal,
    deviceId: string,
    reason: string = otherwise,
  ): Promise<void> => {
    requirePermission(principal, 'devices.delete');
    await deps.database.withTenant(principal.organizationId, (tx) =>
      change(deps, tx, { deviceId, actor: principal, reason }),
    );
  };
}

export const barByAdministrator = byAdministrator(barDevice, 'An administrator has shut it out.');
export const unbarByAdministrator = byAdministrator(unbarDevice, 'An administrator has let it in again.');
