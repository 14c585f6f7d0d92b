// The audit record with its proofs, as lines: what `gatehouse audit verify` checks without the server.
import { emptyChain } from '@gatehouse/core/audit/chain.ts';
import { exportCheckpoint, exportEntry, exportHeader } from '@gatehouse/core/audit/export.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { checkpointsWithin, type SealedRow, sealedEntries } from './read-queries.ts';
import { recordAudit } from './record-audit.ts';
import { type SealDeps, sealOrganization } from './seal-audit.ts';
import { auditKeys, chainHead } from './seal-queries.ts';
import { publicKeyOf } from './signing-key.ts';

const batch = 500;

/**
 * Records the export itself, seals and signs everything up to it, and returns the lines, each with its line end. The
 * lines are read in batches while the receiver takes them.
 */
export async function exportAudit(deps: SealDeps, actor: TenantPrincipal): Promise<AsyncGenerator<string>> {
  requirePermission(actor, 'audit.export');
  const { organizationId } = actor;
  await deps.database.withTenant(organizationId, (tx) =>
    recordAudit(tx, { actor, action: 'audit.export', outcome: 'done' }),
  );
  return provenLines(deps, organizationId);
}

/** Everything up to this moment, sealed and signed: a header, then entries and checkpoints in the order of the chain. */
export async function provenLines(deps: SealDeps, organizationId: string): Promise<AsyncGenerator<string>> {
  await sealOrganization(deps, organizationId, { checkpoint: true });
  const { keys, upTo } = await deps.database.withTenant(
    organizationId,
    async (tx) => {
      const [rows, head] = await Promise.all([auditKeys(tx), chainHead(tx)]);
      return { keys: rows.map((row) => publicKeyOf(row.public_key)), upTo: head?.seq ?? 0 };
    },
    { readOnly: true },
  );
  return lines(deps, organizationId, exportHeader(organizationId, emptyChain, null, keys), upTo);
}

async function* lines(
  deps: Pick<SealDeps, 'database'>,
  organizationId: string,
  header: string,
  upTo: number,
): AsyncGenerator<string> {
  yield `${header}\n`;
  for (let after = 0; after < upTo; ) {
    const start = after;
    const [rows, tokens] = await deps.database.withTenant(
      organizationId,
      async (tx) => {
        const found = await sealedEntries(tx, { after: start, upTo, limit: batch });
        return [found, await checkpointsWithin(tx, start, found.at(-1)?.seq ?? start)] as const;
      },
      { readOnly: true },
    );
    if (rows.length === 0) return;
    const tokenAt = new Map(tokens.map(({ seq, token }) => [seq, token]));
    for (const row of rows) {
      yield `${entryLine(row)}\n`;
      const token = tokenAt.get(row.seq);
      if (token !== undefined) yield `${exportCheckpoint(token)}\n`;
      after = row.seq;
    }
  }
}

function entryLine({ content, seq, hash, personal }: SealedRow): string {
  const values = Object.entries(personal ?? {}).map(
    ([name, { salt, value }]) => [name, { salt: Buffer.from(salt, 'hex'), value }] as const,
  );
  return exportEntry({ ...content, seq }, hash, Object.fromEntries(values));
}
