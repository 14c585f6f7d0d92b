// ISE's MDM dictionary: what its authorization policy can ask about a device (NAC-22 … NAC-34), and the decision that the
// usual policy makes of it (NAC-38, NAC-39).
import type { DeviceAttributes, DevicesAnswer } from '@gatehouse/protocols/cisco-ise/index.ts';

export interface MdmDictionary {
  readonly DeviceRegisterStatus: 'Registered' | 'UnRegistered';
  readonly DeviceCompliantStatus?: 'Compliant' | 'NonCompliant';
  readonly DiskEncryptionStatus?: 'On' | 'Off';
  readonly PinLockStatus?: 'On' | 'Off';
  readonly JailBrokenStatus?: 'Broken' | 'Unbroken';
  readonly Manufacturer?: string;
  readonly Model?: string;
  readonly OsVersion?: string;
  readonly IMEI?: string;
  readonly SerialNumber?: string;
  readonly PhoneNumber?: string;
  readonly DaysSinceLastCheckin?: number;
  /** ISE's own: whether the server answered in time. */
  readonly MDMServerReachable: 'Reachable' | 'UnReachable';
}

export const unreachable: MdmDictionary = {
  DeviceRegisterStatus: 'UnRegistered',
  MDMServerReachable: 'UnReachable',
};

/** @param now ms since the epoch */
export function toDictionary(answer: DevicesAnswer, now: number): MdmDictionary {
  const [device] = answer.devices;
  if (!device) return { DeviceRegisterStatus: 'UnRegistered', MDMServerReachable: 'Reachable' };
  const { attributes } = device;
  return {
    DeviceRegisterStatus: attributes.register_status === true ? 'Registered' : 'UnRegistered',
    MDMServerReachable: 'Reachable',
    ...word('DeviceCompliantStatus', attributes.compliance?.status, 'Compliant', 'NonCompliant'),
    ...word('DiskEncryptionStatus', attributes.disk_encryption_on, 'On', 'Off'),
    ...word('PinLockStatus', attributes.pin_lock_on, 'On', 'Off'),
    ...word('JailBrokenStatus', attributes.jail_broken, 'Broken', 'Unbroken'),
    ...texts(attributes),
    ...(attributes.lastCheckinTimeStamp === undefined
      ? {}
      : { DaysSinceLastCheckin: daysSince(attributes.lastCheckinTimeStamp, now) }),
  };
}

function word<Name extends string, Yes extends string, No extends string>(
  name: Name,
  value: boolean | undefined,
  yes: Yes,
  no: No,
): { readonly [N in Name]?: Yes | No } {
  return value === undefined ? {} : ({ [name]: value ? yes : no } as { readonly [N in Name]: Yes | No });
}

function texts(attributes: DeviceAttributes): Partial<MdmDictionary> {
  const named = {
    Manufacturer: attributes.manufacturer,
    Model: attributes.model,
    OsVersion: attributes.os_version,
    IMEI: attributes.imei,
    SerialNumber: attributes.serial_number,
    PhoneNumber: attributes.phone_number,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** 1 to 365. */
function daysSince(then: number, now: number): number {
  return Math.min(365, Math.max(1, Math.ceil((now - then) / 86_400_000)));
}

export type NetworkDecision = 'permit' | 'redirect-to-enrolment' | 'quarantine' | 'deny';

/** The policy that the integration guides recommend: registered and compliant, or nothing but the way to become so. */
export function decideSession(dictionary: MdmDictionary): NetworkDecision {
  if (dictionary.MDMServerReachable === 'UnReachable') return 'deny';
  if (dictionary.DeviceRegisterStatus !== 'Registered') return 'redirect-to-enrolment';
  return dictionary.DeviceCompliantStatus === 'Compliant' ? 'permit' : 'quarantine';
}
