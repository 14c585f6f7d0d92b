// Management can end without a word: a profile is removed while the device is offline, or taken away by somebody who then keeps it
// silent. What shows it: push that leads nowhere together with silence, or a device that says itself that our profile is not there.
// Then the device counts as unmanaged and every gate is shut (CMP-04, GAP-07).
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { isUuid } from '../../kernel/ids.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { changeStanding, findDevice, lockDevice, type StandingDeps } from '../../modules/devices/index.ts';
import { readSettings } from '../../modules/organizations/index.ts';
import { startChannelsOver } from './channel-queries.ts';
import { type DeadChannelRow, findDeadChannels, isPushDead, markPushDead } from './push-queries.ts';

export interface DeadPush {
  readonly deviceId: string;
  readonly channel: string;
  /** The token that the push service no longer knows; a newer one is not touched. */
  readonly token: Uint8Array;
  /** Since when it leads nowhere as the service says, ms since the epoch: a token that came later lives. */
  readonly since: number;
}

/** @returns false when the channel has another token by now, or this was known. */
export async function channelPushDied(
  tx: TenantTx,
  { events }: { readonly events: Events },
  dead: DeadPush,
): Promise<boolean> {
  if (!(await markPushDead(tx, dead))) return false;
  const { deviceId, channel } = dead;
  await Promise.all([
    recordAudit(tx, {
      actor: systemActor('push', tx.organizationId),
      action: 'devices.push-died',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      show: { channel: channel === '' ? 'device' : 'user' },
    }),
    events.emit(tx, { name: 'apple.push-died', subjectId: deviceId, payload: { deviceId, channel } }),
  ]);
  return true;
}

/** The device says of itself that the profile by which it is managed is not there. @returns whether management ended now. */
export async function managementProfileGone(
  deps: StandingDeps,
  tx: TenantTx,
  deviceId: string,
): Promise<boolean> {
  const actor = systemActor('apple-profiles', tx.organizationId);
  return changeStanding(deps, tx, { deviceId, event: 'unmanage', actor, reason: 'profile-missing' });
}

const day = 86_400_000;
const mostPerRound = 500;

export interface SilenceDeps extends StandingDeps {
  readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
}

/** Several servers may do so at once: each device is looked at again under its lock. */
export async function endSilentDevices(deps: SilenceDeps): Promise<{ readonly ended: number }> {
  // The shortest silence that an organization can choose; its own is asked below.
  const before = deps.clock.now() - day;
  let ended = 0;
  let last: DeadChannelRow | undefined;
  do {
    const dead: DeadChannelRow[] = await deps.database.withSystem('find-due-work', (tx) =>
      findDeadChannels(tx, before, last, mostPerRound),
    );
    for (const { organization_id: organizationId, device_id: deviceId } of dead) {
      const done = await deps.database.withTenant(organizationId, (tx) => endIfSilent(deps, tx, deviceId));
      ended += done ? 1 : 0;
    }
    last = dead.length === mostPerRound ? dead.at(-1) : undefined;
  } while (last !== undefined);
  return { ended };
}

async function endIfSilent(deps: SilenceDeps, tx: TenantTx, deviceId: string): Promise<boolean> {
  const known = await findDevice(tx, deviceId);
  if (!known || known.state === 'unmanaged') return false;
  const { appleSilentDays } = await readSettings(tx);
  const { state, lastCheckInAt } = await lockDevice(tx, deviceId);
  const silentSince = lastCheckInAt ?? 0;
  const isSilent =
    deps.clock.now() - silentSince >= appleSilentDays * day && (await isPushDead(tx, deviceId));
  if (!isSilent || (state !== 'registered' && state !== 'wiping')) return false;
  const actor = systemActor('silent-devices', tx.organizationId);
  return changeStanding(deps, tx, { deviceId, event: 'unmanage', actor, reason: 'push-dead-and-silent' });
}

/** When management has ended, what the device entrusted to us opens nothing any more and goes, and nobody calls it again. */
export const forgetChannelsKind = 'apple-forget-channels';

export function forgetChannelsJob(): SingleJob<{ deviceId: string }> {
  return {
    parse(input) {
      const { deviceId } = input as { deviceId?: unknown };
      if (typeof deviceId !== 'string' || !isUuid(deviceId)) throw new TypeError('deviceId is not an id');
      return { deviceId };
    },
    async run(tx, { deviceId }) {
      const device = (await findDevice(tx, deviceId)) && (await lockDevice(tx, deviceId));
      // Enrolled again meanwhile: what is there now is the new enrolment's.
      if (device?.state === 'unmanaged') await startChannelsOver(tx, deviceId);
    },
  };
}
