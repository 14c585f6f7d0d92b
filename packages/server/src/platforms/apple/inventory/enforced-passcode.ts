// A phone does not say which passcodes it accepts, and a Mac not even when its screen locks. What they do say is that they hold our
// rules; while a device holds the very ones that its policy makes, their values are what it enforces (PWD-01, PWD-02, PWD-08, PWD-09).
import type { TenantTx } from '../../../kernel/db/database.ts';
import { findDevice } from '../../../modules/devices/index.ts';
import { resolveForDevices } from '../../../modules/policies/index.ts';
import { settingsIdentifier } from '../desired-state/identifiers.ts';
import { selectItems } from '../desired-state/item-queries.ts';
import { idleMinutes } from '../desired-state/settings-items.ts';

const rules = [
  'passcode.minimum-length',
  'passcode.minimum-classes',
  'passcode.maximum-age-days',
  'passcode.history',
] as const;

export async function enforcedPasscode(
  tx: TenantTx,
  deviceId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const name = settingsIdentifier('passcode');
  const held = (await selectItems(tx, [deviceId])).some(
    ({ identifier, state, installed, wanted }) =>
      identifier === name && state === 'installed' && installed !== null && installed === wanted,
  );
  if (!held) return {};
  const values = (await resolveForDevices(tx, [deviceId])).get(deviceId)?.resolved.values ?? {};
  const enforced = Object.fromEntries(
    rules.flatMap((rule) => (values[rule] === undefined ? [] : [[rule, values[rule]]])),
  );
  const minutes = idleMinutes(values);
  // Phones and tablets say after how long they lock in fact, which is worth more.
  if (minutes === undefined || (await findDevice(tx, deviceId))?.platform !== 'macos') return enforced;
  return { ...enforced, 'screen-lock.enabled': true, 'screen-lock.timeout-seconds': minutes * 60 };
}
