// Writes an audit entry in the transaction of the use-case: if the entry cannot be written, the action does not happen.
// The sealer gives it its number and its link shortly after (seal-audit.ts).
import type { Actor, ActorKind } from '@gatehouse/core/actor.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import { contentText, contentTextHash } from '@gatehouse/core/audit/chain.ts';
import { commitmentOf, newSalt } from '@gatehouse/core/audit/commitment.ts';
import type { AuditChannel, AuditContent, AuditOutcome } from '@gatehouse/core/audit/entry.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { insertEntry, insertPlainEntries, type PersonalValue } from './queries.ts';

export interface NewAuditEntry {
  readonly actor: Pick<Actor, 'kind' | 'id' | 'requestId'>;
  /** `users.create`, `devices.full-wipe` */
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string };
  readonly outcome: AuditOutcome;
  readonly reason?: string;
  /** What every reader of the record may see: never a secret, never a personal value. */
  readonly show?: Readonly<Record<string, Json>>;
  /** Personal values: kept beside the entry, erasable; the entry only commits to them. */
  readonly personal?: Readonly<Record<string, string | null | undefined>>;
  /** Default: the actor's. */
  readonly requestId?: string;
  /** The way in; by default what fits the kind of actor. */
  readonly via?: AuditChannel;
}

const usualChannel: Record<ActorKind, AuditChannel> = {
  administrator: 'api',
  token: 'api',
  user: 'api',
  local: 'cli',
  device: 'agent',
  system: 'job',
};

/** An entry as it is stored. */
export interface ComposedEntry {
  /** Canonical JSON of the content. */
  readonly text: string;
  readonly hash: Buffer;
  readonly values: readonly PersonalValue[];
}

/** For statements that write an entry together with what it tells of; everybody else uses {@link recordAudit}. */
export function composeEntry(organizationId: string, entry: NewAuditEntry): ComposedEntry {
  const values = Object.entries(entry.personal ?? {})
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    .map(([name, value]) => ({ name, value, salt: newSalt() }));
  const content: AuditContent = {
    v: 1,
    org: organizationId,
    time: new Date().toISOString(),
    actor: { kind: entry.actor.kind, id: entry.actor.id },
    via: entry.via ?? usualChannel[entry.actor.kind],
    action: entry.action,
    target: entry.target ? { kind: entry.target.kind, id: entry.target.id } : null,
    outcome: entry.outcome,
    reason: entry.reason ?? null,
    requestId: entry.requestId ?? entry.actor.requestId ?? null,
    show: entry.show ?? {},
    commitments: Object.fromEntries(values.map(({ name, salt, value }) => [name, commitmentOf(salt, value)])),
  };
  const text = contentText(content);
  return { text, hash: contentTextHash(text), values };
}

/** May be sent without awaiting: a failure still fails the transaction. */
export async function recordAudit(tx: TenantTx, entry: NewAuditEntry): Promise<void> {
  await insertEntry(tx, composeEntry(tx.organizationId, entry));
}

/** Many entries in one statement, in the order given. */
export async function recordAudits(tx: TenantTx, entries: readonly NewAuditEntry[]): Promise<void> {
  const composed = entries.map((entry) => composeEntry(tx.organizationId, entry));
  const plain = composed.filter(({ values }) => values.length === 0);
  await Promise.all([
    plain.length === 0 ? undefined : insertPlainEntries(tx, plain),
    ...composed.filter(({ values }) => values.length > 0).map((each) => insertEntry(tx, each)),
  ]);
}
