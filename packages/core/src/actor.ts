/**
 * Who does something. An Actor is what the audit record keeps; a Principal is an actor that has been authenticated for
 * this request, with the rights that hold at this moment (ADM-15: rights are read per request, never remembered).
 */
import type { Permission } from './permissions/catalogue.ts';

export const actorKinds = ['administrator', 'token', 'device', 'user', 'local', 'system'] as const;
export type ActorKind = (typeof actorKinds)[number];

export interface Actor {
  readonly kind: ActorKind;
  /** Administrator, device or user id; the token's public id; the uid of a local caller; the job of the system. */
  readonly id: string;
  /** null for actors that stand above organizations: the operator on the server's own machine, the system itself. */
  readonly organizationId: string | null;
  /** How people know it, such as an e-mail address. A personal value: show it, never log it. */
  readonly label: string;
  /** The request in which it acts: audit record and log carry the same id. */
  readonly requestId?: string;
}

export interface Principal extends Actor {
  /** A built-in role's name or `custom:<role id>`. */
  readonly role: string;
  readonly permissions: ReadonlySet<Permission>;
  /** When this account last gained power, ms since the epoch (ADM-06); null for actors whose power does not come from a role. */
  readonly empoweredAt: number | null;
  /**
   * When the person at this browser showed a second factor last, ms since the epoch; null: not that we know. Absent for callers
   * that have none to show: tokens, the server's own operator, accounts that need none.
   */
  readonly provenAt?: number | null;
}

/** `administrator:0193…`, the form kept in columns and in the audit record: identifies without naming a person. */
export function actorReference(actor: Pick<Actor, 'kind' | 'id'>): string {
  return `${actor.kind}:${actor.id}`;
}

/** The system acting by itself: a job, a scheduled evaluation. */
export function systemActor(job: string, organizationId: string | null): Actor {
  return { kind: 'system', id: job, organizationId, label: job };
}
