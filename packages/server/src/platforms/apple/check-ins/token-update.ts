// Where the device, or one of its users, can be reached by push. The first one after Authenticate makes the channel ready: from
// then on it is called, and the device registers with the poll that it answers the call with (ENR-19).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { newId } from '../../../kernel/ids.ts';
import { announce } from '../../../kernel/notifications.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { Speaker } from '../admit.ts';
import { type AppleAnswer, done } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import { addUserChannel, noteSharedIpad, writeTokens } from '../channel-queries.ts';

/** A Shared iPad in a school sees many; nobody honest has more. */
const mostUsers = 500;

export async function tokenUpdate(
  deps: AppleDeps,
  speaker: Speaker,
  message: CheckInMessageOf<'TokenUpdate'>,
): Promise<AppleAnswer> {
  await deps.database.withTenant(speaker.organizationId, (tx) => record(deps, tx, speaker, message));
  return done;
}

async function record(
  deps: AppleDeps,
  tx: TenantTx,
  speaker: Speaker,
  { identity, fields }: CheckInMessageOf<'TokenUpdate'>,
): Promise<void> {
  const { deviceId, now } = speaker;
  const { channel } = identity;
  const isUser = channel !== '';
  const known = isUser ? speaker.standing.user : speaker.standing.device;
  const channelId = known?.channelId ?? (await openUserChannel(tx, speaker));
  const { UnlockToken: unlock } = fields;
  const [pushMagic, unlockToken] = await Promise.all([
    deps.sealer.seal(tx, 'apple_channels.push_magic', channelId, Buffer.from(fields.PushMagic)),
    // A Mac never has one; a device that leaves it out keeps the one it gave.
    unlock === undefined || unlock.length === 0 || isUser
      ? undefined
      : deps.sealer.seal(tx, 'apple_channels.unlock_token', channelId, unlock),
  ]);
  await writeTokens(tx, deviceId, channel, {
    topic: fields.Topic,
    pushMagic,
    pushToken: fields.Token,
    unlockToken,
    awaitingConfiguration: fields.AwaitingConfiguration,
    at: now,
  });
  if (known?.enrolled !== true) await tell(deps, tx, speaker);
}

async function openUserChannel(
  tx: TenantTx,
  { deviceId, identity, standing, now }: Speaker,
): Promise<string> {
  if (standing.device?.enrolled !== true) {
    throw new DomainError('invalid-input', 'The device comes before its users', { reason: 'not-introduced' });
  }
  const channelId = newId(now);
  const added = await addUserChannel(tx, deviceId, { identity, channelId, at: now, most: mostUsers });
  if (!added)
    throw new DomainError('forbidden', 'The device has too many users', { reason: 'too-many-users' });
  if (identity.kind === 'shared-ipad-user') await noteSharedIpad(tx, deviceId);
  return channelId;
}

async function tell(
  deps: AppleDeps,
  tx: TenantTx,
  { deviceId, identity, requestId }: Speaker,
): Promise<void> {
  const channel = identity.channel === '' ? 'device' : 'user';
  await Promise.all([
    recordAudit(tx, {
      actor: { kind: 'device', id: deviceId, requestId },
      action: 'devices.open-channel',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      via: 'apple',
      show: { channel, kind: identity.kind },
      personal: { user: identity.channel === '' ? null : (identity.userShortName ?? identity.channel) },
    }),
    deps.events.emit(tx, {
      name: 'apple.channel-opened',
      subjectId: deviceId,
      payload: { deviceId, channel: identity.channel },
    }),
  ]);
  // The device waits to be called.
  announce(tx, deps.notifications, 'command-queued', { organizationId: tx.organizationId, id: deviceId });
}
