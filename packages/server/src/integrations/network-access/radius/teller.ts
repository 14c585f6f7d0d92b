// Tells network devices that a session has to be authorized anew: after the commit of the decision, and once for all changes that
// came meanwhile. What the device asks then is answered from the decision as it is at that moment.
import { randomInt } from 'node:crypto';
import type { RadiusSender } from '@gatehouse/clients/radius/index.ts';
import type { GateDeps } from '../gate-deps.ts';
import { createTellingLoop, type TellingLoop } from '../telling-loop.ts';
import { createNasHealth } from './nas-health.ts';
import { createNasPace, patienceMs } from './nas-pace.ts';
import {
  claimDue,
  dropSessions,
  type DueSession,
  organizationsWithDueSessions,
  settleSessions,
} from './tell-queries.ts';
import type { TellingOutcome } from './telling-outcome.ts';
import { type ComposedTelling, composeTelling, vendorTemplates } from './vendor-templates.ts';

export interface TellerDeps extends GateDeps {
  readonly sender: RadiusSender;
  count(outcome: string): void;
}

type Item = DueSession & { readonly key: Buffer };

/** After so many seconds a network device that was not reached is tried again. */
const againAfter = [30, 60, 120, 300];

export function startTeller(deps: TellerDeps): TellingLoop {
  const pace = createNasPace(deps.clock);
  const health = createNasHealth(deps);

  async function tell(item: Item): Promise<TellingOutcome> {
    if (item.answered !== null && item.answered === item.decision) return { outcome: 'up-to-date' };
    const template = vendorTemplates[item.template];
    if (!item.enabled || template === undefined) return { outcome: 'not-told', cause: 'switched off' };
    const telling = composeTelling(template, item.tell, new Map(item.attributes));
    if (!telling) return { outcome: 'not-told', cause: 'the session has no name' };
    const wait = pace.turn(item.nas_id, item.most_per_second, await pace.room(item.nas_id));
    if (wait > patienceMs) return { outcome: 'later', afterMs: wait };
    try {
      return await send(item, telling, wait);
    } finally {
      pace.over(item.nas_id);
    }
  }

  async function send(item: Item, telling: ComposedTelling, wait: number): Promise<TellingOutcome> {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const outcome = await deps.sender.send({
      ...telling,
      nas: {
        address: item.address,
        port: item.port,
        secret: item.key,
        messageAuthenticator: item.message_authenticator,
      },
    });
    if (outcome.outcome === 'no-answer' || outcome.outcome === 'unreachable') pace.leaveAlone(item.nas_id);
    else if (outcome.outcome !== 'closed' && outcome.outcome !== 'queue-full') pace.answered(item.nas_id);
    return outcome;
  }

  /** When it is due again; null: done. */
  function dueAgain(item: Item, outcome: TellingOutcome, now: number): Date | null {
    switch (outcome.outcome) {
      case 'later':
        // spread, so that what waits for one device does not come back together
        return new Date(now + outcome.afterMs + randomInt(1_000));
      case 'closed':
      case 'queue-full':
        return new Date(now + 1_000);
      case 'no-answer':
      case 'unreachable':
      case 'busy':
        return new Date(now + 1_000 * (againAfter[Math.min(item.attempts, againAfter.length) - 1] ?? 30));
      default:
        return null;
    }
  }

  return createTellingLoop<Item, TellingOutcome>({
    log: deps.log,
    most: 10_000,
    organizationsWithDue: () =>
      deps.database.withSystem('find-due-work', (tx) =>
        organizationsWithDueSessions(tx, new Date(deps.clock.now())),
      ),
    claim: (organizationId, most) =>
      deps.database.withTenant(organizationId, async (tx) => {
        const due = await claimDue(tx, most, new Date(deps.clock.now()));
        const keys = new Map<string, Buffer>();
        for (const { nas_id: nasId, secret } of due) {
          if (!keys.has(nasId))
            keys.set(nasId, await deps.sealer.open(tx, 'nas_clients.secret', nasId, secret));
        }
        return due.map((item) => ({ ...item, key: keys.get(item.nas_id) ?? Buffer.alloc(0) }));
      }),
    tell: (_organizationId, item) => tell(item),
    async settle(organizationId, told) {
      const now = deps.clock.now();
      for (const [, { outcome }] of told) deps.count(outcome);
      const gone = told.filter(([, { outcome }]) => outcome === 'session-gone');
      const rest = told.filter(([, { outcome }]) => outcome !== 'session-gone');
      await deps.database.withTenant(organizationId, async (tx) => {
        if (gone.length > 0)
          await dropSessions(
            tx,
            gone.map(([item]) => item.session_id),
          );
        if (rest.length > 0) {
          await settleSessions(
            tx,
            rest.map(([item, outcome]) => ({
              sessionId: item.session_id,
              revision: item.revision,
              dueAt: dueAgain(item, outcome, now),
            })),
          );
        }
        await health.note(
          tx,
          told.map(([item, outcome]) => [item.nas_id, outcome]),
          now,
        );
      });
    },
  });
}
