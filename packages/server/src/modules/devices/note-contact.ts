import type { TenantTx } from '../../kernel/db/database.ts';
import { writeContacts } from './queries.ts';

/** The device was heard, by whichever protocol it speaks. @param at ms since the epoch */
export async function noteContact(tx: TenantTx, deviceId: string, at: number): Promise<void> {
  await writeContacts(tx, [{ deviceId, at: new Date(at) }]);
}
