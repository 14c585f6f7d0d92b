// From stored posture to what ISE is told of a device. Nothing is claimed that is not known: what nobody has reported is
// "off" where on would be trusted, and left out where either word would be.
import type {
  AnsweredDevice,
  DeviceAttributes,
  DeviceIdentifier,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import type { Posture } from './queries.ts';

/** Lower is worse. */
const rank = { deny: 0, quarantine: 1, allow: 2 } as const;

/**
 * One answer for everybody who claims the identifier: the worst of them decides (DEV-11), so that nobody opens a door by
 * claiming the address of a good device.
 * @param rows at least one
 */
export function describeDevice(identifier: DeviceIdentifier, rows: readonly Posture[]): AnsweredDevice {
  const worst = rows.reduce((a, b) => (rank[b.access] < rank[a.access] ? b : a));
  const attributes = attributesOf(worst);
  if (rows.length === 1) return { identifier, attributes };
  return {
    identifier,
    attributes: {
      ...attributes,
      disk_encryption_on: rows.every((row) => row.diskEncrypted === true),
      pin_lock_on: rows.every((row) => row.passcodeSet === true),
      ...(rows.some((row) => row.compromised === true) ? { jail_broken: true } : {}),
    },
  };
}

/** The network is the one gate that counts here: a rule that leaves it open does not show as a failure (GAP-03). */
function attributesOf(row: Posture): DeviceAttributes {
  return {
    register_status: true,
    compliance: complianceOf(row),
    disk_encryption_on: row.diskEncrypted === true,
    pin_lock_on: row.passcodeSet === true,
    ...(row.compromised === null ? {} : { jail_broken: row.compromised }),
    ...text('manufacturer', row.manufacturer),
    ...text('model', row.model),
    ...text('imei', row.imei),
    ...text('meid', row.meid),
    ...text('udid', row.udid),
    ...text('serial_number', row.serialNumber),
    ...text('os_version', row.osVersion),
    ...text('phone_number', row.phoneNumber),
    ...(row.lastCheckInAt === null ? {} : { lastCheckinTimeStamp: row.lastCheckInAt }),
    guid: row.guid,
    macaddresses: row.macs,
  };
}

/** Grace and doubt are quarantine, which ISE can only be told as "not compliant" (PWD-05). */
function complianceOf(row: Posture): DeviceAttributes['compliance'] & object {
  if (row.access === 'allow') return { status: true };
  return {
    status: false,
    failure_reason: row.failureReason ?? 'The network is closed to this device.',
    ...(row.remediation === null ? {} : { remediation: row.remediation }),
  };
}

function text<Name extends keyof DeviceAttributes>(
  name: Name,
  value: string | null,
): { readonly [N in Name]?: string } {
  return value === null ? {} : ({ [name]: value } as { readonly [N in Name]: string });
}

/** The identifier that a list names a device by; undefined when the device has none of that kind. */
export function listedIdentifier(kind: 'guid' | 'macaddress', row: Posture): DeviceIdentifier | undefined {
  const value = kind === 'guid' ? row.guid : row.macs[0];
  return value === undefined ? undefined : { kind, value };
}
