// Where the device, or one of its users, can be reached by push. The first one after Authenticate makes the channel ready: from
// then on it is called, and the device registers with the poll that it answers the call with (ENR-19).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { newId } from '../../../kernel/ids.ts';
import { composeEntry, type NewAuditEntry, recordAudit } from '../../../modules/audit/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, done } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import type { DeviceChannel } from '../arrival-queries.ts';
import { addUserChannel, noteSharedIpad, writeTokens } from '../channel-queries.ts';
import type { TokensOf } from '../enrolment-queries.ts';
import { supersedes } from './former-tokens.ts';

/** A Shared iPad in a school sees many; nobody honest has more. */
const mostUsers = 500;

export async function tokenUpdate(
  deps: AppleDeps,
  speaker: Speaker,
  message: CheckInMessageOf<'TokenUpdate'>,
): Promise<AppleAnswer> {
  if (speaker.isWritten !== true && !(await keepInOneTrip(deps, speaker, message))) {
    const { organizationId } = speaker;
    const isNews = await deps.database.withTenant(organizationId, (tx) => record(deps, tx, speaker, message));
    if (!isNews) return sentAgain(deps, speaker);
  }
  if (knownChannel(speaker)?.enrolled !== true || speaker.standing.waits) {
    // The device waits to be called; or something waits for it that it may not have been called for under its former token.
    const notice = { organizationId: speaker.organizationId, id: speaker.deviceId };
    deps.notifications.publish('command-queued', notice);
    deps.notifications.spread?.('command-queued', notice);
  }
  return done;
}

/** It is answered as if it were news: whoever sends it again learns nothing, and a device whose message a proxy repeats is not put off. */
function sentAgain({ refusals }: AppleDeps, { organizationId, deviceId, requestId }: Speaker): AppleAnswer {
  refusals.note({
    organizationId,
    actor: { kind: 'device', id: deviceId },
    action: 'devices.open-channel',
    target: { kind: 'device', id: deviceId },
    reason: 'former-token',
    via: 'apple',
    requestId,
  });
  return done;
}

function knownChannel({ identity, standing }: Speaker) {
  return identity.channel === '' ? standing.device : standing.user;
}

/** A Mac never has one; a device that leaves it out keeps the one it gave; a user has none. */
function unlockTokenOf({ identity, fields }: CheckInMessageOf<'TokenUpdate'>): Uint8Array | undefined {
  const { UnlockToken: unlock } = fields;
  return unlock === undefined || unlock.length === 0 || identity.channel !== '' ? undefined : unlock;
}

/**
 * @returns false when it takes a transaction: a user comes for the first time, a data key is to be made or has been renewed, or
 * somebody else may have sent it, who kept what the device once signed.
 */
async function keepInOneTrip(
  deps: AppleDeps,
  speaker: Speaker,
  message: CheckInMessageOf<'TokenUpdate'>,
): Promise<boolean> {
  const known = knownChannel(speaker);
  if (known === undefined || (known.enrolled && speaker.signature !== undefined)) return false;
  const isNewDevice = isNew(speaker);
  const tokens = sealTokens(deps, { ...speaker, isNewDevice }, known, message);
  return tokens !== undefined && (await deps.writes.keepTokens(speaker.organizationId, tokens)) === true;
}

/** Whose channel opens. */
interface Opening extends Pick<Speaker, 'organizationId' | 'deviceId' | 'identity' | 'requestId' | 'now'> {
  /** It has not answered a poll yet. */
  readonly isNewDevice: boolean;
}

function isNew({ identity, standing }: Speaker): boolean {
  return identity.channel === '' && standing.state === 'pending';
}

/**
 * What the message brings, as it is kept.
 * @param known the channel that speaks.
 * @returns undefined when that takes a transaction.
 */
export function sealTokens(
  deps: Pick<AppleDeps, 'events' | 'sealer'>,
  opening: Opening,
  known: Pick<DeviceChannel, 'channelId' | 'enrolled'>,
  message: CheckInMessageOf<'TokenUpdate'>,
): TokensOf | undefined {
  if (deps.events.hasReactions(eventOf(opening))) return undefined;
  const { organizationId, deviceId, identity, now } = opening;
  const { fields } = message;
  const seal = (column: 'push_magic' | 'unlock_token', plain: Uint8Array) =>
    deps.sealer.sealUnderKnownKey(organizationId, `apple_channels.${column}`, known.channelId, plain);
  const unlock = unlockTokenOf(message);
  const pushMagic = seal('push_magic', Buffer.from(fields.PushMagic));
  const unlockToken = unlock && seal('unlock_token', unlock);
  if (pushMagic === undefined || (unlock !== undefined && unlockToken?.version !== pushMagic.version))
    return undefined;
  return {
    deviceId,
    channelId: known.channelId,
    channel: identity.channel,
    keyVersion: pushMagic.version,
    at: now,
    topic: fields.Topic,
    pushMagic: pushMagic.value,
    pushToken: fields.Token,
    unlockToken: unlockToken?.value,
    awaitingConfiguration: fields.AwaitingConfiguration,
    record: known.enrolled ? undefined : recordOf(opening),
  };
}

function recordOf(opening: Opening) {
  const entry = entryOf(opening);
  // What concerns a person stands beside the entry; users come the long way, so there is nothing here.
  const { text, hash } = composeEntry(opening.organizationId, { ...entry, personal: {} });
  return { text, hash, event: eventOf(opening), payload: payloadOf(opening) };
}

/** Nothing follows from the first channel of a new device: what it is to have is looked up when it registers. */
function eventOf({ isNewDevice }: Pick<Opening, 'isNewDevice'>): string {
  return isNewDevice ? 'apple.device-channel-opened' : 'apple.channel-opened';
}

/** @returns false for a message that is not news: see former-tokens.ts. */
async function record(
  deps: AppleDeps,
  tx: TenantTx,
  speaker: Speaker,
  message: CheckInMessageOf<'TokenUpdate'>,
): Promise<boolean> {
  const { deviceId, now } = speaker;
  const { identity, fields } = message;
  const known = knownChannel(speaker);
  const channelId = known?.channelId ?? (await openUserChannel(tx, speaker));
  const unlock = unlockTokenOf(message);
  const reach = { pushToken: fields.Token, pushMagic: Buffer.from(fields.PushMagic), unlockToken: unlock };
  if (!(await supersedes(deps, tx, speaker, reach))) return false;
  const [pushMagic, unlockToken] = await Promise.all([
    deps.sealer.seal(tx, 'apple_channels.push_magic', channelId, Buffer.from(fields.PushMagic)),
    unlock && deps.sealer.seal(tx, 'apple_channels.unlock_token', channelId, unlock),
  ]);
  await writeTokens(tx, deviceId, identity.channel, {
    topic: fields.Topic,
    pushMagic,
    pushToken: fields.Token,
    unlockToken,
    awaitingConfiguration: fields.AwaitingConfiguration,
    at: now,
  });
  if (known?.enrolled === true) return true;
  await Promise.all([
    recordAudit(tx, entryOf(speaker)),
    deps.events.emit(tx, {
      name: eventOf({ isNewDevice: isNew(speaker) }),
      subjectId: deviceId,
      payload: payloadOf(speaker),
    }),
  ]);
  return true;
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

function entryOf({
  deviceId,
  identity,
  requestId,
}: Pick<Opening, 'deviceId' | 'identity' | 'requestId'>): NewAuditEntry {
  return {
    actor: { kind: 'device', id: deviceId, requestId },
    action: 'devices.open-channel',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    via: 'apple',
    show: { channel: identity.channel === '' ? 'device' : 'user', kind: identity.kind },
    personal: { user: identity.channel === '' ? null : (identity.userShortName ?? identity.channel) },
  };
}

function payloadOf({ deviceId, identity }: Pick<Opening, 'deviceId' | 'identity'>) {
  return { deviceId, channel: identity.channel };
}
