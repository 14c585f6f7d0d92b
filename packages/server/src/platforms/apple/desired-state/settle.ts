// What the end of an order means for what it was about: installed, gone, or failed with a reason and another attempt in time.
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { lockDevice } from '../../../modules/devices/index.ts';
import { selectSets, writeSets } from '../declarations/queries.ts';
import type { ItemForm } from './desired.ts';
import { nextAttempt } from './difference.ts';
import {
  deleteItems,
  findAppItem,
  findEnd,
  type ItemRow,
  findProfileItem,
  selectItemsOfCommand,
  writeItems,
} from './item-queries.ts';

/** The device has acknowledged. @param content the one that was sent. */
export async function noteInstalled(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  profile: { readonly identifier: string; readonly content: string },
  now: number,
): Promise<void> {
  await lockDevice(tx, deviceId);
  await installed(tx, await findProfileItem(tx, deviceId, channel, profile.identifier), profile.content, now);
}

/** The device has accepted the app, or its configuration; how far it gets with it, the list of managed apps tells. */
export async function noteAppInstalled(
  tx: TenantTx,
  deviceId: string,
  app: { readonly bundleId: string; readonly content: string },
  now: number,
): Promise<void> {
  await lockDevice(tx, deviceId);
  const row = await findAppItem(tx, deviceId, app.bundleId);
  await installed(tx, row, app.content, now, row?.attempts);
}

async function installed(
  tx: TenantTx,
  row: ItemRow | undefined,
  content: string,
  now: number,
  attempts = 0,
): Promise<void> {
  if (row === undefined) return;
  const isWanted = row.wanted === content;
  await writeItems(tx, [
    {
      ...row,
      installed: content,
      ...(isWanted ? { ...atRest, attempts, state: 'installed' as const, since: new Date(now) } : {}),
    },
  ]);
}

export async function noteRemoved(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  identifier: string,
  now: number,
): Promise<void> {
  await lockDevice(tx, deviceId);
  await removed(tx, await findProfileItem(tx, deviceId, channel, identifier), now);
}

export async function noteAppRemoved(
  tx: TenantTx,
  deviceId: string,
  bundleId: string,
  now: number,
): Promise<void> {
  await lockDevice(tx, deviceId);
  await removed(tx, await findAppItem(tx, deviceId, bundleId), now);
}

async function removed(tx: TenantTx, row: ItemRow | undefined, now: number): Promise<void> {
  if (row === undefined) return;
  if (row.state === 'removing') await deleteItems(tx, [row]);
  else if (row.state === 'withheld')
    await writeItems(tx, [{ ...row, installed: null, command_id: null, next_attempt_at: null }]);
  // Removed by somebody's order while it is wanted: it is put back.
  else
    await writeItems(tx, [
      { ...row, installed: null, state: 'pending', since: new Date(now), next_attempt_at: new Date(now) },
    ]);
}

const listedIn: { readonly [F in ItemForm]?: Scan } = { profile: 'profiles', app: 'apps' };

const atRest = { reason: null, attempts: 0, next_attempt_at: null } as const;

type Deps = { readonly clock: Clock };

/**
 * A command failed, expired or was withdrawn. One that something newer has taken the place of changes nothing.
 * @returns the scans of which the lists tell what is there, when a removal did not work: what is to go may not be there.
 */
export async function settleCommand(
  { clock }: Deps,
  tx: TenantTx,
  deviceId: string,
  commandId: string,
): Promise<readonly Scan[]> {
  const now = clock.now();
  const command = await findEnd(tx, deviceId, commandId);
  if (command === undefined) return [];
  if (command.name === 'sync-declarations') {
    await settleSync(tx, deviceId, commandId, command.reason, now);
    return [];
  }
  const rows = await selectItemsOfCommand(tx, deviceId, commandId);
  await writeItems(
    tx,
    rows.flatMap((row) => settled(row, command.reason, now)),
  );
  return rows.flatMap(({ state, form }) => (state === 'removing' ? (listedIn[form] ?? []) : []));
}

function settled(row: ItemRow, reason: string, now: number): ItemRow[] {
  if (row.state !== 'pending' && row.state !== 'removing' && row.state !== 'withheld') return [];
  const attempts = row.attempts + 1;
  const failed = { ...row, attempts, next_attempt_at: nextAttempt(attempts, now) };
  // What is withheld keeps its own reason, and what is being removed its state: it is still to go.
  if (row.state === 'withheld') return [failed];
  if (row.state === 'removing') return [{ ...failed, reason }];
  return [{ ...failed, state: 'failed', reason, since: new Date(now) }];
}

async function settleSync(
  tx: TenantTx,
  deviceId: string,
  commandId: string,
  reason: string,
  now: number,
): Promise<void> {
  const sets = await selectSets(tx, [deviceId]);
  await writeSets(
    tx,
    sets
      .filter((set) => set.command_id === commandId && set.told !== set.token)
      .map((set) => ({
        ...set,
        reason,
        attempts: set.attempts + 1,
        next_attempt_at: nextAttempt(set.attempts + 1, now),
      })),
  );
}
