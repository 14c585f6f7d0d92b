// What the gateway states about the enrolled device that a mail device is: that it is let in, when it was last heard of, and what
// the client says of itself (EAS statistics). The decision follows in the same transaction, as with every report.
import { canonicalJson } from '@gatehouse/core/audit/canonical-json.ts';
import { mayCollect } from '@gatehouse/core/facts/privacy.ts';
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  findDevice,
  lockDevices,
  readCollectionPolicy,
  recordFacts,
  selectCollection,
} from '../devices/index.ts';
import { lockMailDeviceRow, selectMailDevice, writeInformation } from './device-queries.ts';
import { linkByEvidence } from './links.ts';
import type { MailDeps, MailInside } from './mail-deps.ts';

type Facts = Readonly<Record<string, string | boolean>>;

/** The device is locked first, as by everybody; one that is gone or not managed any more is passed over. */
export async function stateFacts(
  deps: Pick<MailInside, 'reevaluate' | 'clock'>,
  tx: TenantTx,
  deviceId: string,
  facts: Facts,
): Promise<void> {
  const device = (await lockDevices(tx, [deviceId])).get(deviceId);
  if (device?.state !== 'registered' && device?.state !== 'blocked') return;
  const now = deps.clock.now();
  await recordFacts(tx, {
    deviceId,
    source: 'activesync',
    scans: [{ scan: 'device-information', observedAt: now, facts, adds: true }],
    receivedAt: now,
  });
  await deps.reevaluate(tx, deviceId, now);
}

/** As the client sends it; nothing of it is checked by anybody before. */
export interface MailDeviceInformation {
  readonly model?: string | undefined;
  readonly imei?: string | undefined;
  readonly friendlyName?: string | undefined;
  readonly operatingSystem?: string | undefined;
  readonly language?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly operator?: string | undefined;
}

const meanings = {
  model: { longest: 128, fact: 'device.model' },
  imei: { longest: 32, fact: 'device.imei' },
  friendlyName: { longest: 128, fact: null },
  operatingSystem: { longest: 128, fact: 'os.name' },
  language: { longest: 64, fact: null },
  phoneNumber: { longest: 32, fact: 'device.phone-number' },
  userAgent: { longest: 300, fact: null },
  operator: { longest: 64, fact: null },
} as const satisfies Record<
  keyof MailDeviceInformation,
  { readonly longest: number; readonly fact: FactName | null }
>;

/** Kept with the mail device, and stated of the enrolled one; what concerns a person only where the organization says so. */
export async function recordMailDeviceInformation(
  deps: Omit<MailDeps, 'sealer'>,
  organizationId: string,
  mailDeviceId: string,
  information: MailDeviceInformation,
): Promise<void> {
  await deps.database.withTenant(organizationId, async (tx) => {
    const before = await selectMailDevice(tx, mailDeviceId);
    if (before === undefined) return;
    const device = before.device_id === null ? undefined : await findDevice(tx, before.device_id);
    const kept = await clean(tx, information, device?.ownership ?? 'unspecified');
    if (canonicalJson(kept) === canonicalJson(before.information)) return;
    if (device !== undefined) {
      const facts = Object.fromEntries(
        Object.entries(meanings).flatMap(([name, { fact }]) =>
          fact === null || kept[name] === undefined ? [] : [[fact, kept[name]]],
        ),
      );
      await stateFacts(deps, tx, device.deviceId, facts);
    }
    if (!(await lockMailDeviceRow(tx, mailDeviceId))) return;
    await writeInformation(tx, mailDeviceId, kept);
    await linkByEvidence(deps, tx, mailDeviceId);
  });
}

async function clean(
  tx: TenantTx,
  information: MailDeviceInformation,
  ownership: Ownership,
): Promise<Readonly<Record<string, string>>> {
  const policy = readCollectionPolicy(await selectCollection(tx));
  return Object.fromEntries(
    Object.entries(meanings).flatMap(([name, { longest, fact }]) => {
      const text = information[name as keyof MailDeviceInformation];
      if (text === undefined || (fact !== null && !mayCollect(fact, ownership, policy))) return [];
      const plain = text
        .slice(0, longest * 4)
        .replaceAll(/\p{Cc}/gu, ' ')
        .toWellFormed()
        .trim()
        .slice(0, longest);
      return plain === '' ? [] : [[name, plain]];
    }),
  );
}
