// What the device answered to one question of a scan, taken in: as facts, and where it changes what the server must know to speak
// to the device, or what it keeps for it.
import { findDevice, loadFacts, lockDevice, takeIntoEscrow } from '../../../modules/devices/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { AppleDeps } from '../apple-deps.ts';
import type { AppleTarget } from '../apple-target.ts';
import { isRecoveryKey } from '../commands/disk-recovery-key.ts';
import { bytesOf, dictionariesOf, dictionaryOf, textOf, booleanOf } from '../commands/response.ts';
import { unmetByCatalogue } from '../commands/needs.ts';
import type { AppleOutcome } from '../commands/translator.ts';
import { reconcileSoon, selectItems } from '../desired-state/item-queries.ts';
import { noteManagedApps } from '../desired-state/note-managed-apps.ts';
import { noteProfileList } from '../desired-state/note-profile-list.ts';
import { managementProfileGone } from '../end-of-management.ts';
import { enrollmentProfileIdentifier } from '../enrollment/enrollment-profile.ts';
import { openForEscrow } from '../escrow/escrow-recipient.ts';
import { deviceFacts, stateFacts, toldOfDevice } from './device-information.ts';
import { noteDevice } from './inventory-queries.ts';
import { certificateFacts, installedApps, managedApps, profileFacts, provisioningFacts } from './lists.ts';
import { askForBypassCode } from './schedule-inventory.ts';
import type { ScanRequest } from './scan-requests.ts';
import { securityFacts } from './security-info.ts';

export interface ScanContext {
  readonly tx: TenantTx;
  readonly deps: AppleDeps;
  readonly target: AppleTarget;
  /** ms since the epoch */
  readonly now: number;
}

type Facts = NonNullable<AppleOutcome['facts']>;

export async function readScan(
  context: ScanContext,
  request: ScanRequest,
  answer: PlistDictionary,
): Promise<Facts> {
  // The device first, as everybody does.
  await lockDevice(context.tx, context.target.deviceId);
  switch (request.requestType) {
    case 'DeviceInformation':
      return readDeviceInformation(context, request, dictionaryOf(answer, 'QueryResponses') ?? {});
    case 'SecurityInfo':
      return readSecurityInfo(context, dictionaryOf(answer, 'SecurityInfo') ?? {});
    case 'ProfileList':
      return readProfiles(context, answer);
    case 'ProvisioningProfileList':
      return [{ scan: 'profiles', facts: provisioningFacts(answer), adds: true }];
    case 'InstalledApplicationList':
      return [readApps(request, answer)];
    case 'ManagedApplicationList':
      return [await readManagedApps(context, answer)];
    case 'CertificateList':
      return [{ scan: 'certificates', facts: certificateFacts(answer) }];
    default:
      return [];
  }
}

async function readDeviceInformation(
  { tx, deps, target, now }: ScanContext,
  { scan }: ScanRequest,
  answer: PlistDictionary,
): Promise<Facts> {
  const { deviceId } = target;
  const { changed, supervisedNow } = await noteDevice(tx, deviceId, toldOfDevice(answer));
  // Another system takes other things: what the device should have is built anew.
  if (changed) await reconcileSoon(tx, deviceId, now);
  if (
    supervisedNow &&
    unmetByCatalogue('ActivationLockBypassCode', { ...target, supervised: true }) === undefined
  )
    await askForBypassCode(deps, tx, deviceId);
  if (scan === 'security') return [{ scan, facts: stateFacts(answer), adds: true }];
  const device = await findDevice(tx, deviceId);
  return [{ scan, facts: deviceFacts(answer, target, device?.platform ?? 'ios') }];
}

async function readSecurityInfo(context: ScanContext, info: PlistDictionary): Promise<Facts> {
  const { tx, deps, target } = context;
  const apps = (await loadFacts(tx, target.deviceId, ['apps'])).get('apps.installed')?.value ?? [];
  const ids = new Set((apps as unknown as readonly { readonly id: string }[]).map(({ id }) => id));
  await keepRecoveryKey(context, info);
  const enforced = (await deps.enforcedPasscode?.(tx, target.deviceId)) ?? {};
  const pending = { 'profiles.pending': await countPending(tx, target.deviceId) };
  return [{ scan: 'security', facts: { ...enforced, ...pending, ...securityFacts(info, target, ids) } }];
}

/** What the device should have and does not: the other half of SCN-02, which the server knows better than the device. */
async function countPending(tx: TenantTx, deviceId: string): Promise<number> {
  const items = await selectItems(tx, [deviceId]);
  return items.filter(
    ({ form, wanted, state }) => form !== 'asset' && wanted !== null && state !== 'installed',
  ).length;
}

/** A Mac under an escrow profile hands its recovery key over with every answer. */
async function keepRecoveryKey(
  { tx, deps, target: { deviceId, os } }: ScanContext,
  info: PlistDictionary,
): Promise<void> {
  const enveloped = os === 'macOS' ? bytesOf(info, 'FDE_PersonalRecoveryKeyCMS') : undefined;
  const key = enveloped && (await openForEscrow(deps, tx, enveloped));
  if (key !== undefined && isRecoveryKey(key)) {
    await takeIntoEscrow(deps, tx, { deviceId, kind: 'disk-recovery-key' }, key);
  }
}

async function readProfiles(context: ScanContext, answer: PlistDictionary): Promise<Facts> {
  const { tx, deps, target, now } = context;
  const { deviceId, channel } = target;
  const facts = profileFacts(answer);
  if (facts === undefined) return [];
  const listed = dictionariesOf(answer, 'ProfileList')
    .slice(0, 1_000)
    .flatMap((profile) => {
      const PayloadIdentifier = textOf(profile, 'PayloadIdentifier', 256);
      const PayloadUUID = textOf(profile, 'PayloadUUID', 64);
      const PayloadDisplayName = textOf(profile, 'PayloadDisplayName', 256);
      const IsManaged = booleanOf(profile, 'IsManaged');
      return PayloadIdentifier === undefined || PayloadIdentifier === enrollmentProfileIdentifier
        ? []
        : [
            {
              PayloadIdentifier,
              ...(PayloadUUID === undefined ? {} : { PayloadUUID }),
              ...(PayloadDisplayName === undefined ? {} : { PayloadDisplayName }),
              ...(IsManaged === undefined ? {} : { IsManaged }),
            },
          ];
    });
  await noteProfileList(tx, { deviceId, channel }, listed, now);
  if (channel !== '') return [];
  const there = dictionariesOf(answer, 'ProfileList').some(
    (profile) => textOf(profile, 'PayloadIdentifier', 256) === enrollmentProfileIdentifier,
  );
  if (!there && target.enrollmentKind === 'device') await managementProfileGone(deps, tx, deviceId);
  return [{ scan: 'profiles', facts }];
}

function readApps({ payload }: ScanRequest, answer: PlistDictionary): Facts[number] {
  const apps = installedApps(answer);
  if (payload?.ManagedAppsOnly !== true) return { scan: 'apps', facts: { 'apps.installed': apps } };
  const ours = apps.map(({ id, name, version }) => ({
    id,
    name,
    status: 'Managed',
    ...(version === '' ? {} : { version }),
  }));
  return { scan: 'apps', facts: { 'apps.managed': ours } };
}

async function readManagedApps(
  { tx, target, now }: ScanContext,
  answer: PlistDictionary,
): Promise<Facts[number]> {
  const known = await loadFacts(tx, target.deviceId, ['apps']);
  const listed = ['apps.installed', 'apps.managed'] as const;
  const names = new Map(
    listed.flatMap((fact) =>
      (
        (known.get(fact)?.value ?? []) as unknown as readonly {
          id: string;
          name?: string;
          version?: string;
        }[]
      ).map((app) => [app.id, app] as const),
    ),
  );
  const apps = managedApps(answer, names);
  if (dictionaryOf(answer, 'ManagedApplicationList') !== undefined)
    await noteManagedApps(tx, target.deviceId, apps, now);
  return { scan: 'apps', facts: { 'apps.managed': apps }, adds: true };
}
