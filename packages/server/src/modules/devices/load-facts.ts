// What is believed of a device: every source's statements, merged by trust (DEV-09).
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import { type Facts, type Scan, scans as everyScan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { selectFactRows, toFactReport } from './facts-queries.ts';

/** @param scans only these; rules need the small scans, not the inventories. */
export async function loadFacts(
  tx: TenantTx,
  deviceId: string,
  scans: readonly Scan[] = everyScan,
): Promise<Facts> {
  return selectFacts((await selectFactRows(tx, deviceId, scans)).map(toFactReport));
}
