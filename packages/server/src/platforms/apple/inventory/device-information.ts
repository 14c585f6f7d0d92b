// DeviceInformation in facts: what the device is, its numbers and addresses, and what of its state counts as security.
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { booleanOf, dictionariesOf, numberOf, textOf } from '../commands/response.ts';
import type { AppleTarget } from '../apple-target.ts';
import type { ToldOfDevice } from './inventory-queries.ts';

export type SaidFacts = Readonly<Record<string, unknown>>;

/** What is not known is not stated. */
export function stated(facts: Readonly<Record<string, unknown>>): SaidFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

export function deviceFacts(answer: PlistDictionary, target: AppleTarget, family: string): SaidFacts {
  const [subscription] = subscriptionsOf(answer);
  const battery = numberOf(answer, 'BatteryLevel');
  const hasBattery = booleanOf(answer, 'HasBattery');
  return stated({
    'device.manufacturer': 'Apple',
    'device.model': textOf(answer, 'ModelName', 128) ?? textOf(answer, 'Model', 128),
    'device.product': textOf(answer, 'ProductName', 64),
    'device.serial-number': textOf(answer, 'SerialNumber', 128),
    'device.udid': textOf(answer, 'UDID', 64) ?? target.udid,
    'device.mail-id': textOf(answer, 'EASDeviceIdentifier', 64),
    'device.imei': compact(textOf(answer, 'IMEI', 32) ?? subscription?.imei),
    'device.meid': compact(textOf(answer, 'MEID', 32) ?? subscription?.meid),
    'device.phone-number': textOf(answer, 'PhoneNumber', 32) ?? subscription?.phoneNumber,
    'device.host-name':
      textOf(answer, 'HostName', 253) ??
      textOf(answer, 'LocalHostName', 253) ??
      textOf(answer, 'DeviceName', 253),
    'sim.id': compact(textOf(answer, 'ICCID', 64) ?? subscription?.sim),
    'cellular.carrier': textOf(answer, 'CurrentCarrierNetwork', 64) ?? subscription?.carrier,
    'os.family': family,
    'os.name': target.os === 'iOS' && isIpad(answer, target) ? 'iPadOS' : target.os,
    'os.version': textOf(answer, 'OSVersion', 64),
    'os.security-response': textOf(answer, 'SupplementalOSVersionExtra', 64),
    'os.build': textOf(answer, 'BuildVersion', 128),
    'hardware.storage-bytes': bytes(numberOf(answer, 'DeviceCapacity')),
    'hardware.storage-free-bytes': bytes(numberOf(answer, 'AvailableDeviceCapacity')),
    // Below zero: there is none, or it does not tell.
    'battery.level-percent':
      battery === undefined || battery < 0 || battery > 1 ? undefined : Math.round(battery * 100),
    'battery.present': hasBattery ?? (battery !== undefined && battery >= 0 ? true : undefined),
    'network.interfaces': interfacesOf(answer),
    'accounts.administrator-id': textOf(
      dictionariesOf(answer, 'AutoSetupAdminAccounts')[0] ?? {},
      'GUID',
      64,
    ),
  });
}

export function stateFacts(answer: PlistDictionary): SaidFacts {
  const subscriptions = subscriptionsOf(answer);
  const told = 'ServiceSubscriptions' in answer;
  return stated({
    'roaming.data': booleanOf(answer, 'DataRoamingEnabled'),
    'roaming.active':
      booleanOf(answer, 'IsRoaming') ??
      (subscriptions.some(({ roaming }) => roaming !== undefined)
        ? subscriptions.some(({ roaming }) => roaming === true)
        : undefined),
    'sim.status': told ? (subscriptions.some(({ hasSim }) => hasSim) ? 'present' : 'absent') : undefined,
    'management.supervised': booleanOf(answer, 'IsSupervised'),
    'management.find-my': booleanOf(answer, 'IsDeviceLocatorServiceEnabled'),
    'management.activation-lock': booleanOf(answer, 'IsActivationLockEnabled'),
    'management.lost-mode': booleanOf(answer, 'IsMDMLostModeEnabled'),
    'management.awaiting-configuration': booleanOf(answer, 'AwaitingConfiguration'),
    'backup.cloud': booleanOf(answer, 'IsCloudBackupEnabled'),
  });
}

/** What the server keeps beside the facts, to know in which words to speak. */
export function toldOfDevice(answer: PlistDictionary): ToldOfDevice {
  const version = textOf(answer, 'OSVersion', 64);
  return {
    osVersion: version !== undefined && /^\d{1,4}(?:\.\d{1,4}){0,3}$/.test(version) ? version : undefined,
    product: textOf(answer, 'ProductName', 64),
    supervised: booleanOf(answer, 'IsSupervised'),
    sharedIpad: booleanOf(answer, 'IsMultiUser'),
    awaitingConfiguration: booleanOf(answer, 'AwaitingConfiguration'),
  };
}

function subscriptionsOf(answer: PlistDictionary) {
  return dictionariesOf(answer, 'ServiceSubscriptions')
    .slice(0, 8)
    .map((each) => ({
      imei: textOf(each, 'IMEI', 32),
      meid: textOf(each, 'MEID', 32),
      phoneNumber: textOf(each, 'PhoneNumber', 32),
      carrier: textOf(each, 'CurrentCarrierNetwork', 64) ?? textOf(each, 'SubscriberCarrierNetwork', 64),
      roaming: booleanOf(each, 'IsRoaming'),
      sim: textOf(each, 'ICCID', 64),
      hasSim: textOf(each, 'ICCID', 64) !== undefined || textOf(each, 'EID', 64) !== undefined,
    }));
}

const isIpad = (answer: PlistDictionary, { product }: AppleTarget): boolean =>
  (textOf(answer, 'ProductName', 64) ?? product ?? '').startsWith('iPad');

/** The number as it is printed has spaces in it. */
const compact = (text: string | undefined): string | undefined => text?.replaceAll(/[\s-]/g, '') || undefined;

/** Told in gigabytes of 1024 to the third power. */
function bytes(gigabytes: number | undefined): number | undefined {
  const total = gigabytes === undefined ? -1 : Math.round(gigabytes * 1024 ** 3);
  return total >= 0 && Number.isSafeInteger(total) ? total : undefined;
}

function interfacesOf(answer: PlistDictionary): readonly object[] | undefined {
  const found = (
    [
      ['WiFiMAC', 'wifi'],
      ['EthernetMAC', 'ethernet'],
    ] as const
  ).flatMap(([key, kind]) => {
    const mac = textOf(answer, key, 32);
    return mac === undefined ? [] : [{ name: kind, mac, kind }];
  });
  return found.length === 0 ? undefined : found;
}
