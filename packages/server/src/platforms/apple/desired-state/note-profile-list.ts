// What the device says is installed, against what we believe: ours and gone is put back, ours and unknown is taken away, and what
// others installed is noted and never touched (POL-08).
import type { TenantTx } from '../../../kernel/db/database.ts';
import { lockDevice } from '../../../modules/devices/index.ts';
import { isOurs, uuidOf } from './identifiers.ts';
import { deleteItems, type ItemRow, reconcileSoon, selectItems, writeItems } from './item-queries.ts';

/** One entry of ProfileList. */
export interface ListedProfile {
  readonly PayloadIdentifier: string;
  readonly PayloadUUID?: string;
  readonly PayloadDisplayName?: string;
  readonly IsManaged?: boolean;
}

/** Foreign profiles that are kept in view. */
const mostForeign = 200;

export async function noteProfileList(
  tx: TenantTx,
  { deviceId, channel }: { readonly deviceId: string; readonly channel: string },
  listed: readonly ListedProfile[],
  now: number,
): Promise<void> {
  const at = new Date(now);
  await lockDevice(tx, deviceId);
  const rows = (await selectItems(tx, [deviceId])).filter(
    (row) => row.form === 'profile' && row.channel === channel,
  );
  const known = new Map(rows.map((row) => [row.identifier, row]));
  const there = new Map(listed.map((profile) => [profile.PayloadIdentifier, profile]));
  const write: ItemRow[] = [];
  const gone: ItemRow[] = [];
  for (const row of rows) {
    const found = there.get(row.identifier);
    if (found !== undefined) {
      const corrected = correct(row, found, at);
      if (corrected !== undefined) write.push(corrected);
      continue;
    }
    if (row.state === 'foreign' || row.state === 'removing') gone.push(row);
    // Somebody took it away: it is put back.
    else if (row.state === 'installed')
      write.push({ ...row, installed: null, state: 'pending', since: at, next_attempt_at: at });
    else if (row.installed !== null) write.push({ ...row, installed: null });
  }
  const foreign: ItemRow[] = [];
  for (const [identifier, profile] of there) {
    if (known.has(identifier)) continue;
    const blank = rowOf(deviceId, channel, profile, at);
    // Left over from a time that we do not remember: as if it had been unassigned just now.
    if (isOurs(identifier) && profile.IsManaged !== false)
      write.push({
        ...blank,
        source_kind: 'management',
        installed: '',
        state: 'removing',
        next_attempt_at: at,
      });
    else if (profile.IsManaged === false) foreign.push(blank);
  }
  await deleteItems(tx, gone);
  await writeItems(tx, [...write, ...foreign.slice(0, mostForeign)]);
  if (write.length > 0) await reconcileSoon(tx, deviceId, now);
}

/** Our UUIDs follow the content: the list says which version is there, whatever became of the answers. */
function correct(row: ItemRow, { PayloadUUID: uuid }: ListedProfile, at: Date): ItemRow | undefined {
  if (row.wanted === null || uuid === undefined || row.state === 'foreign') return undefined;
  const isWanted = uuid.toUpperCase() === uuidOf(Buffer.from(row.wanted, 'base64url'));
  const rest = { since: at, attempts: 0, reason: null };
  if (isWanted && row.state !== 'installed')
    return { ...row, ...rest, state: 'installed', installed: row.wanted, next_attempt_at: null };
  if (!isWanted && row.state === 'installed')
    return { ...row, ...rest, state: 'pending', installed: '', next_attempt_at: at };
  return undefined;
}

function rowOf(deviceId: string, channel: string, profile: ListedProfile, at: Date): ItemRow {
  return {
    device_id: deviceId,
    channel,
    form: 'profile',
    identifier: profile.PayloadIdentifier.slice(0, 200),
    kind: null,
    source_kind: 'foreign',
    source_id: null,
    source_name: (profile.PayloadDisplayName ?? profile.PayloadIdentifier).slice(0, 200),
    wanted: null,
    wanted_since: null,
    served: null,
    installed: null,
    state: 'foreign',
    reason: null,
    since: at,
    attempts: 0,
    next_attempt_at: null,
    command_id: null,
  };
}
