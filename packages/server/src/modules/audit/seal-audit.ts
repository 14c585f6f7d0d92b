// Links what use-cases wrote into one chain per organization, in the order of commits, and signs checkpoints of it.
// Runs about once a second; several servers may run it, one at a time per organization.
import {
  type CanonicalContent,
  canonicalContent,
  emptyChain,
  linkContents,
} from '@gatehouse/core/audit/chain.ts';
import { checkpointOf, signCheckpoint } from '@gatehouse/core/audit/checkpoint.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Log } from '../../kernel/log.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import { recordAudit } from './record-audit.ts';
import {
  chainHead,
  insertCheckpoint,
  lastCheckpoint,
  insertLinks,
  lockChain,
  noteLinkedBefore,
  organizationsToSeal,
  readSealing,
  type UnsealedRow,
  unsealedEntries,
} from './seal-queries.ts';
import { signingKey } from './signing-key.ts';

export interface SealDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Log;
}

const batch = 1_000;
const checkpointEvery = { entries: 1_000, milliseconds: 60_000 } as const;

/** Seals every organization that has something to seal. @returns the number of entries linked. */
export async function sealAudit(deps: SealDeps): Promise<number> {
  const before = new Date(deps.clock.now() - checkpointEvery.milliseconds);
  const due = await deps.database.withSystem('find-due-work', (tx) => organizationsToSeal(tx, before));
  let linked = 0;
  for (const organizationId of due) linked += await sealOrganization(deps, organizationId);
  return linked;
}

/** @param options.checkpoint sign one now if the chain is ahead of the last, however young that is. */
export async function sealOrganization(
  deps: SealDeps,
  organizationId: string,
  options: { checkpoint?: boolean } = {},
): Promise<number> {
  let total = 0;
  for (;;) {
    const linked = await deps.database.withTenant(organizationId, async (tx) => {
      if (!(await lockChain(tx))) return 0;
      const count = await linkBatch(deps, tx);
      if (count < batch) await checkpointIfDue(deps, tx, options.checkpoint === true);
      return count;
    });
    total += linked;
    if (linked < batch) return total;
  }
}

async function linkBatch(deps: SealDeps, tx: TenantTx): Promise<number> {
  const sealing = await readSealing(tx);
  const rows = await unsealedEntries(tx, sealing, batch);
  const last = rows.at(-1);
  if (last === undefined) {
    if (sealing.oldest !== sealing.linkedBefore) await noteLinkedBefore(tx, sealing.oldest);
    return 0;
  }
  const contents = rows.map((row) => canonicalContent(row.content));
  for (const [index, row] of rows.entries()) await reportIfAltered(deps, tx, row, contents[index]);
  const links = linkContents(sealing.head ?? emptyChain, contents);
  await insertLinks(
    tx,
    {
      firstSeq: links[0]?.seq ?? 0,
      entryIds: rows.map((row) => row.entry_id),
      hashes: links.map(({ hash }) => hash),
      lastTransaction: last.transaction,
    },
    rows.length < batch ? sealing.oldest : earlier(sealing.oldest, last.transaction),
  );
  return rows.length;
}

/** Of two numbers of transactions. */
function earlier(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

/** Between the write and the link only the content hash guards an entry: a mismatch goes on the record itself. */
async function reportIfAltered(
  deps: SealDeps,
  tx: TenantTx,
  row: UnsealedRow,
  content: CanonicalContent | undefined,
): Promise<void> {
  if (content?.hash.equals(row.content_hash) === true) return;
  deps.log.error(
    { organizationId: tx.organizationId, entryId: row.entry_id },
    'an audit entry was altered before it was sealed',
  );
  await recordAudit(tx, {
    actor: systemActor('audit-sealer', tx.organizationId),
    action: 'audit.altered-entry-found',
    target: { kind: 'audit-entry', id: row.entry_id },
    outcome: 'failed',
    reason: 'content-hash-mismatch',
    show: { writtenHash: row.content_hash.toString('hex') },
  });
}

async function checkpointIfDue(deps: SealDeps, tx: TenantTx, now: boolean): Promise<void> {
  const [head, last] = await Promise.all([chainHead(tx), lastCheckpoint(tx)]);
  if (!head || head.seq === last?.seq) return;
  const count = head.seq - (last?.seq ?? 0);
  const age = last ? deps.clock.now() - last.created_at.getTime() : Number.POSITIVE_INFINITY;
  if (!now && count < checkpointEvery.entries && age < checkpointEvery.milliseconds) return;
  const createdAt = new Date(deps.clock.now());
  const key = await signingKey(tx, deps.sealer, deps.clock.now());
  const checkpoint = checkpointOf(tx.organizationId, head, count, createdAt.toISOString());
  const token = await signCheckpoint(checkpoint, key.keyId, key.sign);
  await insertCheckpoint(tx, { seq: head.seq, hash: head.hash, token, createdAt });
  // The file log is the copy outside the database: it shows a cut tail, and a chain rewritten with another key.
  tx.afterCommit(() => {
    const { organizationId } = tx;
    if (key.isNew) deps.log.info({ organizationId, key: key.publicKey }, 'audit checkpoint key');
    deps.log.info({ organizationId, seq: head.seq, checkpoint: token }, 'audit checkpoint');
  });
}
