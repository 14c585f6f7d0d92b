// What comes of a wipe: the client fetched it, did it or could not; or it was taken back before the client had come.
import type { MailDevice } from '@gatehouse/contracts/admin/mail.ts';
import { type Actor, systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { raiseAlert } from '../alerts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { announceMailAccess } from './access-news.ts';
import { stateFacts } from './device-facts.ts';
import { lockMailDeviceRow, markMailDeviceWiped, selectMailDevice } from './device-queries.ts';
import { getMailDevice, noSuchMailDevice } from './list-mail-devices.ts';
import { gatewayActor, type MailDeps } from './mail-deps.ts';
import { lockOpenWipe, type MailWipeRow, selectOpenWipe, writeWipeState } from './wipe-queries.ts';

type Finishing = Omit<MailDeps, 'sealer'>;

/** The client was told. @returns false: there is nothing to do any more. */
export async function mailWipeFetched(
  deps: Finishing,
  organizationId: string,
  mailDeviceId: string,
): Promise<boolean> {
  return deps.database.withTenant(organizationId, async (tx) => {
    if (!(await lockMailDeviceRow(tx, mailDeviceId))) return false;
    const wipe = await lockOpenWipe(tx, mailDeviceId);
    if (wipe === undefined) return false;
    if (wipe.state === 'ordered') {
      await writeWipeState(tx, wipe.wipe_id, 'fetched', new Date(deps.clock.now()));
      await record(tx, systemActor(gatewayActor, organizationId), wipe, 'fetch-wipe');
    }
    return true;
  });
}

/**
 * The client says what came of it. Either way it gets nothing until an administrator lets it in: what was wiped is a new device,
 * and one that could not be wiped is in strange hands.
 */
export async function mailWipeAcknowledged(
  deps: Finishing,
  organizationId: string,
  mailDeviceId: string,
  done: boolean,
): Promise<void> {
  await deps.database.withTenant(organizationId, async (tx) => {
    const [seen, told] = await Promise.all([
      selectMailDevice(tx, mailDeviceId),
      selectOpenWipe(tx, mailDeviceId),
    ]);
    if (seen === undefined || told === undefined) return;
    if (seen.device_id !== null)
      await stateFacts(deps, tx, seen.device_id, { 'activesync.authorized': false });
    const row = await lockMailDeviceRow(tx, mailDeviceId);
    const wipe = row && (await lockOpenWipe(tx, mailDeviceId));
    if (wipe === undefined) return;
    const at = new Date(deps.clock.now());
    await writeWipeState(tx, wipe.wipe_id, done ? 'done' : 'failed', at);
    await markMailDeviceWiped(tx, mailDeviceId, at);
    const actor = systemActor(gatewayActor, organizationId);
    await Promise.all([
      record(tx, actor, wipe, done ? 'finish-wipe' : 'fail-wipe'),
      deps.events.emit(tx, {
        name: 'mail-device.wiped',
        subjectId: mailDeviceId,
        payload: { mailDeviceId, wipeId: wipe.wipe_id, kind: wipe.kind, done },
      }),
    ]);
    if (!done) {
      await raiseAlert(deps, tx, {
        kind: 'mail-wipe-failed',
        severity: 'critical',
        subject: { kind: 'mail-device', id: mailDeviceId },
        detail: {},
        more: { mailDeviceId, wipeId: wipe.wipe_id, kind: wipe.kind },
        sameAs: `mail-wipe-failed/${mailDeviceId}`,
      });
    }
    announceMailAccess(tx, deps, mailDeviceId);
  });
}

/** @throws DomainError `conflict` when the client has fetched it, or there is none. */
export async function cancelMailWipe(
  deps: MailDeps,
  principal: TenantPrincipal,
  mailDeviceId: string,
): Promise<MailDevice> {
  requirePermission(principal, 'mail.wipe');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    if (!(await lockMailDeviceRow(tx, mailDeviceId))) throw noSuchMailDevice();
    const wipe = await lockOpenWipe(tx, mailDeviceId);
    if (wipe?.state !== 'ordered') {
      throw new DomainError(
        'conflict',
        wipe === undefined ? 'No wipe waits for it.' : 'The client has been told to wipe already.',
        { reason: wipe === undefined ? 'no-wipe' : 'wipe-fetched' },
      );
    }
    await writeWipeState(tx, wipe.wipe_id, 'cancelled', new Date(deps.clock.now()));
    await record(tx, principal, wipe, 'cancel-wipe');
    await deps.events.emit(tx, {
      name: 'mail-device.wipe-cancelled',
      subjectId: mailDeviceId,
      payload: { mailDeviceId, wipeId: wipe.wipe_id, kind: wipe.kind },
    });
    announceMailAccess(tx, deps, mailDeviceId);
  });
  return getMailDevice(deps, principal, mailDeviceId);
}

function record(tx: TenantTx, actor: Actor, wipe: MailWipeRow, verb: string): Promise<void> {
  return recordAudit(tx, {
    actor,
    ...(actor.kind === 'system' ? { via: 'mail' as const } : {}),
    action: `mail-devices.${verb}`,
    target: { kind: 'mail-device', id: wipe.mail_device_id },
    outcome: 'done',
    show: { wipeId: wipe.wipe_id, kind: wipe.kind },
  });
}
