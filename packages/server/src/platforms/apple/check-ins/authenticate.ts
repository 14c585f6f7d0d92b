// The device says who it is. That comes with a new enrolment, with a renewed identity, and again whenever our answer was lost; only
// the first may forget what is known, for a device that renews loses its bootstrap token and its queue if it is taken for new.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { newId } from '../../../kernel/ids.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import { closeCommands } from '../../../modules/commands/index.ts';
import { changeStanding, lockDevice, normalizeIdentifier } from '../../../modules/devices/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, done } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import type { DeviceChannel } from '../arrival-queries.ts';
import { startChannelsOver, wasIssuedForEnrollment } from '../channel-queries.ts';
import type { IntroductionOf } from '../enrolment-queries.ts';

export async function authenticate(
  deps: AppleDeps,
  speaker: Speaker,
  message: CheckInMessageOf<'Authenticate'>,
): Promise<AppleAnswer> {
  // Of users there is nothing to introduce: their channel begins with its token.
  if (message.identity.channel !== '') return done;
  const { organizationId, deviceId, standing } = speaker;
  // What starts a device over is committed before it introduces itself: repeated, it finds itself started over.
  if (standing.device !== undefined && standing.device.certificate !== speaker.certificate.fingerprint) {
    await deps.database.withTenant(organizationId, async (tx) => {
      if (await isNewEnrollment(tx, speaker)) await startOver(deps, tx, speaker);
    });
  }
  const allowed =
    speaker.isWritten === true ||
    (await deps.writes.introduce(organizationId, introductionOf(speaker, standing.device, message)));
  if (!allowed) {
    deps.refusals.note({
      organizationId,
      actor: { kind: 'device', id: deviceId },
      action: 'devices.authenticate',
      target: { kind: 'device', id: deviceId },
      reason: 'hardware-blocked',
      via: 'apple',
      requestId: speaker.requestId,
    });
    throw new DomainError('forbidden', 'An administrator has blocked this device', {
      reason: 'device-blocked',
    });
  }
  return done;
}

async function isNewEnrollment(tx: TenantTx, { deviceId, certificate, standing }: Speaker): Promise<boolean> {
  if (standing.device?.certificate === certificate.fingerprint) return false;
  // Taken back by an administrator's word: it begins anew, whatever the certificate was asked for with.
  if (standing.state === 'pending') return true;
  return (await wasIssuedForEnrollment(tx, deviceId, certificate.serial)) === true;
}

/** What was ordered before must not befall the device now, and the secrets of its former life open nothing any more. */
async function startOver(deps: AppleDeps, tx: TenantTx, { deviceId, requestId }: Speaker): Promise<void> {
  const actor = {
    kind: 'device',
    id: deviceId,
    organizationId: tx.organizationId,
    label: deviceId,
    requestId,
  } as const;
  await lockDevice(tx, deviceId);
  await closeCommands(deps, tx, { deviceId, actor, reason: 'The device enrolled again.' });
  await changeStanding(deps, tx, { deviceId, event: 'enrol-again', actor, reason: 'enrolled-again' });
  await startChannelsOver(tx, deviceId);
  await recordAudit(tx, {
    actor,
    action: 'devices.enrol-over',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    via: 'apple',
  });
}

/** @param known the device's channel, when it was here before. */
export function introductionOf(
  { deviceId, certificate, now }: Pick<Speaker, 'deviceId' | 'certificate' | 'now'>,
  known: DeviceChannel | undefined,
  { identity, fields, other }: CheckInMessageOf<'Authenticate'>,
): IntroductionOf {
  const byReference = identity.kind === 'user-enrolment';
  const udid = byReference ? null : identity.deviceKey;
  const { SerialNumber: serial } = fields;
  return {
    deviceId,
    channelId: known?.channelId ?? newId(now),
    kind: identity.kind,
    enrollmentKind: byReference ? 'user' : (known?.enrollmentKind ?? 'device'),
    udid,
    enrollmentRef: byReference ? identity.deviceKey : null,
    topic: fields.Topic,
    product: fields.ProductName ?? null,
    osVersion: fields.OSVersion ?? null,
    said: { ...fields, ...plainKeys(other) },
    certificate: certificate.fingerprint,
    at: now,
    claimed: {
      udid: udid === null ? null : (normalizeIdentifier('udid', udid) ?? null),
      serial: serial === undefined ? null : (normalizeIdentifier('serial', serial) ?? null),
    },
  };
}

/** Words and numbers that this release has no name for; bytes might be secrets. */
function plainKeys(other: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(other)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 256) : value])
      .slice(0, 32),
  );
}
