// A device as the compiler sees it: its system, the values of variables, and which of its channels is its user's.
import type { VariableValues } from '@gatehouse/core/resources/variables.ts';
import { osOfProduct } from '../apple-target.ts';
import type { CompileTarget, Desired, DesiredItem } from './desired.ts';
import type { DeviceRow } from './device-queries.ts';
import type { Placed } from './difference.ts';

export function osOf({ product, platform }: DeviceRow): CompileTarget['os'] {
  return osOfProduct(product ?? undefined, platform === 'macos' ? 'macOS' : 'iOS');
}

export function targetOf(device: DeviceRow): CompileTarget {
  return {
    os: osOf(device),
    osVersion: device.os_version ?? undefined,
    supervised: device.supervised,
    sharedIpad: device.shared_ipad,
    enrollmentKind: device.enrollment_kind,
    hasUserChannel: userChannel(device) !== undefined,
  };
}

/** The channel of the person whose device it is: accounts of hers are no business of others who sign in there. */
function userChannel({ users, user_name: owner, shared_ipad: shared }: DeviceRow): string | undefined {
  if (users.length === 1 && !shared) return users[0]?.channel;
  const name = owner?.toLowerCase();
  return users.find((user) => name !== undefined && user.name?.toLowerCase() === name)?.channel;
}

export function variablesOf(device: DeviceRow): VariableValues {
  const [local, domain] = device.email?.split(/@(?=[^@]*$)/) ?? [];
  const given = (value: string | null | undefined) => (value === null || value === '' ? undefined : value);
  return {
    username: given(device.user_name),
    email: given(device.email),
    'email-local-part': given(local),
    domain: given(domain),
    'display-name': given(device.display_name),
    'employee-id': given(device.employee_id),
    'device-id': device.device_id,
    'device-name': given(device.device_name),
    'asset-number': given(device.asset_number),
    'serial-number': given(device.serial_number),
    udid: given(device.udid),
    organization: given(device.organization),
  };
}

/** From "the user's channel" to the channel that this device has for its user. */
export function place(device: DeviceRow, { items, withheld }: Desired): Placed[] {
  const user = userChannel(device) ?? '';
  const on = (channel: DesiredItem['channel']) => (channel === 'user' ? user : '');
  return [
    ...items.map(({ channel, form, identifier, source, kind, token }) => ({
      channel: on(channel),
      form,
      identifier,
      source,
      ...(kind === undefined ? {} : { kind }),
      token,
    })),
    ...withheld.map(({ channel, form, identifier, source, why }) => ({
      channel: on(channel),
      form,
      identifier,
      source,
      why,
    })),
  ];
}
