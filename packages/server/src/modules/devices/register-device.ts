// The end of an enrolment: certificate in hand and the first check-in answered (ENR-19).
import type { TenantTx } from '../../kernel/db/database.ts';
import { registerPending } from './queries.ts';

/**
 * Makes a pending device registered. Its gates open only with the evaluation that the caller runs next in the same
 * transaction. @returns false when it was not pending, so a repeated first check-in changes nothing.
 */
export function registerDevice(tx: TenantTx, deviceId: string): Promise<boolean> {
  return registerPending(tx, deviceId);
}
