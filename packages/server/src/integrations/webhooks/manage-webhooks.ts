// Webhooks under administration: made with a secret that is shown once, changed, given another secret, tried, replayed.
import type {
  NewWebhook,
  Webhook,
  WebhookChange,
  WebhookDelivery,
  WebhookReplay,
} from '@gatehouse/contracts/admin/webhooks.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { isPublicEvent, mayHear } from '@gatehouse/core/events/event-catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  type PageRequest,
  pageOfRows,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { OutboundError } from '../../kernel/outbound/outbound-error.ts';
import { receiverUrl } from '../../kernel/outbound/outbound.ts';
import { latestPosition, readEventsBetween } from '../../kernel/outbox.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { type WebhookDeps, webhookLimits } from './deps.ts';
import { bodyOf, messageOf, newSecret } from './message.ts';
import {
  changeWebhookRow,
  dropWebhook,
  holdWebhookCount,
  readDeliveries,
  readWebhook,
  readWebhookForChange,
  readWebhooks,
  repeatDelivery,
  storeDeliveries,
  storeSecret,
  storeWebhook,
  type WebhookRow,
} from './queries.ts';

export interface WebhookAdministrationDeps extends WebhookDeps {
  readonly slugOf: (organizationId: string) => Promise<string>;
}

function present(row: WebhookRow): Webhook {
  return {
    id: row.webhook_id,
    name: row.name,
    url: row.url,
    events: row.events,
    state: row.state,
    stateReason: row.state_reason,
    failingSince: row.failing_since?.toISOString() ?? null,
    lastFailure: row.last_failure,
    waiting: row.waiting,
    previousSecretUntil: row.previous_until?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}

function checkedUrl(text: string): string {
  try {
    return receiverUrl(text).href;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new DomainError('invalid-input', error.message, { reason: 'address-refused' });
  }
}

/** A webhook tells no more than its maker may read. */
function requireHearing(actor: TenantPrincipal, events: readonly string[]): void {
  const hidden = events.find((name) => !isPublicEvent(name) || !mayHear(actor.permissions, name));
  if (hidden !== undefined)
    throw new DomainError('forbidden', `You may not read of ${hidden}`, { reason: 'event-not-readable' });
}

const noSuchWebhook = () => new DomainError('not-found', 'There is no such webhook');

async function held(tx: TenantTx, id: string): Promise<WebhookRow> {
  const row = await readWebhookForChange(tx, id);
  if (!row) throw noSuchWebhook();
  return row;
}

async function record(
  deps: WebhookDeps,
  tx: TenantTx,
  actor: TenantPrincipal,
  what: string,
  id: string,
  show: NonNullable<Parameters<typeof recordAudit>[1]['show']> = {},
): Promise<void> {
  await recordAudit(tx, {
    actor,
    action: `webhooks.${what}`,
    target: { kind: 'webhook', id },
    outcome: 'done',
    show,
  });
  await deps.events.emit(tx, { name: 'webhook.changed', subjectId: id, payload: { webhookId: id, what } });
}

export async function createWebhook(
  deps: WebhookDeps,
  actor: TenantPrincipal,
  input: NewWebhook,
): Promise<Webhook & { secret: string }> {
  requirePermission(actor, 'webhooks.manage');
  const url = checkedUrl(input.url);
  requireHearing(actor, input.events);
  const [id, secret] = [newId(), newSecret()];
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await holdWebhookCount(tx);
    if ((await readWebhooks(tx)).length >= webhookLimits.webhooks)
      throw new DomainError('conflict', `An organization has at most ${webhookLimits.webhooks} webhooks`, {
        reason: 'too-many-webhooks',
      });
    await storeWebhook(
      tx,
      {
        webhook_id: id,
        name: input.name,
        url,
        events: input.events,
        secret: await deps.sealer.seal(tx, 'webhooks.secret', id, Buffer.from(secret)),
        created_at: new Date(deps.clock.now()),
      },
      await latestPosition(tx),
      `${actor.kind}:${actor.id}`,
    );
    await record(deps, tx, actor, 'create', id, { name: input.name, events: input.events });
    const row = await readWebhook(tx, id);
    if (!row) throw noSuchWebhook();
    return { ...present(row), secret };
  });
}

/** All on one page: there are few. */
export async function listWebhooks(
  deps: Pick<WebhookDeps, 'database'>,
  actor: TenantPrincipal,
): Promise<PageAnswer<Webhook>> {
  requirePermission(actor, 'webhooks.manage');
  const rows = await deps.database.withTenant(actor.organizationId, readWebhooks, { readOnly: true });
  return { items: rows.map(present) };
}

export async function getWebhook(
  deps: Pick<WebhookDeps, 'database'>,
  actor: TenantPrincipal,
  id: string,
): Promise<Webhook> {
  requirePermission(actor, 'webhooks.manage');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => readWebhook(tx, id), {
    readOnly: true,
  });
  if (!row) throw noSuchWebhook();
  return present(row);
}

/** What happened while it was disabled is not told when it is enabled: that is what replaying is for. */
export async function changeWebhook(
  deps: WebhookDeps,
  actor: TenantPrincipal,
  id: string,
  change: WebhookChange,
): Promise<Webhook> {
  requirePermission(actor, 'webhooks.manage');
  const url = change.url === undefined ? undefined : checkedUrl(change.url);
  if (change.events) requireHearing(actor, change.events);
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, id);
    const state = change.state ?? row.state;
    const wakes = row.state === 'disabled' && state === 'enabled';
    await changeWebhookRow(
      tx,
      {
        webhook_id: id,
        name: change.name ?? row.name,
        url: url ?? row.url,
        events: change.events ?? row.events,
        state,
        state_reason: state === 'enabled' ? null : 'disabled by an administrator',
      },
      wakes ? await latestPosition(tx) : { transaction: row.position_transaction, event: row.position_event },
    );
    await record(deps, tx, actor, 'change', id, { changed: Object.keys(change) });
    const after = await readWebhook(tx, id);
    if (!after) throw noSuchWebhook();
    return present(after);
  });
}

export async function deleteWebhook(deps: WebhookDeps, actor: TenantPrincipal, id: string): Promise<void> {
  requirePermission(actor, 'webhooks.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await held(tx, id);
    await dropWebhook(tx, id);
    await record(deps, tx, actor, 'delete', id);
  });
}

/** Both secrets sign for a day, so that the receiver can change over without losing a message (HOOK-05). */
export async function rotateSecret(
  deps: WebhookDeps,
  actor: TenantPrincipal,
  id: string,
): Promise<{ secret: string; previousUntil: string }> {
  requirePermission(actor, 'webhooks.manage');
  const secret = newSecret();
  const until = new Date(deps.clock.now() + webhookLimits.overlapMs);
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, id);
    const present_ = await deps.sealer.open(tx, 'webhooks.secret', id, row.secret);
    await storeSecret(
      tx,
      id,
      await deps.sealer.seal(tx, 'webhooks.secret', id, Buffer.from(secret)),
      await deps.sealer.seal(tx, 'webhooks.previous_secret', id, present_),
      until,
    );
    await record(deps, tx, actor, 'rotate-secret', id);
  });
  return { secret, previousUntil: until.toISOString() };
}

export async function pingWebhook(
  deps: WebhookAdministrationDeps,
  actor: TenantPrincipal,
  id: string,
): Promise<{ deliveryId: string; messageId: string }> {
  requirePermission(actor, 'webhooks.manage');
  const slug = await deps.slugOf(actor.organizationId);
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await held(tx, id);
    const [deliveryId, messageId] = [newId(), `ping_${newId()}`];
    const now = new Date(deps.clock.now());
    const body = bodyOf(messageId, 'ping', now, slug, {});
    await storeDeliveries(
      tx,
      id,
      [{ delivery_id: deliveryId, message_id: messageId, event_name: 'ping', body }],
      now,
    );
    await record(deps, tx, actor, 'ping', id);
    return { deliveryId, messageId };
  });
}

export async function listDeliveries(
  deps: Pick<WebhookDeps, 'database'>,
  actor: TenantPrincipal,
  id: string,
  page: PageRequest,
): Promise<PageAnswer<WebhookDelivery>> {
  requirePermission(actor, 'webhooks.manage');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      if (!(await readWebhook(tx, id))) throw noSuchWebhook();
      const before = page.after?.[0];
      const rows = await readDeliveries(
        tx,
        id,
        before === undefined ? undefined : String(before),
        page.limit + 1,
      );
      return pageOfRows(
        rows,
        page.limit,
        (row) => ({
          id: row.delivery_id,
          messageId: row.message_id,
          event: row.event_name,
          state: row.state,
          attempts: row.attempts,
          lastStatus: row.last_status,
          lastFailure: row.last_failure,
          nextAttemptAt: row.state === 'waiting' ? row.next_attempt_at.toISOString() : null,
          createdAt: row.created_at.toISOString(),
          finishedAt: row.finished_at?.toISOString() ?? null,
        }),
        (row) => [row.delivery_no],
      );
    },
    { readOnly: true },
  );
}

export async function retryDelivery(
  deps: WebhookDeps,
  actor: TenantPrincipal,
  id: string,
  deliveryId: string,
): Promise<{ deliveryId: string; messageId: string }> {
  requirePermission(actor, 'webhooks.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await held(tx, id);
    const again = newId();
    const copied = await repeatDelivery(tx, id, deliveryId, again);
    if (!copied) throw new DomainError('not-found', 'There is no such delivery');
    await record(deps, tx, actor, 'retry', id, { deliveryId });
    return { deliveryId: again, messageId: copied.message_id };
  });
}

/** Under the ids that the messages had, so that a receiver that has one knows it. */
export async function replayEvents(
  deps: WebhookAdministrationDeps,
  actor: TenantPrincipal,
  id: string,
  { from, until, events }: WebhookReplay,
): Promise<{ queued: number; more: boolean; next: string | null }> {
  requirePermission(actor, 'webhooks.manage');
  if (events) requireHearing(actor, events);
  const slug = await deps.slugOf(actor.organizationId);
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await held(tx, id);
    const now = new Date(deps.clock.now());
    const most = webhookLimits.replay;
    const found = await readEventsBetween(
      tx,
      new Date(from),
      // Events bear the time of the database: by our clock the last of them may lie ahead.
      until === undefined ? 'infinity' : new Date(until),
      events ?? row.events,
      most + 1,
    );
    const some = found.slice(0, most);
    await storeDeliveries(
      tx,
      id,
      some.map((event) => {
        const message = messageOf(slug, event);
        return { delivery_id: newId(), message_id: message.id, event_name: event.name, body: message.body };
      }),
      now,
    );
    await record(deps, tx, actor, 'replay', id, { queued: some.length });
    const next = found.length > most ? (found.at(-1)?.createdAt.toISOString() ?? null) : null;
    return { queued: some.length, more: next !== null, next };
  });
}
