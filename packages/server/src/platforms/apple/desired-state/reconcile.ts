// Brings Apple devices to what they should have: resolved, compiled, compared with what they have, and only the difference
// ordered. A handful of statements for any number of devices; what several devices get alike is compiled once.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Command } from '@gatehouse/core/commands/catalogue.ts';
import type { ResolvedResources } from '@gatehouse/core/resources/resolve.ts';
import type { VariableValues } from '@gatehouse/core/resources/variables.ts';
import { compareVersions } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { type CommandDeps, type CommandOrder, queueSystemCommands } from '../../../modules/commands/index.ts';
import {
  type EffectivePolicy,
  resolveForDevices,
  resolveResourcesOf,
} from '../../../modules/policies/index.ts';
import { findResources, openSecrets } from '../../../modules/resources/index.ts';
import { osOfProduct } from '../apple-target.ts';
import { declarationsToken } from '../declarations/declarations-token.ts';
import {
  type DeclarationRow,
  type NewSet,
  selectSets,
  type SetRow,
  writeSets,
} from '../declarations/queries.ts';
import { findEscrowRecipient } from '../escrow/escrow-recipient.ts';
import { compileResource, compileSettings } from './compile.ts';
import { contentHash, keepContents } from './contents.ts';
import type { CompileInput, CompileTarget, Desired, DesiredItem, OpenResource } from './desired.ts';
import { type DeviceRow, lockDevices } from './device-queries.ts';
import { type Difference, difference, nextAttempt, type Order, type Placed } from './difference.ts';
import { deleteItems, type ItemRow, selectItems, writeItems } from './item-queries.ts';
import { resourceIdentifier } from './identifiers.ts';
import { merge } from './merge.ts';
import { demandedVersion, systemUpdateIdentifier, wantsEscrow } from './settings-items.ts';

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
  const devices = await lockDevices(tx, deviceIds);
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

// ------------------------------------------------------------------------------------------------------------ resolving

interface Opened {
  readonly byId: ReadonlyMap<string, OpenResource>;
  /** Those whose content depends on whom they are for. */
  readonly personal: ReadonlySet<string>;
}

async function openResources(
  deps: Pick<ReconcileDeps, 'sealer'>,
  tx: TenantTx,
  resolved: ReadonlyMap<string, ResolvedResources>,
): Promise<Opened> {
  const assigned = [...resolved.values()].flatMap(({ resources }) => resources);
  const ids = new Set(assigned.map(({ resourceId }) => resourceId));
  for (const { fields } of assigned) for (const id of namedIn(fields)) ids.add(id);
  if (ids.size === 0) return { byId: new Map(), personal: new Set() };
  const [rows, secrets] = await Promise.all([findResources(tx, [...ids]), openSecrets(deps, tx, [...ids])]);
  const byId = new Map(
    rows.map(({ resource_id: resourceId, kind, name, fields }) => [
      resourceId,
      { resourceId, kind, name, fields, secrets: secrets.get(resourceId) ?? {} },
    ]),
  );
  return {
    byId,
    personal: new Set(rows.filter((row) => row.variables.length > 0).map((row) => row.resource_id)),
  };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids of other resources stand in fields as they are; text that only looks like one finds nothing. */
function namedIn(fields: OpenResource['fields']): string[] {
  return Object.values(fields)
    .flat()
    .filter((value): value is string => typeof value === 'string' && uuid.test(value));
}

// ------------------------------------------------------------------------------------------------------------ compiling

const leastMinutesToUpdate = 24 * 60;

/** What several devices have alike is compiled once: settings by policy and kind of device, a resource unless it is personal. */
class Compiler {
  readonly #common: Pick<CompileInput, 'hash' | 'assetUrl' | 'escrow'>;
  readonly #open: Opened;
  readonly #known = new Map<string, Desired>();

  constructor(common: Pick<CompileInput, 'hash' | 'assetUrl' | 'escrow'>, open: Opened) {
    this.#common = common;
    this.#open = open;
  }

  compile(
    device: DeviceRow,
    policy: EffectivePolicy | undefined,
    resolved: ResolvedResources | undefined,
    had: readonly ItemRow[],
    now: number,
  ): Desired {
    const target = targetOf(device);
    const { organization } = device;
    const input = { ...this.#common, target, organization };
    const updateBy = updateTime(target, policy, had, now);
    const kind = JSON.stringify(target);
    const settings = this.#once(`settings/${policy?.resolved.version ?? ''}/${updateBy ?? 0}/${kind}`, () =>
      compileSettings({ ...input, settings: policy?.resolved.values ?? {}, updateBy }),
    );
    const locked = device.passcode_status === 'not-compliant';
    const parts = (resolved?.resources ?? []).flatMap(({ resourceId, name }) => {
      if (locked) return [withheldWithoutPasscode(resourceId, name)];
      const resource = this.#open.byId.get(resourceId);
      if (resource === undefined) return [];
      const named = this.#named(resource);
      const personal = [resourceId, ...named.keys()].some((id) => this.#open.personal.has(id));
      const build = (variables: VariableValues) => compileResource({ ...input, named, variables }, resource);
      return [personal ? build(variablesOf(device)) : this.#once(`${resourceId}/${kind}`, () => build({}))];
    });
    return merge([settings, ...parts]);
  }

  #named({ fields }: OpenResource): ReadonlyMap<string, OpenResource> {
    return new Map(
      namedIn(fields).flatMap((id) => {
        const found = this.#open.byId.get(id);
        return found ? [[id, found] as const] : [];
      }),
    );
  }

  #once(key: string, build: () => Desired): Desired {
    const known = this.#known.get(key) ?? build();
    this.#known.set(key, known);
    return known;
  }
}

/** PWD-04: when the time to set a passcode is over, nothing of the organization stays on the device. */
function withheldWithoutPasscode(resourceId: string, name: string): Desired {
  const why = 'the device has no passcode as its policy demands; with one this comes back';
  const source = { kind: 'resource', id: resourceId, name } as const;
  const identifier = resourceIdentifier(resourceId);
  return { items: [], withheld: [{ channel: 'device', form: 'profile', identifier, source, why }] };
}

function osOf({ product, platform }: DeviceRow): CompileTarget['os'] {
  return osOfProduct(product ?? undefined, platform === 'macos' ? 'macOS' : 'iOS');
}

function targetOf(device: DeviceRow): CompileTarget {
  return {
    os: osOf(device),
    osVersion: device.os_version ?? undefined,
    supervised: device.supervised,
    sharedIpad: device.shared_ipad,
    enrollmentKind: device.enrollment_kind,
    hasUserChannel: userChannel(device) !== undefined,
  };
}

/** The channel of the person whose device it is: accounts of hers are no business of others who sign in there. */
function userChannel({ users, user_name: owner, shared_ipad: shared }: DeviceRow): string | undefined {
  if (users.length === 1 && !shared) return users[0]?.channel;
  const name = owner?.toLowerCase();
  return users.find((user) => name !== undefined && user.name?.toLowerCase() === name)?.channel;
}

function variablesOf(device: DeviceRow): VariableValues {
  const [local, domain] = device.email?.split(/@(?=[^@]*$)/) ?? [];
  const given = (value: string | null | undefined) => (value === null || value === '' ? undefined : value);
  return {
    username: given(device.user_name),
    email: given(device.email),
    'email-local-part': given(local),
    domain: given(domain),
    'display-name': given(device.display_name),
    'employee-id': given(device.employee_id),
    'device-id': device.device_id,
    'device-name': given(device.device_name),
    'asset-number': given(device.asset_number),
    'serial-number': given(device.serial_number),
    udid: given(device.udid),
    organization: given(device.organization),
  };
}

/** Counted from the moment in which the device was first asked for this version; at least a day is left to its user. */
function updateTime(
  { os, osVersion }: CompileTarget,
  policy: EffectivePolicy | undefined,
  had: readonly ItemRow[],
  now: number,
): number | undefined {
  const settings = policy?.resolved.values ?? {};
  const version = demandedVersion(settings, os);
  if (version === undefined || osVersion === undefined || compareVersions(osVersion, version) >= 0)
    return undefined;
  const identifier = systemUpdateIdentifier(version);
  const since = had.find((row) => row.identifier === identifier)?.wanted_since?.getTime() ?? now;
  const minutes = Math.max(leastMinutesToUpdate, settings['os.grace-minutes'] ?? 0);
  return Math.ceil(since / 60_000) * 60_000 + minutes * 60_000;
}

/** From "the user's channel" to the channel that this device has for its user. */
function place(device: DeviceRow, { items, withheld }: Desired): Placed[] {
  const user = userChannel(device) ?? '';
  const on = (channel: DesiredItem['channel']) => (channel === 'user' ? user : '');
  return [
    ...items.map(({ channel, form, identifier, source, kind, token }) => ({
      channel: on(channel),
      form,
      identifier,
      source,
      ...(kind === undefined ? {} : { kind }),
      token,
    })),
    ...withheld.map(({ channel, form, identifier, source, why }) => ({
      channel: on(channel),
      form,
      identifier,
      source,
      why,
    })),
  ];
}

// ------------------------------------------------------------------------------------------------------------- ordering

interface Sync {
  readonly set: NewSet;
  /** Whether the device is to be told. */
  readonly tell: boolean;
}

function toSync(device: DeviceRow, placed: readonly Placed[], sets: readonly SetRow[], now: number): Sync[] {
  const declared = placed.flatMap(({ channel, form, kind, identifier, token }) =>
    form === 'declaration' && kind && token !== undefined ? [{ channel, kind, identifier, token }] : [],
  );
  const byChannel = new Map<string, readonly DeclarationRow[]>(
    Map.groupBy(declared, ({ channel }) => channel),
  );
  const open = new Set(['', ...device.users.map(({ channel }) => channel)]);
  const channels = new Set([...byChannel.keys(), ...sets.map(({ channel }) => channel)]);
  return [...channels]
    .filter((channel) => open.has(channel))
    .flatMap((channel): Sync[] => {
      const before = sets.find((set) => set.channel === channel);
      const declarations = byChannel.get(channel) ?? [];
      const token = declarationsToken(declarations);
      const isDue = (before?.next_attempt_at?.getTime() ?? Infinity) <= now;
      const changed = before?.token !== token;
      if (!changed && !isDue) return [];
      const told = before?.told ?? null;
      const tell = told !== token && (told !== null || declarations.length > 0);
      const set = {
        device_id: device.device_id,
        channel,
        token,
        changed_at: changed ? new Date(now) : before.changed_at,
        reason: null,
        attempts: changed ? 0 : before.attempts,
        next_attempt_at: null,
        command_id: tell ? null : (before?.command_id ?? null),
      };
      return [{ set, tell }];
    });
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
  const profiles = plans.flatMap((plan) => plan.difference.orders);
  const syncs = plans.flatMap((plan) => plan.sync);
  const told = syncs.flatMap(({ set, tell }) => (tell ? [set] : []));
  const orders: CommandOrder[] = [...profiles.map(profileOrder), ...told.map(syncOrder)];
  const ids =
    orders.length === 0
      ? []
      : await queueSystemCommands(deps, tx, systemActor('desired-state', tx.organizationId), orders);
  const commandOf = new Map(profiles.map(({ row }, index) => [row, ids[index]]));
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
        tell ? { ...set, command_id: ids[profiles.length + told.indexOf(set)] ?? null } : set,
      ),
    ),
  ]);
  return orders.length;
}

function profileOrder({ verb, row }: Order): CommandOrder {
  const { device_id: deviceId, channel, identifier, wanted } = row;
  const command: Command =
    verb === 'install'
      ? { name: 'install-profile', params: { identifier, ...(wanted === null ? {} : { content: wanted }) } }
      : { name: 'remove-profile', params: { identifier } };
  return { deviceId, channel, command, coalesceKey: `profile:${identifier}` };
}

function syncOrder({ device_id: deviceId, channel }: NewSet): CommandOrder {
  return {
    deviceId,
    channel,
    command: { name: 'sync-declarations', params: {} },
    coalesceKey: 'sync-declarations',
  };
}
