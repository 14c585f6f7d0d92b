// The key of a policy: one for each mail device and version. A client is given a temporary one with the policy, acknowledges it, and
// gets the one that lets it pass for as long as the policy is the same (POL-15, EAS-05).
import { systemActor } from '@gatehouse/core/actor.ts';
import type { PolicyOutcome } from '@gatehouse/core/mail/mail-device.ts';
import { randomInt } from 'node:crypto';
import { recordAudit } from '../audit/index.ts';
import { announceMailAccess } from './access-news.ts';
import { lockMailDeviceRow, writePolicyKey, writeTemporaryKey } from './device-queries.ts';
import { gatewayActor, type MailDeps } from './mail-deps.ts';

/** Unsigned 32-bit, never 0, which clients send while they have none. */
const newKey = (except?: number): number => {
  const key = randomInt(1, 0x1_0000_0000);
  return key === except ? newKey(except) : key;
};

/**
 * @param version that the client is about to be given.
 * @returns the temporary key that it has to acknowledge; undefined: there is no such mail device any more.
 */
export async function issuePolicyKey(
  deps: Pick<MailDeps, 'database'>,
  organizationId: string,
  mailDeviceId: string,
  version: string,
): Promise<number | undefined> {
  const key = newKey();
  const written = await deps.database.withTenant(organizationId, (tx) =>
    writeTemporaryKey(tx, mailDeviceId, key, version),
  );
  return written === 1 ? key : undefined;
}

/**
 * What the client says of the policy that it was given under this temporary key.
 * @returns the final key, the same one if it says the same again because it has not heard the answer; undefined: it acknowledges what it was
 *   not given, or not last.
 */
export async function acknowledgePolicy(
  deps: Pick<MailDeps, 'database' | 'clock' | 'events' | 'notifications'>,
  organizationId: string,
  mailDeviceId: string,
  { temporaryKey, outcome }: { readonly temporaryKey: number; readonly outcome: PolicyOutcome },
): Promise<number | undefined> {
  return deps.database.withTenant(organizationId, async (tx) => {
    const row = await lockMailDeviceRow(tx, mailDeviceId);
    if (row?.temporary_key !== String(temporaryKey)) return undefined;
    const version = row.temporary_version;
    if (version === null)
      return row.policy_outcome === outcome && row.policy_key !== null ? Number(row.policy_key) : undefined;
    const key = newKey(temporaryKey);
    await writePolicyKey(tx, mailDeviceId, { key, version, outcome, at: new Date(deps.clock.now()) });
    // Fetching again what it has already, as clients do after a restart, is no news for anybody.
    if (row.policy_version !== version || row.policy_outcome !== outcome) {
      const show = { version, outcome, before: row.policy_version };
      await Promise.all([
        recordAudit(tx, {
          actor: systemActor(gatewayActor, organizationId),
          via: 'mail',
          action: 'mail-devices.acknowledge-policy',
          target: { kind: 'mail-device', id: mailDeviceId },
          outcome: 'done',
          show,
        }),
        deps.events.emit(tx, {
          name: 'mail-device.policy-acknowledged',
          subjectId: mailDeviceId,
          payload: { mailDeviceId, version, outcome },
        }),
      ]);
    }
    announceMailAccess(tx, deps, mailDeviceId);
    return key;
  });
}
