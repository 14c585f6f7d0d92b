// What administrators decide of a mail device by hand: let it in, hold it back, block it, or forget that it was ever seen (ENR-23).
import type { MailDevice } from '@gatehouse/contracts/admin/mail.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { MailDeviceState } from '@gatehouse/core/mail/mail-device.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { announceMailAccess } from './access-news.ts';
import { stateFacts } from './device-facts.ts';
import {
  deleteMailDevice,
  lockMailDeviceRow,
  selectMailDevice,
  writeMailDeviceState,
} from './device-queries.ts';
import { getMailDevice, noSuchMailDevice } from './list-mail-devices.ts';
import type { MailDeps } from './mail-deps.ts';
import { selectOpenWipe } from './wipe-queries.ts';

const verbs = {
  unknown: 'reset',
  allowed: 'approve',
  quarantined: 'quarantine',
  blocked: 'block',
} as const satisfies Record<MailDeviceState, string>;

/**
 * Letting in also one that was wiped, which is as good as new then. Of one that is an enrolled device the posture decides, so letting
 * it in only takes back what was decided by hand: nothing shall remain of it when the link is gone.
 */
export async function setMailDeviceState(
  deps: MailDeps,
  principal: TenantPrincipal,
  mailDeviceId: string,
  wanted: MailDeviceState,
  reason?: string,
): Promise<MailDevice> {
  requirePermission(principal, 'mail.approve');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const seen = await selectMailDevice(tx, mailDeviceId);
    if (!seen) throw noSuchMailDevice();
    const authorized = wanted === 'allowed' || wanted === 'unknown';
    if (seen.device_id !== null && (seen.state === 'unknown' || seen.state === 'allowed') !== authorized)
      await stateFacts(deps, tx, seen.device_id, { 'activesync.authorized': authorized });
    const before = await lockMailDeviceRow(tx, mailDeviceId);
    if (!before) throw noSuchMailDevice();
    const state = wanted === 'allowed' && before.device_id !== null ? 'unknown' : wanted;
    const wipedAt = wanted === 'allowed' ? null : before.wiped_at;
    if (before.state === state && before.wiped_at === wipedAt) return;
    await writeMailDeviceState(tx, mailDeviceId, {
      state,
      reason: reason ?? null,
      by: actorReference(principal),
      at: new Date(deps.clock.now()),
      wipedAt,
    });
    await Promise.all([
      recordAudit(tx, {
        actor: principal,
        action: `mail-devices.${verbs[wanted]}`,
        target: { kind: 'mail-device', id: mailDeviceId },
        outcome: 'done',
        ...(reason === undefined ? {} : { reason }),
        show: { before: before.state, after: state, deviceId: before.device_id },
      }),
      deps.events.emit(tx, {
        name: 'mail-device.state-changed',
        subjectId: mailDeviceId,
        payload: { mailDeviceId, from: before.state, to: state },
      }),
    ]);
    announceMailAccess(tx, deps, mailDeviceId);
  });
  return getMailDevice(deps, principal, mailDeviceId);
}

/** If it comes again it is a stranger. */
export async function forgetMailDevice(
  deps: MailDeps,
  principal: TenantPrincipal,
  mailDeviceId: string,
): Promise<void> {
  requirePermission(principal, 'mail.approve');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockMailDeviceRow(tx, mailDeviceId);
    if (!row) throw noSuchMailDevice();
    if ((await selectOpenWipe(tx, mailDeviceId)) !== undefined) {
      throw new DomainError('conflict', 'A wipe waits for it.', { reason: 'wipe-waits' });
    }
    await deleteMailDevice(tx, mailDeviceId);
    await Promise.all([
      recordAudit(tx, {
        actor: principal,
        action: 'mail-devices.forget',
        target: { kind: 'mail-device', id: mailDeviceId },
        outcome: 'done',
        show: { state: row.state, deviceId: row.device_id, userId: row.user_id },
      }),
      deps.events.emit(tx, {
        name: 'mail-device.state-changed',
        subjectId: mailDeviceId,
        payload: { mailDeviceId, from: row.state, to: 'forgotten' },
      }),
    ]);
    announceMailAccess(tx, deps, mailDeviceId);
  });
}
