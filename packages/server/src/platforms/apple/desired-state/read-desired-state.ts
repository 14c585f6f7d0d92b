// The ports of policies, filled for Apple devices: each item with its state, the reason and since when.
import type {
  DesiredStateItem,
  ReadDesiredState,
  RetryDesiredItem,
} from '../../../modules/policies/index.ts';
import { reconcileSoon, retryFailedItems, selectShownItems } from './item-queries.ts';

export const readDesiredState: ReadDesiredState = async (tx, deviceId) => {
  const rows = await selectShownItems(tx, deviceId);
  return rows.map(
    (row): DesiredStateItem => ({
      channel: row.channel === '' ? 'device' : 'user',
      form: row.form,
      identifier: row.identifier,
      source: { kind: row.source_kind, id: row.source_id, name: row.source_name },
      state: row.state,
      reason: row.reason,
      since: row.since,
      attempts: row.attempts,
      nextAttemptAt: row.next_attempt_at,
      commandId: row.command_id,
    }),
  );
};

/** The device is looked at within moments, and what is due is ordered then. */
export const retryDesiredItem: RetryDesiredItem = async (tx, deviceId, item, now) => {
  if ((await retryFailedItems(tx, deviceId, item, new Date(now))) === 0) return false;
  await reconcileSoon(tx, deviceId, now);
  return true;
};
