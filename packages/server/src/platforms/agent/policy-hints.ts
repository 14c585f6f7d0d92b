// Tells a device that waits for commands to check in, because another policy has come to apply to it: the wait ends before its
// time and empty. Once for each policy and device in this process: a device that does not follow the hint is not hurried on.
import type { AuthenticatedDevice } from '../../modules/certificates/index.ts';

const mostDevices = 100_000;

export class PolicyHints {
  readonly #hinted = new Map<string, string>();

  /** Whether to hint now; it then counts as done. */
  take({
    deviceId,
    posture,
    contact,
  }: Pick<AuthenticatedDevice, 'deviceId' | 'posture' | 'contact'>): boolean {
    const { policyVersion } = posture;
    if (contact.acknowledgedPolicyVersion === policyVersion || contact.lastCheckInAt === null) return false;
    if (this.#hinted.get(deviceId) === policyVersion) return false;
    if (this.#hinted.size >= mostDevices) this.#hinted.clear();
    this.#hinted.set(deviceId, policyVersion);
    return true;
  }
}
