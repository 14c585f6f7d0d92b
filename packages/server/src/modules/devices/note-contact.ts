import type { TenantTx } from '../../kernel/db/database.ts';
import { writeContact } from './queries.ts';

/** The device was heard, by whichever protocol it speaks. @param at ms since the epoch */
export async function noteContact(tx: TenantTx, deviceId: string, at: number): Promise<void> {
  await writeContact(tx, deviceId, { at: new Date(at) });
}
