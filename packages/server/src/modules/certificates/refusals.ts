// Refusals go into the audit record, but whoever is refused must not be able to fill it: the first of a kind is written at
// once, the rest of its minute as one entry with their number (ENR-T02).
import type { Actor } from '@gatehouse/core/actor.ts';
import type { AuditChannel } from '@gatehouse/core/audit/entry.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Log } from '../../kernel/log.ts';
import { recordAudit } from '../audit/index.ts';

export interface Refusal {
  readonly organizationId: string;
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string } | undefined;
  readonly reason: string;
  readonly requestId?: string | undefined;
  /** The way in; default `agent`. */
  readonly via?: AuditChannel;
}

export interface Refusals {
  /** Never throws and never waits: a refusal must not fail or slow down because it could not be written. */
  note(refusal: Refusal): void;
  /** Writes what has been counted and waits for all of it. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const windowMs = 60_000;
const maxKinds = 2_000;

export function createRefusals(deps: {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
  readonly log: Log;
}): Refusals {
  const open = new Map<string, { refusal: Refusal; count: number; since: number }>();
  const writing = new Set<Promise<void>>();

  function write(refusal: Refusal, count: number): void {
    const { organizationId, requestId, target, ...entry } = refusal;
    const written = deps.database
      .withTenant(organizationId, (tx) =>
        recordAudit(tx, {
          via: 'agent',
          ...entry,
          outcome: 'refused',
          ...(target === undefined ? {} : { target }),
          ...(requestId === undefined || count > 1 ? {} : { requestId }),
          show: { count },
        }),
      )
      .catch((error: unknown) => deps.log.error({ err: error }, 'a refusal could not be audited'));
    const tracked: Promise<void> = written.finally(() => writing.delete(tracked));
    writing.add(tracked);
  }

  function turn(everything: boolean): void {
    const now = deps.clock.now();
    for (const [key, entry] of open) {
      if (!everything && now - entry.since < windowMs) continue;
      open.delete(key);
      if (entry.count > 0) write(entry.refusal, entry.count);
    }
  }

  const timer = setInterval(() => turn(false), windowMs / 4);
  timer.unref();

  return {
    note(refusal) {
      const { organizationId, action, reason, target } = refusal;
      const key = JSON.stringify([organizationId, action, reason, target?.id ?? '']);
      const known = open.get(key);
      if (known) {
        known.count += 1;
        return;
      }
      if (open.size >= maxKinds) turn(true);
      open.set(key, { refusal, count: 0, since: deps.clock.now() });
      write(refusal, 1);
    },
    async flush() {
      turn(true);
      await Promise.all(writing);
    },
    async close() {
      clearInterval(timer);
      turn(true);
      await Promise.all(writing);
    },
  };
}
