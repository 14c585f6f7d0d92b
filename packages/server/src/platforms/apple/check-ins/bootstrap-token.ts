// The bootstrap token, by which a Mac lets management authorize what else needs a person: kept for the device, sealed, and given
// back to nobody but the device itself, on record each time (APL-06).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, answerWith, done } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import { selectSecrets, writeBootstrapToken } from '../channel-queries.ts';
import { supersedesBootstrapToken } from './former-tokens.ts';

/** One that somebody sends again is answered as if it were news, as with TokenUpdate. */
export async function setBootstrapToken(
  deps: AppleDeps,
  speaker: Speaker,
  { fields }: CheckInMessageOf<'SetBootstrapToken'>,
): Promise<AppleAnswer> {
  const device = requireDeviceChannel(deps, speaker);
  const { organizationId, deviceId, now } = speaker;
  const token = fields.BootstrapToken?.length === 0 ? undefined : fields.BootstrapToken;
  await deps.database.withTenant(organizationId, async (tx) => {
    if (!(await supersedesBootstrapToken(deps, tx, speaker, token))) {
      noteRefusal(deps, speaker, 'former-token');
      return;
    }
    const sealed =
      token === undefined
        ? null
        : await deps.sealer.seal(tx, 'apple_channels.bootstrap_token', device.channelId, token);
    if (!(await writeBootstrapToken(tx, deviceId, sealed, now))) return;
    const action = sealed === null ? 'devices.bootstrap-token.forget' : 'devices.bootstrap-token.keep';
    await Promise.all([
      audit(tx, speaker, action),
      deps.events.emit(tx, {
        name: 'apple.bootstrap-token-changed',
        subjectId: deviceId,
        payload: { deviceId, held: sealed !== null },
      }),
    ]);
  });
  return done;
}

export async function getBootstrapToken(
  deps: AppleDeps,
  speaker: Speaker,
  _message: CheckInMessageOf<'GetBootstrapToken'>,
): Promise<AppleAnswer> {
  requireDeviceChannel(deps, speaker);
  const { organizationId, deviceId } = speaker;
  const token = await deps.database.withTenant(organizationId, async (tx) => {
    const row = await selectSecrets(tx, deviceId);
    if (row?.bootstrap_token === null || row === undefined) return undefined;
    await audit(tx, speaker, 'devices.bootstrap-token.reveal');
    return deps.sealer.open(tx, 'apple_channels.bootstrap_token', row.channel_id, row.bootstrap_token);
  });
  return answerWith('GetBootstrapToken', { BootstrapToken: token ?? new Uint8Array() });
}

function requireDeviceChannel(deps: AppleDeps, speaker: Speaker) {
  const { identity, standing } = speaker;
  const { device } = standing;
  if (identity.channel === '' && device?.enrolled === true) return device;
  noteRefusal(deps, speaker, identity.channel === '' ? 'not-enrolled' : 'user-channel');
  throw new DomainError('forbidden', 'The bootstrap token is for the device alone', {
    reason: 'wrong-channel',
  });
}

function noteRefusal(
  { refusals }: AppleDeps,
  { organizationId, deviceId, requestId }: Speaker,
  reason: string,
): void {
  refusals.note({
    organizationId,
    actor: { kind: 'device', id: deviceId },
    action: 'devices.bootstrap-token',
    target: { kind: 'device', id: deviceId },
    reason,
    via: 'apple',
    requestId,
  });
}

function audit(tx: TenantTx, { deviceId, requestId }: Speaker, action: string): Promise<void> {
  return recordAudit(tx, {
    actor: { kind: 'device', id: deviceId, requestId },
    action,
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    via: 'apple',
  });
}
