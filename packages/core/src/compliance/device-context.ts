/** What rules may know of a device that is no fact: our own record of it. */
import type { BarCause, DeviceState, Ownership, Platform } from '../devices/device.ts';

export interface DeviceContext {
  readonly platform: Platform;
  readonly ownership: Ownership;
  /** That of a barred device is `blocked`. */
  readonly state: DeviceState;
  readonly barred: BarCause | null;
  readonly name: string;
  readonly userName: string | null;
  /** The version of settings and schedule that it should apply, and the one that it last said it applies. */
  readonly policyVersion: string;
  readonly acknowledgedPolicyVersion: string | null;
}
