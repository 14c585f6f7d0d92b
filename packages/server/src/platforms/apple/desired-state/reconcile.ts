// Brings Apple devices to what they should have: resolved, compiled, compared with what they have, and only the difference
// ordered. A handful of statements for any number of devices; what several devices get alike is compiled once.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Command } from '@gatehouse/core/commands/catalogue.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { type CommandDeps, type CommandOrder, queueSystemCommands } from '../../../modules/commands/index.ts';
import { lockDevices } from '../../../modules/devices/index.ts';
import { resolveForDevices, resolveResourcesOf } from '../../../modules/policies/index.ts';
import { type NewSet, selectSets, writeSets } from '../declarations/queries.ts';
import { findEscrowRecipient } from '../escrow/escrow-recipient.ts';
import { Compiler } from './compiler.ts';
import { contentHash, keepContents } from './contents.ts';
import type { Desired, DesiredItem } from './desired.ts';
import { type DeviceRow, selectDevices } from './device-queries.ts';
import { osOf, place } from './device-target.ts';
import { type Difference, difference, nextAttempt, type Order } from './difference.ts';
import { deleteItems, type ItemRow, selectItems, writeItems } from './item-queries.ts';
import { openResources } from './open-resources.ts';
import { wantsEscrow } from './settings-items.ts';
import { type Sync, toSync } from './sync.ts';

export interface ReconcileDeps extends Omit<CommandDeps, 'database'> {
  readonly assetUrl: (identifier: string) => string;
}

export interface Reconciled {
  readonly devices: number;
  readonly orders: number;
  /** Devices that wait for somebody to keep their recovery keys: see escrow/. */
  readonly withoutEscrow: readonly string[];
}

export async function reconcileDevices(
  deps: ReconcileDeps,
  tx: TenantTx,
  deviceIds: readonly string[],
): Promise<Reconciled> {
  if (deviceIds.length === 0) return { devices: 0, orders: 0, withoutEscrow: [] };
  // First of all, as everybody does who changes a device: of two reconciliations the second sees what the first has written.
  await lockDevices(tx, deviceIds);
  const devices = await selectDevices(tx, deviceIds);
  if (devices.length === 0) return { devices: 0, orders: 0, withoutEscrow: [] };
  const ids = devices.map((device) => device.device_id);
  const now = deps.clock.now();
  const [policies, resources, items, sets, hash, escrow] = await Promise.all([
    resolveForDevices(tx, ids),
    resolveResourcesOf(tx, ids),
    selectItems(tx, ids),
    selectSets(tx, ids),
    contentHash(deps, tx),
    findEscrowRecipient(tx),
  ]);
  const open = await openResources(deps, tx, resources);
  const itemsOf = Map.groupBy(items, (row) => row.device_id);
  const setsOf = Map.groupBy(sets, (row) => row.device_id);
  const compiler = new Compiler({ hash, assetUrl: deps.assetUrl, escrow }, open);

  const plans = devices.map((device): Plan => {
    const id = device.device_id;
    const had = itemsOf.get(id) ?? [];
    const policy = policies.get(id);
    const desired = compiler.compile(device, policy, resources.get(id), had, now);
    const placed = place(device, desired);
    return {
      device,
      desired,
      difference: difference(id, had, placed, now),
      sync: toSync(device, placed, setsOf.get(id) ?? [], now),
    };
  });
  await keepContents(deps, tx, contentsOf(plans));
  const orders = await order(deps, tx, plans, now);
  await deleteItems(
    tx,
    plans.flatMap((plan) => plan.difference.drop),
  );
  const withoutEscrow = escrow
    ? []
    : devices.filter((device) =>
        wantsEscrow(policies.get(device.device_id)?.resolved.values ?? {}, osOf(device)),
      );
  return { devices: devices.length, orders, withoutEscrow: withoutEscrow.map((device) => device.device_id) };
}

interface Plan {
  readonly device: DeviceRow;
  readonly desired: Desired;
  readonly difference: Difference;
  readonly sync: readonly Sync[];
}

/** Contents that some device is about to need; what is installed everywhere is not kept. */
function* contentsOf(plans: readonly Plan[]): Iterable<DesiredItem> {
  for (const {
    desired,
    difference: { write },
  } of plans) {
    const needed = new Set(
      write.flatMap(({ wanted, state }) => (wanted === null || state === 'installed' ? [] : [wanted])),
    );
    for (const item of desired.items) if (needed.has(item.token) || item.form === 'asset') yield item;
  }
}

async function order(
  deps: ReconcileDeps,
  tx: TenantTx,
  plans: readonly Plan[],
  now: number,
): Promise<number> {
  const items = plans.flatMap((plan) => plan.difference.orders);
  const syncs = plans.flatMap((plan) => plan.sync);
  const told = syncs.flatMap(({ set, tell }) => (tell ? [set] : []));
  const queued: CommandOrder[] = [...items.map(itemOrder), ...told.map(syncOrder)];
  const ids =
    queued.length === 0
      ? []
      : await queueSystemCommands(deps, tx, systemActor('desired-state', tx.organizationId), queued);
  const commandOf = new Map(items.map(({ row }, index) => [row, ids[index]]));
  const rows = plans
    .flatMap((plan) => plan.difference.write)
    .map((row): ItemRow => {
      if (!commandOf.has(row)) return row;
      const commandId = commandOf.get(row);
      // A device that takes no commands now is looked at again later.
      return commandId === undefined
        ? { ...row, next_attempt_at: nextAttempt(2, now) }
        : { ...row, command_id: commandId };
    });
  await Promise.all([
    writeItems(tx, rows),
    writeSets(
      tx,
      syncs.map(({ set, tell }) =>
        tell ? { ...set, command_id: ids[items.length + told.indexOf(set)] ?? null } : set,
      ),
    ),
  ]);
  return queued.length;
}

function itemOrder({ verb, row }: Order): CommandOrder {
  const { device_id: deviceId, channel, form, identifier } = row;
  const content = row.wanted === null ? {} : { content: row.wanted };
  const kind = form === 'app' ? 'app' : 'profile';
  const command = orders[kind][verb](identifier, content);
  return { deviceId, channel, command, coalesceKey: `${kind}:${identifier}` };
}

type MakeOrder = (identifier: string, content: { readonly content?: string }) => Command;

const orders: Readonly<Record<'app' | 'profile', Readonly<Record<Order['verb'], MakeOrder>>>> = {
  app: {
    install: (bundleId, content) => ({
      name: 'install-app',
      params: { bundleId, assigned: true, ...content },
    }),
    remove: (bundleId) => ({ name: 'remove-app', params: { bundleId } }),
  },
  profile: {
    install: (identifier, content) => ({ name: 'install-profile', params: { identifier, ...content } }),
    remove: (identifier) => ({ name: 'remove-profile', params: { identifier } }),
  },
};

function syncOrder({ device_id: deviceId, channel }: NewSet): CommandOrder {
  return {
    deviceId,
    channel,
    command: { name: 'sync-declarations', params: {} },
    coalesceKey: 'sync-declarations',
  };
}
