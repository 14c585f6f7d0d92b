// When devices are asked: all at once as soon as they are under management, so that the network can be told the truth, and then each
// scan as often as the device's schedule says (POL-02, SCN-06). A device that keeps silent has one question of each kind waiting.
import { systemActor } from '@gatehouse/core/actor.ts';
import { type Scan, scans as everyScan } from '@gatehouse/core/facts/types.ts';
import { type ConnectionSchedule, dueScans } from '@gatehouse/core/schedules/schedule.ts';
import type { Database, TenantTx } from '../../../kernel/db/database.ts';
import { type CommandDeps, type CommandOrder, queueSystemCommands } from '../../../modules/commands/index.ts';
import { resolveForDevices } from '../../../modules/policies/index.ts';
import {
  findDueDevices,
  forgetDue,
  type ScanAgeRow,
  selectScanAgeRows,
  writeDue,
} from './inventory-queries.ts';

export type InventoryDeps = Omit<CommandDeps, 'database'>;

const minute = 60_000;
const day = 86_400_000;
/** Handed over before what people order: the first answers decide what the device may do. */
const first = 10;
const routine = 200;
const mostPerRound = 1_000;

function order(deviceId: string, scan: Scan, priority: number): CommandOrder {
  return {
    deviceId,
    command: { name: 'refresh-device', params: { scans: [scan] } },
    priority,
    coalesceKey: `scan:${scan}`,
  };
}

/** Asks for these scans soon; one that waits already is not asked twice. */
export async function askForScans(
  deps: InventoryDeps,
  tx: TenantTx,
  deviceId: string,
  scans: readonly Scan[],
  priority: number = first,
): Promise<void> {
  const actor = systemActor('apple-inventory', tx.organizationId);
  await queueSystemCommands(
    deps,
    tx,
    actor,
    scans.map((scan) => order(deviceId, scan, priority)),
  );
}

/** A device tells the code for a fortnight after it came under supervision: whoever waits until it is needed comes too late. */
export async function askForBypassCode(deps: InventoryDeps, tx: TenantTx, deviceId: string): Promise<void> {
  await queueSystemCommands(deps, tx, systemActor('apple-inventory', tx.organizationId), [
    {
      deviceId,
      command: { name: 'fetch-activation-lock-bypass-code', params: {} },
      priority: routine,
      coalesceKey: 'activation-lock',
    },
  ]);
}

/** Part of the transaction that registers the device: the answer to its poll is the first question. */
export async function beginInventory(
  deps: InventoryDeps,
  tx: TenantTx,
  deviceId: string,
  now: number,
): Promise<void> {
  await askForScans(deps, tx, deviceId, [
    'device-information',
    'security',
    'profiles',
    'apps',
    'certificates',
  ]);
  const schedule = (await resolveForDevices(tx, [deviceId])).get(deviceId)?.schedule;
  await writeDue(tx, [{ deviceId, at: now + shortest(schedule) }]);
}

function shortest(schedule: ConnectionSchedule | undefined): number {
  return Math.max(5, Math.min(...Object.values(schedule?.scans ?? { security: 240 }))) * minute;
}

/** Several servers may do so at once: a question is asked once, by its key. */
export async function runDueInventory(
  deps: InventoryDeps & { readonly database: Pick<Database, 'withTenant' | 'withSystem'> },
): Promise<{ readonly asked: number }> {
  let asked = 0;
  for (;;) {
    const now = deps.clock.now();
    const due = await deps.database.withSystem('find-due-work', (tx) =>
      findDueDevices(tx, new Date(now), mostPerRound),
    );
    for (const [organizationId, rows] of Map.groupBy(due, (row) => row.organization_id)) {
      const ids = rows.map((row) => row.device_id);
      asked += await deps.database.withTenant(organizationId, (tx) => askDue(deps, tx, ids, now));
    }
    if (due.length < mostPerRound) return { asked };
  }
}

async function askDue(
  deps: InventoryDeps,
  tx: TenantTx,
  deviceIds: readonly string[],
  now: number,
): Promise<number> {
  const rows = await selectScanAgeRows(tx, deviceIds, new Date(now - day));
  const managed = rows.filter(({ state }) => state === 'registered');
  const gone = rows.filter(({ state }) => state !== 'registered').map((row) => row.device_id);
  await forgetDue(tx, gone);
  const policies = await resolveForDevices(
    tx,
    managed.map((row) => row.device_id),
  );
  const orders: CommandOrder[] = [];
  const next: { deviceId: string; at: number }[] = [];
  for (const row of managed) {
    const schedule = policies.get(row.device_id)?.schedule;
    if (schedule === undefined) continue;
    const scans = dueScans(schedule, row.scans ?? {}, now);
    orders.push(...scans.map((scan) => order(row.device_id, scan, routine)));
    if (scans.includes('profiles')) {
      orders.push(...row.users.map((channel) => ({ ...order(row.device_id, 'profiles', routine), channel })));
    }
    next.push({ deviceId: row.device_id, at: nextDue(schedule, row, scans, now) });
  }
  const queued = await queueSystemCommands(
    deps,
    tx,
    systemActor('apple-inventory', tx.organizationId),
    orders,
  );
  await writeDue(tx, next);
  return queued.filter((id) => id !== undefined).length;
}

/** What was asked now is due again after its whole interval, answered or not. */
function nextDue(schedule: ConnectionSchedule, row: ScanAgeRow, asked: readonly Scan[], now: number): number {
  const times = everyScan.map((scan) => {
    const from = asked.includes(scan) ? now : Math.min(row.scans?.[scan] ?? now, now);
    return from + schedule.scans[scan] * minute;
  });
  return Math.max(now + minute, Math.min(...times));
}
