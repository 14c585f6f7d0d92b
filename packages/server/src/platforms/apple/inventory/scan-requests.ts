// What each scan asks of a device (SCN-01 … SCN-05): never what its system does not know, what its enrolment does not allow, or what
// the organization has decided not to know (DLP-04, DLP-06).
import { scans as everyScan, type Scan } from '@gatehouse/core/facts/types.ts';
import { mayCollect } from '@gatehouse/core/facts/privacy.ts';
import { validateCommand } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { readCollectionPolicy } from '../../../modules/devices/index.ts';
import { type AppleTarget, catalogueTarget } from '../apple-target.ts';
import { unmetByCatalogue } from '../commands/needs.ts';
import type { AppleRequest } from '../commands/translator.ts';
import type { AskableRow } from './inventory-queries.ts';

export interface ScanRequest extends AppleRequest {
  readonly scan: Scan;
}

const deviceQueries = [
  'UDID',
  'DeviceName',
  'HostName',
  'LocalHostName',
  'OSVersion',
  'SupplementalOSVersionExtra',
  'BuildVersion',
  'ModelName',
  'Model',
  'ProductName',
  'SerialNumber',
  'EASDeviceIdentifier',
  'DeviceCapacity',
  'AvailableDeviceCapacity',
  'BatteryLevel',
  'HasBattery',
  'WiFiMAC',
  'EthernetMAC',
  'IMEI',
  'MEID',
  'PhoneNumber',
  'CurrentCarrierNetwork',
  'ServiceSubscriptions',
  'IsSupervised',
  'IsMultiUser',
  'AwaitingConfiguration',
  'AutoSetupAdminAccounts',
] as const;

const securityQueries = [
  'DataRoamingEnabled',
  'IsRoaming',
  'ServiceSubscriptions',
  'IsSupervised',
  'IsDeviceLocatorServiceEnabled',
  'IsActivationLockEnabled',
  'IsMDMLostModeEnabled',
  'IsCloudBackupEnabled',
  'AwaitingConfiguration',
] as const;

/** Told by ServiceSubscriptions from the version on from which these are deprecated. */
const oldCellular = new Set(['IMEI', 'MEID', 'PhoneNumber', 'CurrentCarrierNetwork', 'IsRoaming']);
/** These name a person or lead to one, and are asked only where that may be known. */
const personal = new Set(['IMEI', 'MEID', 'PhoneNumber']);

/** SecurityInfo is what a locked device puts off: it comes last, so that nothing waits for it. */
const order: readonly Scan[] = ['device-information', 'profiles', 'apps', 'certificates', 'security'];

/** @param asked those scans; all when there is none. */
export function scanRequests(
  target: AppleTarget,
  row: AskableRow | undefined,
  asked: readonly Scan[] = everyScan,
): readonly ScanRequest[] {
  const informed = { ...target, accessRights: row?.access_rights ?? undefined };
  if (target.channel !== '') {
    // Of a user only the profiles are asked: everything else is the device's.
    return asked.includes('profiles') ? possible(informed, [ask('profiles', 'ProfileList')]) : [];
  }
  return order
    .filter((scan) => asked.includes(scan))
    .flatMap((scan) => possible(informed, requestsOf(scan, informed, row)));
}

function requestsOf(scan: Scan, target: AppleTarget, row: AskableRow | undefined): readonly ScanRequest[] {
  switch (scan) {
    case 'device-information': {
      const known = queriesFor(target, deviceQueries).filter(
        (query) => !personal.has(query) || mayKnow('device.imei', row),
      );
      return [ask(scan, 'DeviceInformation', { Queries: known })];
    }
    case 'security':
      return [
        ask(scan, 'SecurityInfo'),
        ask(scan, 'DeviceInformation', { Queries: queriesFor(target, securityQueries) }),
      ];
    case 'profiles':
      return [ask(scan, 'ProfileList'), ask(scan, 'ProvisioningProfileList')];
    case 'apps':
      return [
        ask(scan, 'InstalledApplicationList', appFilter(target, row)),
        ask(scan, 'ManagedApplicationList'),
      ];
    case 'certificates':
      return [ask(scan, 'CertificateList')];
    default:
      return scan satisfies never;
  }
}

function ask(scan: Scan, requestType: string, payload?: PlistDictionary): ScanRequest {
  return { scan, requestType, ...(payload === undefined ? {} : { payload }) };
}

/** What a person has on a device of their own is nobody's business; what the organization put there is its own. */
function appFilter(target: AppleTarget, row: AskableRow | undefined): PlistDictionary | undefined {
  const everything = target.enrollmentKind !== 'user' && mayKnow('apps.installed', row);
  return everything ? undefined : { ManagedAppsOnly: true };
}

function mayKnow(fact: 'apps.installed' | 'device.imei', row: AskableRow | undefined): boolean {
  return row !== undefined && mayCollect(fact, row.ownership, readCollectionPolicy(row.collection));
}

/** Those that the device's system knows and its profile allows to be asked. */
export function queriesFor(target: AppleTarget, wanted: readonly string[]): string[] {
  const problems = validateCommand(
    { RequestType: 'DeviceInformation', Queries: [...wanted] },
    catalogueTarget(target),
  );
  return wanted.filter(
    (query, index) =>
      !problems.some(
        ({ path, severity, kind }) =>
          path === `$.Queries[${index}]` &&
          (severity === 'error' || (kind === 'deprecated' && oldCellular.has(query))),
      ),
  );
}

/** A filter that this system does not know would be left out of account: then the whole is not asked. */
function possible(target: AppleTarget, requests: readonly ScanRequest[]): readonly ScanRequest[] {
  return requests.filter(({ requestType, payload = {} }) => {
    if (unmetByCatalogue(requestType, target) !== undefined) return false;
    if (requestType === 'DeviceInformation') return (payload.Queries as readonly string[]).length > 0;
    const command = { RequestType: requestType, ...payload };
    return validateCommand(command, catalogueTarget(target)).every(({ severity }) => severity !== 'error');
  });
}
