// A device asks for mail that was never seen with this account. Whose id it is elsewhere says nothing: a person and an id together
// are a mail device, and a new one is a stranger (EAS-T02). It is compared with the person's enrolled devices at once; if it is
// none of them, administrators hear of it, and the person is told what to do.
import { systemActor } from '@gatehouse/core/actor.ts';
import { treatmentOfStrangers } from '@gatehouse/core/mail/decide-mail-access.ts';
import { deviceKeyLength, showDeviceKey } from '@gatehouse/core/mail/mail-device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { enqueue } from '../../kernel/jobs/jobs.ts';
import { raiseAlert } from '../alerts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { announceMailAccess } from './access-news.ts';
import {
  adoptMailDevice,
  insertMailDevice,
  selectMailDevice,
  selectMailDeviceByKey,
} from './device-queries.ts';
import { instructMailUserKind } from './job-kinds.ts';
import { linkByEvidence } from './links.ts';
import { gatewayActor, type MailDeps } from './mail-deps.ts';
import { beginMail, gateSettings, readMailSettings } from './settings.ts';

/** What a request shows once its credentials are proved. */
export interface SeenMailDevice {
  /** null: only the mail server knows the person. */
  readonly userId: string | null;
  /** As `readMailLogin` gives the name. */
  readonly login: string;
  readonly deviceKey: Uint8Array;
  readonly deviceType: string;
  readonly protocolVersion: string | null;
  readonly userAgent: string | null;
  /** The enrolled device whose certificate the client came with. */
  readonly certificateDeviceId?: string | undefined;
}

export type Discovery =
  | { readonly mailDeviceId: string; readonly isNew: boolean }
  /** The account has as many devices as it may; nothing was written. */
  | { readonly refused: 'too-many' };

const cut = (text: string | null, longest: number): string | null =>
  text === null
    ? null
    : text
        .replaceAll(/\p{Cc}/gu, ' ')
        .toWellFormed()
        .slice(0, longest);

/**
 * Only after the mail server, or our own password, has proved the log-in.
 * @throws RangeError for an id of a length that no client has.
 */
export async function discoverMailDevice(
  deps: Omit<MailDeps, 'sealer' | 'reevaluate'>,
  organizationId: string,
  seen: SeenMailDevice,
): Promise<Discovery> {
  const deviceKey = Buffer.from(seen.deviceKey);
  if (deviceKey.length < deviceKeyLength.minimum || deviceKey.length > deviceKeyLength.maximum)
    throw new RangeError('the id of a mail device has a length that no client has');
  const login = seen.login.toLowerCase();
  const accountKey = seen.userId === null ? `login:${login}` : `user:${seen.userId}`;
  return deps.database.withTenant(organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    const adopted = seen.userId !== null && (await adoptMailDevice(tx, seen.userId, login, deviceKey)) > 0;
    await beginMail(tx, now);
    const settings = await readMailSettings(tx);
    const mailDeviceId = newId();
    const made = await insertMailDevice(
      tx,
      {
        mailDeviceId,
        accountKey,
        userId: seen.userId,
        login,
        deviceKey,
        deviceKeyText: showDeviceKey(deviceKey),
        deviceType: cut(seen.deviceType, 100) ?? '',
        protocolVersion: cut(seen.protocolVersion, 10),
        userAgent: cut(seen.userAgent, 300),
        certificateDeviceId: seen.certificateDeviceId ?? null,
        at: now,
      },
      settings.maximum_devices,
    );
    if (!made) {
      const known = await selectMailDeviceByKey(tx, accountKey, deviceKey);
      if (known === undefined) return { refused: 'too-many' };
      if (adopted) announceMailAccess(tx, deps, known.mail_device_id);
      return { mailDeviceId: known.mail_device_id, isNew: false };
    }
    await Promise.all([
      recordAudit(tx, {
        actor: systemActor(gatewayActor, organizationId),
        via: 'mail',
        action: 'mail-devices.discover',
        target: { kind: 'mail-device', id: mailDeviceId },
        outcome: 'done',
        show: { userId: seen.userId, deviceType: cut(seen.deviceType, 100) ?? '' },
        personal: { login: seen.login },
      }),
      deps.events.emit(tx, {
        name: 'mail-device.discovered',
        subjectId: mailDeviceId,
        payload: { mailDeviceId, userId: seen.userId, deviceType: cut(seen.deviceType, 100) ?? '' },
      }),
    ]);
    await linkByEvidence(deps, tx, mailDeviceId);
    await tellOfStranger(deps, tx, mailDeviceId, {
      treatment: treatmentOfStrangers(gateSettings(settings), now.getTime()),
      instruct: settings.instruct,
    });
    announceMailAccess(tx, deps, mailDeviceId);
    return { mailDeviceId, isNew: true };
  });
}

async function tellOfStranger(
  deps: Pick<MailDeps, 'clock' | 'events'>,
  tx: TenantTx,
  mailDeviceId: string,
  { treatment, instruct }: { readonly treatment: string; readonly instruct: boolean },
): Promise<void> {
  const row = await selectMailDevice(tx, mailDeviceId);
  if (row === undefined || row.device_id !== null) return;
  if (treatment !== 'allow') {
    await raiseAlert(deps, tx, {
      kind: 'mail-device-unknown',
      severity: 'info',
      subject: { kind: 'mail-device', id: mailDeviceId },
      detail: {},
      more: { mailDeviceId, treatment },
      // A roll-out brings hundreds of them.
      sameAs: `mail-device-unknown/${Math.floor(deps.clock.now() / 86_400_000)}`,
    });
  }
  if (instruct && row.user_id !== null) {
    await enqueue(tx, {
      kind: instructMailUserKind,
      key: row.user_id,
      payload: { userId: row.user_id },
    });
  }
}
