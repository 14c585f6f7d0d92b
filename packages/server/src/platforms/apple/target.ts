// The device as translators see it, made of what was known at the door.
import type { Speaker } from './speaker.ts';
import type { AppleDeps } from './apple-deps.ts';
import { type AppleTarget, osOfProduct } from './apple-target.ts';
import type { Inside } from './commands/translator.ts';
import { selectSecrets } from './channel-queries.ts';

/** @param inside opens the transaction for what is read only when somebody asks for it. */
export function targetOf(deps: Pick<AppleDeps, 'sealer'>, inside: Inside, speaker: Speaker): AppleTarget {
  const { organizationId, deviceId, identity, standing } = speaker;
  const { device } = standing;
  const own = ownChannel(speaker);
  return {
    organizationId,
    deviceId,
    channel: identity.channel,
    os: osOfProduct(device?.product ?? undefined, standing.platform === 'macos' ? 'macOS' : 'iOS'),
    osVersion: device?.osVersion ?? undefined,
    product: device?.product ?? undefined,
    supervised: device?.supervised ?? false,
    sharedIpad: device?.sharedIpad ?? false,
    enrollmentKind: device?.enrollmentKind ?? 'device',
    udid: device?.udid ?? undefined,
    declarativeSince: own?.declarativeSince ?? undefined,
    awaitingConfiguration: own?.awaitingConfiguration ?? false,
    unlockToken: () =>
      inside(async (tx) => {
        const row = await selectSecrets(tx, deviceId);
        return row?.unlock_token
          ? deps.sealer.open(tx, 'apple_channels.unlock_token', row.channel_id, row.unlock_token)
          : undefined;
      }),
  };
}

/** The channel that speaks; undefined when it has not been opened. */
export function ownChannel({ identity, standing }: Speaker) {
  return identity.channel === '' ? standing.device : standing.user;
}
