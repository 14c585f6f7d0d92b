// One verdict of a device as it is stored now, for whoever follows from it later than it was given.
import { readEvaluation, type StoredEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { selectEvaluation } from './verdict-queries.ts';

/** @param id the verdict's: of an assigned rule its id, else the kind. */
export async function readVerdict(
  tx: TenantTx,
  deviceId: string,
  id: string,
): Promise<RuleVerdict | undefined> {
  const stored = await selectEvaluation(tx, deviceId);
  if (stored === undefined) return undefined;
  return readEvaluation(stored as StoredEvaluation).verdicts.find((verdict) => verdict.id === id);
}
