// The end of an Apple device's enrolment: certificate, token and the first answered poll are there (ENR-19). What it said of itself
// becomes facts, and a former enrolment of the same hardware by the same person ends: a device has one at a time.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { changeStanding, findDevice, recordFacts } from '../../modules/devices/index.ts';
import { finishEnrollment } from '../../modules/enrollment/index.ts';
import type { Speaker } from './speaker.ts';
import type { AppleDeps } from './apple-deps.ts';
import { osOfProduct } from './apple-target.ts';
import { selectIntroduction, selectSameHardware } from './channel-queries.ts';

/** The caller holds the device's lock and evaluates afterwards. */
export async function registerAppleDevice(deps: AppleDeps, tx: TenantTx, speaker: Speaker): Promise<void> {
  const { deviceId, now } = speaker;
  const row = await selectIntroduction(tx, deviceId);
  await finishEnrollment(tx, deps, deviceId);
  const facts = factsOf(row?.introduction ?? {}, speaker);
  await recordFacts(tx, {
    deviceId,
    source: 'os-protocol',
    scans: [{ scan: 'device-information', observedAt: row?.authenticated_at?.getTime() ?? now, facts }],
    receivedAt: now,
  });
  if (row?.udid) await settleSameHardware(deps, tx, deviceId, row.udid);
  await deps.onRegistered?.(tx, deviceId, now);
}

/** From Authenticate; later scans say more. What is too long for a fact is cut, for it is only shown. */
function factsOf(said: Readonly<Record<string, unknown>>, { standing }: Speaker): Record<string, string> {
  const word = (name: string, longest: number): string | undefined => {
    const value = said[name];
    return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;
  };
  const product = standing.device?.product ?? undefined;
  const facts = {
    'device.manufacturer': 'Apple',
    'device.model': word('ModelName', 128) ?? word('Model', 128),
    'device.serial-number': word('SerialNumber', 128),
    'device.udid': standing.device?.udid ?? undefined,
    'device.imei': word('IMEI', 32),
    'device.meid': word('MEID', 32),
    'device.host-name': word('DeviceName', 253),
    'os.family': standing.platform,
    'os.name': osOfProduct(product, standing.platform === 'macos' ? 'macOS' : 'iOS'),
    'os.version': word('OSVersion', 64),
    'os.build': word('BuildVersion', 64),
  };
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * What a device calls itself proves nothing (DEV-01): it ends an enrolment of the same user, who could have ended it anyhow, and
 * nobody else's. Two users' devices that claim one identity are an administrator's question (APL-02, DEV-11).
 */
async function settleSameHardware(
  deps: AppleDeps,
  tx: TenantTx,
  deviceId: string,
  udid: string,
): Promise<void> {
  const others = await selectSameHardware(tx, deviceId, udid);
  if (others.length === 0) return;
  const device = await findDevice(tx, deviceId);
  const actor = systemActor('re-enrollment', tx.organizationId);
  for (const other of others) {
    if (other.user_id !== null && other.user_id === device?.userId) {
      await changeStanding(deps, tx, {
        deviceId: other.device_id,
        event: 'unmanage',
        actor,
        reason: 'enrolled-again',
      });
      continue;
    }
    await Promise.all([
      recordAudit(tx, {
        actor,
        action: 'devices.identity-claimed',
        target: { kind: 'device', id: other.device_id },
        outcome: 'refused',
        reason: 'another-user-claims-the-device',
        show: { by: deviceId },
      }),
      deps.events.emit(tx, {
        name: 'device.identity-claimed',
        subjectId: other.device_id,
        payload: { deviceId: other.device_id, by: deviceId },
      }),
    ]);
  }
}
