// The management profile is gone, by the device's own word. A user's channel ends alone; with the device's own, management ends:
// certificates are dead and gates shut with the answer (CMP-04, GAP-07).
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import { changeStanding } from '../../../modules/devices/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, done } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';
import { dropUserChannel } from '../channel-queries.ts';

export async function checkOut(
  deps: AppleDeps,
  { organizationId, deviceId, requestId, identity }: Speaker,
  _message: CheckInMessageOf<'CheckOut'>,
): Promise<AppleAnswer> {
  const actor = { kind: 'device', id: deviceId, organizationId, label: deviceId, requestId } as const;
  await deps.database.withTenant(organizationId, async (tx) => {
    if (identity.channel === '') {
      await changeStanding(deps, tx, { deviceId, event: 'unmanage', actor, reason: 'profile-removed' });
      return;
    }
    if (!(await dropUserChannel(tx, deviceId, identity.channel))) return;
    await Promise.all([
      recordAudit(tx, {
        actor,
        action: 'devices.close-channel',
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        via: 'apple',
        show: { channel: 'user' },
        personal: { user: identity.userShortName ?? identity.channel },
      }),
      deps.events.emit(tx, {
        name: 'apple.channel-closed',
        subjectId: deviceId,
        payload: { deviceId, channel: identity.channel },
      }),
    ]);
  });
  return done;
}
