// Sends what webhooks are for: one loop for each, so that a receiver that is slow or down delays nobody else. The loop reads the
// events on from where it was, writes the messages down, and sends them until they are taken or twelve attempts have failed.
import { randomInt } from 'node:crypto';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { OutboundError } from '../../kernel/outbound/outbound-error.ts';
import { readOutbox } from '../../kernel/outbox.ts';
import { raiseAlert } from '../../modules/alerts/index.ts';
import { recordAudit } from '../../modules/audit/index.ts';
import { type WebhookSenderDeps, webhookLimits } from './deps.ts';
import { messageOf, signatureOf } from './message.ts';
import {
  changeWebhookRow,
  type ClaimedDelivery,
  dropFinished,
  findWebhooksWithWork,
  readWebhookForChange,
  type SettledDelivery,
  storeDeliveries,
  storeHealth,
  storeOutcomes,
  storePosition,
  takeDeliveries,
  type WebhookRow,
} from './queries.ts';

export interface WebhookSender {
  readonly tasks: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[];
  close(): Promise<void>;
}

interface Taken {
  readonly webhook: WebhookRow;
  readonly secrets: readonly string[];
  readonly deliveries: readonly ClaimedDelivery[];
  /** Events were read, or all that could be claimed was: there may be more. */
  readonly more: boolean;
}

interface Outcome {
  readonly status: number | null;
  readonly failure: string | null;
}

export function openWebhooks(deps: WebhookSenderDeps): WebhookSender {
  const loops = new Map<string, Promise<void>>();
  const closed = new AbortController();

  async function sweep(): Promise<void> {
    const now = new Date(deps.clock.now());
    const found = await deps.database.withSystem('find-due-work', (tx) => findWebhooksWithWork(tx, now));
    for (const { organization_id: organizationId, webhook_id: webhookId } of found) {
      const key = `${organizationId}/${webhookId}`;
      if (loops.has(key) || closed.signal.aborted) continue;
      const loop = work(organizationId, webhookId)
        .catch((error: unknown) =>
          deps.log.warn({ err: error, webhook: webhookId }, 'a webhook is tried again'),
        )
        .finally(() => loops.delete(key));
      loops.set(key, loop);
    }
  }

  async function work(organizationId: string, webhookId: string): Promise<void> {
    const slug = await deps.slugOf(organizationId);
    for (;;) {
      const taken = await deps.database.withTenant(organizationId, (tx) => take(tx, webhookId, slug));
      if (taken === undefined) return;
      const outcomes = await sendAll(taken);
      await deps.database.withTenant(organizationId, (tx) => settle(tx, taken, outcomes));
      const failed = [...outcomes.values()].some(({ failure }) => failure !== null);
      if (failed || !taken.more || closed.signal.aborted) return;
    }
  }

  /** Under the webhook's lock: two servers never read the same events for it. */
  async function take(tx: TenantTx, webhookId: string, slug: string): Promise<Taken | undefined> {
    const webhook = await readWebhookForChange(tx, webhookId);
    const now = new Date(deps.clock.now());
    if (webhook?.state !== 'enabled' || (webhook.retry_at !== null && webhook.retry_at > now))
      return undefined;
    let read = 0;
    if (webhook.waiting < webhookLimits.waiting) {
      const place = { transaction: webhook.position_transaction, event: webhook.position_event };
      const events = await readOutbox(tx, place, webhookLimits.readAtOnce);
      read = events.length;
      const wanted = new Set(webhook.events);
      await storeDeliveries(
        tx,
        webhookId,
        events.flatMap((event) => {
          if (!wanted.has(event.name)) return [];
          const { id, body } = messageOf(slug, event);
          return [{ delivery_id: newId(), message_id: id, event_name: event.name, body }];
        }),
        now,
      );
      const last = events.at(-1);
      if (last) await storePosition(tx, webhookId, last.position);
    }
    const most = webhook.failing_since === null ? webhookLimits.sendAtOnce : 1;
    const deliveries = await takeDeliveries(tx, webhookId, most, now);
    return {
      webhook,
      secrets: await openSecrets(tx, webhook, now),
      deliveries,
      more: read > 0 || deliveries.length === most,
    };
  }

  async function openSecrets(tx: TenantTx, row: WebhookRow, now: Date): Promise<string[]> {
    const { webhook_id: id } = row;
    const secrets = [(await deps.sealer.open(tx, 'webhooks.secret', id, row.secret)).toString()];
    if (row.previous_secret !== null && row.previous_until !== null && row.previous_until > now)
      secrets.push(
        (await deps.sealer.open(tx, 'webhooks.previous_secret', id, row.previous_secret)).toString(),
      );
    return secrets;
  }

  async function sendAll({
    webhook,
    secrets,
    deliveries,
  }: Taken): Promise<ReadonlyMap<ClaimedDelivery, Outcome>> {
    const outcomes = new Map<ClaimedDelivery, Outcome>();
    const left = [...deliveries];
    // The first failure keeps back the rest: one message then tries whether the receiver is back.
    let down = false;
    await Promise.all(
      Array.from({ length: webhookLimits.inFlight }, async () => {
        for (
          let each = left.shift();
          each !== undefined && !down && !closed.signal.aborted;
          each = left.shift()
        ) {
          const outcome = await send(webhook, secrets, each);
          outcomes.set(each, outcome);
          if (outcome.failure !== null) down = true;
        }
      }),
    );
    return outcomes;
  }

  async function send(
    webhook: WebhookRow,
    secrets: readonly string[],
    delivery: ClaimedDelivery,
  ): Promise<Outcome> {
    const seconds = Math.floor(deps.clock.now() / 1_000);
    try {
      const { status } = await deps.outbound.request(new URL(webhook.url), {
        headers: {
          'content-type': 'application/json',
          'webhook-id': delivery.message_id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signatureOf(secrets, delivery.message_id, seconds, delivery.body),
        },
        body: delivery.body,
      });
      return { status, failure: status >= 200 && status < 300 ? null : `status ${status}` };
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return { status: null, failure: error.reason };
    }
  }

  async function settle(
    tx: TenantTx,
    { webhook, deliveries }: Taken,
    outcomes: ReadonlyMap<ClaimedDelivery, Outcome>,
  ) {
    const { webhook_id: id } = webhook;
    const now = deps.clock.now();
    const settled = deliveries.map((delivery): SettledDelivery => {
      const outcome = outcomes.get(delivery);
      const { delivery_no, attempts } = delivery;
      // Not tried: as if it had not been taken.
      if (outcome === undefined)
        return {
          delivery_no,
          state: 'waiting',
          status: null,
          failure: null,
          attempts: attempts - 1,
          next: null,
        };
      const { status, failure } = outcome;
      if (failure === null) return { delivery_no, state: 'delivered', status, failure, attempts, next: null };
      return attempts >= webhookLimits.attempts
        ? { delivery_no, state: 'failed', status, failure, attempts, next: null }
        : {
            delivery_no,
            state: 'waiting',
            status,
            failure,
            attempts,
            next: new Date(now + retryDelayMs(attempts)),
          };
    });
    if (settled.length > 0) await storeOutcomes(tx, id, settled, new Date(now));
    const results = [...outcomes.values()];
    // RFC 9110 section 15.5.11: whoever is gone does not want to be called.
    if (results.some(({ status }) => status === 410)) return disable(tx, webhook);
    const failure = results.find((each) => each.failure !== null)?.failure ?? null;
    if (failure !== null)
      await storeHealth(
        tx,
        id,
        failure,
        new Date(now),
        new Date(now + retryDelayMs(Math.min(webhook.failures + 1, 7))),
      );
    else if (webhook.failing_since !== null && results.length > 0)
      await storeHealth(tx, id, null, new Date(now), null);
    if (settled.some(({ state }) => state === 'failed'))
      await raiseAlert(deps, tx, {
        kind: 'signals-interrupted',
        severity: 'warning',
        subject: { kind: 'webhook', id },
        detail: { what: 'webhook-fails', receiver: webhook.name },
        more: { failure: failure ?? '' },
        sameAs: `webhook ${id}`,
      });
  }

  async function disable(tx: TenantTx, webhook: WebhookRow): Promise<void> {
    const { webhook_id: id } = webhook;
    const row = await readWebhookForChange(tx, id);
    if (!row) return;
    const place = { transaction: row.position_transaction, event: row.position_event };
    await changeWebhookRow(
      tx,
      { ...row, state: 'disabled', state_reason: 'the receiver says that it is gone' },
      place,
    );
    await recordAudit(tx, {
      actor: { kind: 'system', id: 'webhooks' },
      action: 'webhooks.disable',
      target: { kind: 'webhook', id },
      outcome: 'done',
      reason: 'gone',
    });
    await deps.events.emit(tx, {
      name: 'webhook.changed',
      subjectId: id,
      payload: { webhookId: id, what: 'disable' },
    });
    await raiseAlert(deps, tx, {
      kind: 'signals-interrupted',
      severity: 'warning',
      subject: { kind: 'webhook', id },
      detail: { what: 'webhook-gone', receiver: webhook.name },
      sameAs: `webhook ${id}`,
    });
  }

  return {
    tasks: [
      { name: 'webhooks-send', everyMs: 1_000, run: sweep },
      {
        name: 'webhooks-purge',
        everyMs: 3_600_000,
        async run() {
          const { deliveredDays, failedDays } = webhookLimits;
          await deps.database.withSystem('purge-expired', (tx) =>
            dropFinished(tx, deliveredDays, failedDays),
          );
        },
      },
    ],
    async close() {
      closed.abort();
      await Promise.all(loops.values());
    },
  };
}

/** 5 s, 10 s, 20 s … three hours, with a spread: twelve attempts take more than half a day. */
function retryDelayMs(attempt: number): number {
  return Math.min(10_800_000, 5_000 * 2 ** (attempt - 1)) * (0.75 + randomInt(500) / 1_000);
}
