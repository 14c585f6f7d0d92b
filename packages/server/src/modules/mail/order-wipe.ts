// Wipes of mail devices: ordered by a person, carried out after an approval, or the intent of a mail server (EAS-07, WIP-10). All go
// through the guard that commands go through: ownership of the enrolled device, age of power, the one budget, a second person.
import type { MailDevice } from '@gatehouse/contracts/admin/mail.ts';
import { type Actor, actorReference, type Principal, systemActor } from '@gatehouse/core/actor.ts';
import {
  decideDestructive,
  type DestructiveDecision,
  type DestructiveLimits,
  mayBeApproved,
} from '@gatehouse/core/commands/guard.ts';
import { parseCommand } from '@gatehouse/core/commands/catalogue.ts';
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import { DomainError, type ErrorCode } from '@gatehouse/core/errors.ts';
import type { MailWipeKind } from '@gatehouse/core/mail/mail-device.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type TenantPrincipal, transactIn, type Worked } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { raiseAlert } from '../alerts/index.ts';
import {
  type ApprovedOrder,
  askForCommand,
  holdBudget,
  type OrderOutcome,
  spend,
} from '../approvals/index.ts';
import { recordAudit } from '../audit/index.ts';
import { principalLater } from '../commands/index.ts';
import { lockDevices } from '../devices/index.ts';
import { announceMailAccess } from './access-news.ts';
import {
  lockMailDeviceRow,
  type MailDeviceRow,
  selectMailDevice,
  writeMailDeviceState,
} from './device-queries.ts';
import { getMailDevice, noSuchMailDevice } from './list-mail-devices.ts';
import { gatewayActor, type MailDeps, type MailInside } from './mail-deps.ts';
import { insertWipe, lockOpenWipe, writeWipeState } from './wipe-queries.ts';

/** By the rules of which command a wipe is judged. */
const judgedAs = { device: 'full-wipe', account: 'selective-wipe' } as const satisfies Record<
  MailWipeKind,
  string
>;
const kindOf = (command: string): MailWipeKind => (command === judgedAs.device ? 'device' : 'account');

interface Locked {
  readonly row: MailDeviceRow;
  readonly ownership: Ownership;
}

/** The enrolled device first, as everybody does. One that is none of ours is treated as private: doubt protects the person. */
async function lockWithDevice(tx: TenantTx, mailDeviceId: string): Promise<Locked | undefined> {
  const seen = await selectMailDevice(tx, mailDeviceId);
  if (seen === undefined) return undefined;
  const devices = seen.device_id === null ? undefined : await lockDevices(tx, [seen.device_id]);
  const row = await lockMailDeviceRow(tx, mailDeviceId);
  if (row === undefined) return undefined;
  const device = row.device_id === null ? undefined : devices?.get(row.device_id);
  return { row, ownership: device?.ownership ?? 'unspecified' };
}

/** Counted against the budget that commands are counted against. */
async function decide(
  deps: Pick<MailInside, 'clock'>,
  tx: TenantTx,
  actor: Pick<Principal, 'kind' | 'permissions' | 'empoweredAt'>,
  kind: MailWipeKind,
  ownership: Ownership,
  loosen: (limits: DestructiveLimits) => DestructiveLimits = (limits) => limits,
): Promise<DestructiveDecision> {
  const { limits, now, spent, fleet } = await holdBudget(tx, deps.clock);
  return decideDestructive({
    command: judgedAs[kind],
    ownership,
    actor,
    spentInWindow: spent,
    fleetSize: fleet,
    limits: loosen(limits),
    now,
  });
}

/** @throws DomainError `not-found`; `forbidden`, `conflict`, `too-many-requests` as for commands. */
export async function orderMailWipe(
  deps: MailDeps,
  principal: TenantPrincipal,
  mailDeviceId: string,
  { kind, reason }: { readonly kind: MailWipeKind; readonly reason?: string | undefined },
): Promise<MailDevice> {
  requirePermission(principal, 'mail.wipe');
  await transactIn(
    deps.database,
    principal.organizationId,
  )(async (tx): Promise<Worked<null>> => {
    const locked = await lockWithDevice(tx, mailDeviceId);
    if (locked === undefined) return { refusal: noSuchMailDevice() };
    const waiting = await lockOpenWipe(tx, mailDeviceId);
    if (waiting !== undefined && (waiting.kind === 'device' || kind === 'account')) return { answer: null };
    const decision = await decide(deps, tx, principal, kind, locked.ownership);
    if (!decision.allowed) {
      return { refusal: await refuse(deps, tx, principal, locked, kind, decision, reason) };
    }
    if (waiting !== undefined)
      await writeWipeState(tx, waiting.wipe_id, 'cancelled', new Date(deps.clock.now()));
    await enter(deps, tx, { actor: principal, row: locked.row, kind, reason, serverId: null });
    return { answer: null };
  });
  return getMailDevice(deps, principal, mailDeviceId);
}

interface Entering {
  readonly actor: Actor;
  readonly row: MailDeviceRow;
  readonly kind: MailWipeKind;
  readonly reason: string | undefined;
  /** Whose intent it is; null: ours. */
  readonly serverId: string | null;
  readonly approvalId?: string | undefined;
}

async function enter(
  deps: Pick<MailInside, 'clock' | 'events' | 'notifications'>,
  tx: TenantTx,
  { actor, row, kind, reason, serverId, approvalId }: Entering,
): Promise<string> {
  const [wipeId, at] = [newId(), new Date(deps.clock.now())];
  const { mail_device_id: mailDeviceId } = row;
  const orderedBy = serverId === null ? actorReference(actor) : `mail-server:${serverId}`;
  await insertWipe(
    tx,
    {
      wipe_id: wipeId,
      mail_device_id: mailDeviceId,
      kind,
      state: 'ordered',
      ordered_by: orderedBy,
      server_id: serverId,
      reason: reason ?? null,
    },
    at,
  );
  await spend(tx, [wipeId], { actor: actorReference(actor), at, approvalId: approvalId ?? null });
  await Promise.all([
    recordAudit(tx, {
      actor,
      ...(actor.kind === 'system' ? { via: 'mail' as const } : {}),
      action: 'mail-devices.order-wipe',
      target: { kind: 'mail-device', id: mailDeviceId },
      outcome: 'done',
      ...(reason === undefined ? {} : { reason }),
      show: { wipeId, kind, serverId, deviceId: row.device_id, approvalId: approvalId ?? null },
    }),
    deps.events.emit(tx, {
      name: 'mail-device.wipe-ordered',
      subjectId: mailDeviceId,
      payload: { mailDeviceId, wipeId, kind, serverId },
    }),
  ]);
  announceMailAccess(tx, deps, mailDeviceId);
  return wipeId;
}

const errorCodes: Readonly<Record<string, ErrorCode>> = {
  'personal-device': 'forbidden',
  'empowered-too-recently': 'forbidden',
  'budget-spent': 'too-many-requests',
  'second-person-required': 'conflict',
};

type Refused = Extract<DestructiveDecision, { allowed: false }>;

/** On record, and before a second person where one may allow it. */
async function refuse(
  deps: Pick<MailInside, 'clock' | 'events' | 'sealer'>,
  tx: TenantTx,
  actor: Actor,
  { row, ownership }: Locked,
  kind: MailWipeKind,
  decision: Refused,
  reason: string | undefined,
): Promise<DomainError> {
  await recordAudit(tx, {
    actor,
    ...(actor.kind === 'system' ? { via: 'mail' as const } : {}),
    action: 'mail-devices.order-wipe',
    target: { kind: 'mail-device', id: row.mail_device_id },
    outcome: 'refused',
    reason: decision.reason,
    show: { kind, ownership, deviceId: row.device_id },
  });
  const approvalId = mayBeApproved(decision.reason)
    ? await askForCommand(
        deps,
        tx,
        {
          action: 'mail-wipe',
          actor,
          command: parseCommand(judgedAs[kind], {}),
          deviceIds: [row.mail_device_id],
          permission: 'mail.wipe',
          reason,
        },
        decision.reason,
      )
    : undefined;
  const { message } = decision;
  const told =
    approvalId === undefined ? message : `${message} Another administrator is asked to approve it.`;
  return new DomainError(errorCodes[decision.reason] ?? 'forbidden', told, {
    reason: decision.reason,
    ...(approvalId === undefined ? {} : { detail: { approvalId } }),
    ...(decision.reason === 'budget-spent' ? { retryAfterSeconds: 600 } : {}),
  });
}

/** The port of approvals, for wipes of mail devices: the asker's rights, and the ownership, are those of now (JOB-02, TEN-14). */
export async function carryOutMailWipe(
  deps: MailInside,
  tx: TenantTx,
  order: ApprovedOrder,
): Promise<readonly OrderOutcome[]> {
  const principal = await principalLater(tx, order.requestedBy);
  const kind = kindOf(order.command.name);
  const outcomes: OrderOutcome[] = [];
  for (const mailDeviceId of order.deviceIds) {
    const refusal = (text: string) => ({ deviceId: mailDeviceId, commandId: null, refusal: text });
    if (!principal.permissions.has(order.permission)) {
      outcomes.push(refusal('Whoever asked for it may no longer do so.'));
      continue;
    }
    const locked = await lockWithDevice(tx, mailDeviceId);
    const open = locked && (await lockOpenWipe(tx, mailDeviceId));
    if (locked === undefined) outcomes.push(refusal('There is no such mail device.'));
    else if (open !== undefined)
      outcomes.push({ deviceId: mailDeviceId, commandId: open.wipe_id, refusal: null });
    else {
      const everything = Number.MAX_SAFE_INTEGER;
      const decision = await decide(deps, tx, principal, kind, locked.ownership, (limits) =>
        order.standing === 'approved'
          ? { ...limits, secondPerson: 'above-budget', minimumBudget: everything }
          : limits,
      );
      if (!decision.allowed) outcomes.push(refusal(decision.message));
      else {
        const { row } = locked;
        const entering = { actor: principal, row, kind, reason: order.reason, serverId: null };
        const wipeId = await enter(deps, tx, { ...entering, approvalId: order.approvalId });
        outcomes.push({ deviceId: mailDeviceId, commandId: wipeId, refusal: null });
      }
    }
  }
  return outcomes;
}

/** What becomes of a mail server's intent. */
export type RelayedWipe =
  | { readonly kind: MailWipeKind }
  /** A second person is asked; until then the device gets nothing. */
  | { readonly kind: 'held' };

/**
 * The mail server wants the device wiped (EAS-T11, WIP-10). It is a machine that somebody may have taken over, so its word counts
 * for what is the organization's: a private device loses the account and nothing else, and administrators are told either way.
 * The intent that it repeats with every answer is one wipe.
 */
export async function relayServerWipe(
  deps: MailDeps,
  organizationId: string,
  mailDeviceId: string,
  { serverId, kind: wanted }: { readonly serverId: string; readonly kind: MailWipeKind },
): Promise<RelayedWipe> {
  return deps.database.withTenant(organizationId, async (tx) => {
    const locked = await lockWithDevice(tx, mailDeviceId);
    if (locked === undefined) return { kind: 'held' };
    const open = await lockOpenWipe(tx, mailDeviceId);
    if (open !== undefined) return { kind: open.kind };
    const actor = systemActor(gatewayActor, organizationId);
    const powers = { kind: 'system', permissions: new Set<never>(), empoweredAt: null } as const;
    const kind = wanted === 'device' && locked.ownership !== 'corporate' ? 'account' : wanted;
    const decision = await decide(deps, tx, powers, kind, locked.ownership);
    const reason = 'The mail server orders it.';
    if (decision.allowed) await enter(deps, tx, { actor, row: locked.row, kind, reason, serverId });
    else await holdServerWipe(deps, tx, actor, locked, kind, decision);
    await raiseAlert(deps, tx, {
      kind: 'mail-server-wipe',
      severity: 'critical',
      subject: { kind: 'mail-device', id: mailDeviceId },
      detail: {
        outcome: !decision.allowed ? 'held' : wanted === kind ? kind : 'account-instead',
      },
      more: {
        mailDeviceId,
        serverId,
        wanted,
        done: decision.allowed ? kind : null,
        ownership: locked.ownership,
      },
      sameAs: `mail-server-wipe/${mailDeviceId}`,
    });
    return decision.allowed ? { kind } : { kind: 'held' };
  });
}

async function holdServerWipe(
  deps: MailInside,
  tx: TenantTx,
  actor: Actor,
  locked: Locked,
  kind: MailWipeKind,
  decision: Refused,
): Promise<void> {
  await refuse(deps, tx, actor, locked, kind, decision, 'The mail server orders it.');
  if (locked.row.state === 'blocked') return;
  const at = new Date(deps.clock.now());
  await writeMailDeviceState(tx, locked.row.mail_device_id, {
    state: 'blocked',
    reason: 'The mail server orders a wipe, which waits for a second person.',
    by: actorReference(actor),
    at,
    wipedAt: locked.row.wiped_at,
  });
  await deps.events.emit(tx, {
    name: 'mail-device.state-changed',
    subjectId: locked.row.mail_device_id,
    payload: { mailDeviceId: locked.row.mail_device_id, from: locked.row.state, to: 'blocked' },
  });
  announceMailAccess(tx, deps, locked.row.mail_device_id);
}
