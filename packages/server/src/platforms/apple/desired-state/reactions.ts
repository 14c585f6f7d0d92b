// What makes the desired state of Apple devices be looked at again, the jobs behind it, and what runs by the clock.
import { isPlatform } from '@gatehouse/core/devices/device.ts';
import { targetKinds } from '@gatehouse/core/settings/resolve.ts';
import type { Database, TenantTx } from '../../../kernel/db/database.ts';
import type { DomainEvent, Subscriptions } from '../../../kernel/events.ts';
import { isUuid } from '../../../kernel/ids.ts';
import { enqueue, type JobDefinition } from '../../../kernel/jobs/jobs.ts';
import { type Reach, reachChanged, resourceReachChanged } from '../../../modules/policies/index.ts';
import { escrowRecipient } from '../escrow/escrow-recipient.ts';
import { askForScans } from '../inventory/schedule-inventory.ts';
import { findReachedDevices } from './device-queries.ts';
import { findDue, findOrganizationsWithContents, purgeContents, unstick } from './item-queries.ts';
import { type ReconcileDeps, reconcileDevices } from './reconcile.ts';
import { settleCommand } from './settle.ts';

const kind = 'apple-reconcile';
const settleKind = 'apple-settle-command';

/** A job's share, and the devices of one transaction: a check-in of one of them waits for milliseconds. */
const chunk = 500;
const batch = 100;
/** Transactions at a time: while the database writes one, the next is compiled. */
const atOnce = 2;

interface Payload extends Reach {
  /** The chunk begins after the device of this number. */
  readonly after: string;
}

const keyOf = ({ targetKind, targetId, platform, after }: Payload): string =>
  `${targetKind}:${targetId}:${platform ?? '*'}:${after}`;

function reconcile(reach: (event: DomainEvent) => Reach) {
  const payload = (event: DomainEvent): Payload => ({ ...reach(event), after: '0' });
  return { job: kind, payload, key: (event: DomainEvent) => keyOf(payload(event)) };
}

const as = (targetKind: Reach['targetKind']) => (event: DomainEvent) =>
  ({ targetKind, targetId: event.subjectId ?? '', platform: null }) as const;

const ofDevice = reconcile(as('device'));

/** A device that comes in or leaves is looked at anyhow; those of others have no job of ours, which counts when a whole fleet changes. */
function complianceChanged({ payload }: DomainEvent): boolean {
  if (payload['platform'] !== 'ios' && payload['platform'] !== 'macos') return false;
  const { before, after } = payload as Record<
    'before' | 'after',
    Partial<Record<string, unknown>> | undefined
  >;
  return (
    before?.['registered'] === true &&
    after?.['registered'] === true &&
    before['compliant'] !== after['compliant']
  );
}

function removesProfiles({ payload }: DomainEvent): boolean {
  const { actions } = payload as { readonly actions?: readonly { readonly kind?: unknown }[] };
  return actions?.some(({ kind: each }) => each === 'remove-profiles') === true;
}

export const desiredStateSubscriptions: Subscriptions = {
  [reachChanged]: [reconcile(({ payload }) => payload as unknown as Reach)],
  [resourceReachChanged]: [reconcile(({ payload }) => payload as unknown as Reach)],
  'user.groups-changed': [reconcile(as('user'))],
  'user.updated': [reconcile(as('user'))],
  'device.changed': [ofDevice],
  'device.groups-changed': [ofDevice],
  'apple.channel-opened': [ofDevice],
  // PWD-04: without a passcode nothing of the organization stays, with one it comes back.
  'device.posture-changed': [{ ...ofDevice, when: complianceChanged }],
  // The same for every rule that takes profiles away, whether or not the gates change with it.
  'device.rule-stage-changed': [{ ...ofDevice, when: removesProfiles }],
  'command.not-done': [{ job: settleKind, payload: ({ payload }) => payload }],
};

export interface DesiredStateDeps extends ReconcileDeps {
  readonly database: Pick<Database, 'withTenant' | 'withSystem'>;
}

async function reconcileWithEscrow(
  deps: DesiredStateDeps,
  organizationId: string,
  find: (tx: TenantTx) => Promise<readonly string[]>,
): Promise<void> {
  const { withoutEscrow } = await deps.database.withTenant(organizationId, async (tx) =>
    reconcileDevices(deps, tx, await find(tx)),
  );
  if (withoutEscrow.length === 0) return;
  // Its key takes a moment to make; from then on it is there for all.
  await escrowRecipient(deps, organizationId);
  await deps.database.withTenant(organizationId, (tx) => reconcileDevices(deps, tx, withoutEscrow));
}

function reconcileJob(deps: DesiredStateDeps): JobDefinition<Payload> {
  return {
    parse,
    // Outside the job's own transaction: 500 devices must not stay locked until the last of them is done.
    async outside(organizationId, payload) {
      const rows = await deps.database.withTenant(
        organizationId,
        (tx) => findReachedDevices(tx, payload, payload.after, chunk),
        { readOnly: true },
      );
      const ids = rows.map((row) => row.device_id);
      const starts = Array.from({ length: Math.ceil(ids.length / batch) }, (_, n) => n * batch).values();
      const reconcileRest = async (): Promise<void> => {
        for (const from of starts)
          await reconcileWithEscrow(deps, organizationId, async () => ids.slice(from, from + batch));
      };
      await Promise.all(Array.from({ length: atOnce }, reconcileRest));
    },
    async run(tx, payload) {
      const rows = await findReachedDevices(tx, payload, payload.after, chunk + 1);
      const last = rows[chunk - 1];
      if (rows.length <= chunk || !last) return;
      const next = { ...payload, after: last.device_no };
      await enqueue(tx, { kind, key: keyOf(next), payload: next });
    },
  };
}

export function desiredStateJobs(deps: DesiredStateDeps): Readonly<Record<string, JobDefinition<never>>> {
  const settle: JobDefinition<{ readonly deviceId: string; readonly commandId: string }> = {
    parse: (input) => ({ deviceId: idIn(input, 'deviceId'), commandId: idIn(input, 'commandId') }),
    run: async (tx, { deviceId, commandId }) => {
      const scans = await settleCommand(deps, tx, deviceId, commandId);
      if (scans.length > 0) await askForScans(deps, tx, deviceId, scans);
    },
  };
  return {
    [kind]: reconcileJob(deps) as JobDefinition<never>,
    [settleKind]: settle as JobDefinition<never>,
  };
}

const mostPerRound = 1_000;

/** Attempts whose time has come, and devices that are new. */
async function reconcileDue(deps: DesiredStateDeps): Promise<void> {
  const due = await deps.database.withSystem('find-due-work', (tx) =>
    findDue(tx, new Date(deps.clock.now()), mostPerRound),
  );
  for (const [organizationId, rows] of Map.groupBy(due, (row) => row.organization_id)) {
    const ids = rows.map((row) => row.device_id);
    for (let from = 0; from < ids.length; from += batch) {
      await reconcileWithEscrow(deps, organizationId, async () => ids.slice(from, from + batch));
    }
  }
}

/** Contents that no device is about to ask for go; what waits in vain is tried again. */
async function tidy(deps: DesiredStateDeps): Promise<void> {
  const now = deps.clock.now();
  const before = new Date(now - 3_600_000);
  const organizations = await deps.database.withSystem('find-due-work', (tx) =>
    findOrganizationsWithContents(tx, before),
  );
  for (const organizationId of organizations) {
    await deps.database.withTenant(organizationId, async (tx) => {
      await purgeContents(tx, before);
      await unstick(tx, new Date(now));
    });
  }
}

export const desiredStateTasks: readonly {
  readonly name: string;
  readonly everyMs: number;
  run(deps: DesiredStateDeps): Promise<unknown>;
}[] = [
  { name: 'apple-reconcile-due', everyMs: 1_000, run: reconcileDue },
  { name: 'apple-tidy-desired-state', everyMs: 3_600_000, run: tidy },
];

function parse(input: unknown): Payload {
  const given = (input ?? {}) as Readonly<Record<string, unknown>>;
  const { platform } = given;
  const after = given['after'] ?? '0';
  const targetKind = targetKinds.find((each) => each === given['targetKind']);
  if (targetKind === undefined) throw new TypeError('targetKind is not a kind of target');
  if (platform !== null && !isPlatform(platform)) throw new TypeError('platform is not a platform');
  if (typeof after !== 'string' || !/^\d{1,18}$/.test(after))
    throw new TypeError('after is not a device number');
  return { targetKind, targetId: idIn(input, 'targetId'), platform, after };
}

function idIn(input: unknown, name: string): string {
  const value = ((input ?? {}) as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== 'string' || !isUuid(value)) throw new TypeError(`${name} is not an id`);
  return value;
}
