/**
 * The life of a device's management.
 *
 * pending      has a certificate; its first check-in has not been answered yet (ENR-19).
 * registered   managed.
 * wiping       a wipe was handed to it; it has lost its trust and has yet to confirm.
 * blocked      an administrator shut it out: it may not even talk to us, until he lets it in again.
 * unmanaged    management has ended. Coming back means enrolling anew: as a new device, or as this one when an administrator
 *              issued the code for this very device (enrol-again).
 *
 * Every pair of state and event is decided in the table; `applyDeviceEvent` is the only thing that changes a state.
 */
import type { DeviceState } from '@gatehouse/core/devices/device.ts';

export const deviceEvents = [
  'register',
  'block',
  'unblock',
  'begin-wipe',
  'end-wipe',
  'unmanage',
  'enrol-again',
] as const;
export type DeviceEvent = (typeof deviceEvents)[number];

export type DeviceTransition =
  | { readonly kind: 'moved'; readonly to: DeviceState }
  /** The event repeats what is; write nothing. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string };

const to = (state: DeviceState): DeviceTransition => ({ kind: 'moved', to: state });
const same: DeviceTransition = { kind: 'unchanged' };
const no = (reason: string): DeviceTransition => ({ kind: 'refused', reason });

const notRegistered = no('device-not-registered');
const beingWiped = no('device-being-wiped');
const blocked = no('device-blocked');
const ended = no('device-unmanaged');

const table = {
  pending: {
    register: to('registered'),
    block: notRegistered,
    unblock: notRegistered,
    // Enrolled anew with a wipe still waiting: it is carried out, and ends in unmanaged like any other.
    'begin-wipe': same,
    'end-wipe': same,
    unmanage: to('unmanaged'),
    'enrol-again': same,
  },
  registered: {
    register: same,
    block: to('blocked'),
    unblock: same,
    'begin-wipe': to('wiping'),
    'end-wipe': same,
    unmanage: to('unmanaged'),
    'enrol-again': to('pending'),
  },
  // end-wipe: the device said it could not, or stayed silent beyond the deadline; then it is judged like any other.
  wiping: {
    register: same,
    block: beingWiped,
    unblock: beingWiped,
    'begin-wipe': same,
    'end-wipe': to('registered'),
    unmanage: to('unmanaged'),
    'enrol-again': to('pending'),
  },
  blocked: {
    register: blocked,
    block: same,
    unblock: to('registered'),
    'begin-wipe': blocked,
    'end-wipe': same,
    unmanage: to('unmanaged'),
    'enrol-again': blocked,
  },
  unmanaged: {
    register: ended,
    block: ended,
    unblock: ended,
    'begin-wipe': ended,
    'end-wipe': same,
    unmanage: same,
    'enrol-again': to('pending'),
  },
} as const satisfies Record<DeviceState, Record<DeviceEvent, DeviceTransition>>;

export function applyDeviceEvent(state: DeviceState, event: DeviceEvent): DeviceTransition {
  return table[state][event];
}
