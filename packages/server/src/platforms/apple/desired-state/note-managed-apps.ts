// What the device says of its managed apps, against what we believe of those that came by command: one that is gone is put back, one
// that did not get any further has failed. Apps that somebody ordered without a resource are nobody's business here.
import type { TenantTx } from '../../../kernel/db/database.ts';
import { lockDevice } from '../../../modules/devices/index.ts';
import { nextAttempt } from './difference.ts';
import { deleteItems, type ItemRow, reconcileSoon, selectItems, writeItems } from './item-queries.ts';

/** One entry of ManagedApplicationList. */
export interface ListedApp {
  readonly id: string;
  readonly status: string;
}

/** From here it goes no further by itself. */
const stuck = new Set(['Failed', 'UserRejected', 'ManagementRejected']);
/** Known to management, and not there. */
const absent = new Set(['ManagedButUninstalled', 'Unknown']);

export async function noteManagedApps(
  tx: TenantTx,
  deviceId: string,
  listed: readonly ListedApp[],
  now: number,
): Promise<void> {
  await lockDevice(tx, deviceId);
  const rows = (await selectItems(tx, [deviceId])).filter(({ form }) => form === 'app');
  if (rows.length === 0) return;
  const statusOf = new Map(listed.map(({ id, status }) => [id, status]));
  const gone = rows.filter((row) => row.state === 'removing' && isGone(statusOf.get(row.identifier)));
  const write = rows.flatMap((row) => corrected(row, statusOf.get(row.identifier), now));
  await deleteItems(tx, gone);
  await writeItems(tx, write);
  if (write.length > 0) await reconcileSoon(tx, deviceId, now);
}

const isGone = (status: string | undefined): boolean => status === undefined || absent.has(status);

function corrected(row: ItemRow, status: string | undefined, now: number): ItemRow[] {
  if (row.state === 'withheld')
    return isGone(status) && row.installed !== null ? [{ ...row, installed: null }] : [];
  if (row.state !== 'installed') return [];
  const at = new Date(now);
  if (isGone(status)) return [putBack(row, at)];
  // It is there: whatever went wrong with it before is forgotten.
  if (!stuck.has(status ?? '')) return row.attempts === 0 ? [] : [{ ...row, attempts: 0 }];
  const attempts = row.attempts + 1;
  const reason = `The device did not install the app: ${status ?? ''}.`;
  return [
    {
      ...row,
      installed: null,
      state: 'failed',
      reason,
      since: at,
      attempts,
      next_attempt_at: nextAttempt(attempts, now),
    },
  ];
}

/** At once for the first time, then ever later: an app that never is in the list may be called something else. */
function putBack(row: ItemRow, at: Date): ItemRow {
  const gone = { ...row, installed: null, since: at, attempts: row.attempts + 1 };
  const next = row.attempts === 0 ? at : nextAttempt(row.attempts, at.getTime());
  if (next !== null) return { ...gone, state: 'pending', next_attempt_at: next };
  const reason = 'The device accepts the app and does not list it: is this its bundleId?';
  return { ...gone, state: 'failed', reason, next_attempt_at: null };
}
