// The record held against its own proofs, here, for the page that shows it. Who does not trust this server verifies an export
// elsewhere (`gatehouse audit verify`).
import type { AuditVerification } from '@gatehouse/contracts/admin/audit.ts';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import { verifyExport } from '@gatehouse/core/audit/verify.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { enqueue, type SingleJob } from '../../kernel/jobs/jobs.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { provenLines } from './export-audit.ts';
import { recordAudit } from './record-audit.ts';
import type { SealDeps } from './seal-audit.ts';
import { auditKeys, chainHead } from './seal-queries.ts';
import { publicKeyOf } from './signing-key.ts';
import {
  beginVerification,
  finishVerification,
  selectVerification,
  type VerificationRow,
} from './verification-queries.ts';

const kind = 'verify-audit';
/** Enough to know where it is broken; the count says how much more there is. */
const shownProblems = 20;

/** How far the record reaches, and what the last verification came to. */
export async function readVerification(
  deps: Pick<SealDeps, 'database'>,
  actor: TenantPrincipal,
): Promise<AuditVerification> {
  requirePermission(actor, 'audit.read');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const [head, row] = await Promise.all([chainHead(tx), selectVerification(tx)]);
      return { entries: head?.seq ?? 0, last: row && presentVerification(row) };
    },
    { readOnly: true },
  );
}

function presentVerification(row: VerificationRow): NonNullable<AuditVerification['last']> {
  const outcome = row.problem_count === 0 ? 'whole' : 'broken';
  return {
    state: row.finished_at === null ? 'running' : outcome,
    askedAt: row.asked_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    verifiedTo: row.verified_to,
    signedTo: row.signed_to,
    problemCount: row.problem_count,
    problems: [...row.problems],
  };
}

/** Has the whole record verified in the background; a verification that is under way goes on. */
export async function askForVerification(
  deps: Pick<SealDeps, 'database' | 'clock'> & { readonly wakeWorker: () => void },
  actor: TenantPrincipal,
): Promise<void> {
  requirePermission(actor, 'audit.export');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await recordAudit(tx, { actor, action: 'audit.verify', outcome: 'done' });
    await beginVerification(tx, new Date(deps.clock.now()));
    await enqueue(tx, { kind, key: 'whole', payload: {} });
    tx.afterCommit(deps.wakeWorker);
  });
}

export const auditJobs = (deps: SealDeps): Readonly<Record<typeof kind, SingleJob<object>>> => ({
  [kind]: {
    parse: () => ({}),
    async outside(organizationId) {
      const lines = await provenLines(deps, organizationId);
      const keys = await deps.database.withTenant(
        organizationId,
        async (tx) => (await auditKeys(tx)).map((row) => publicKeyOf(row.public_key)),
        { readOnly: true },
      );
      const result = await verifyExport(withoutEnds(lines), { verifySignature: checkpointVerifier(keys) });
      await deps.database.withTenant(organizationId, (tx) =>
        finishVerification(tx, {
          at: new Date(deps.clock.now()),
          verifiedTo: result.lastSeq,
          signedTo: result.checkpointedSeq,
          problemCount: result.problemCount,
          problems: result.problems
            .slice(0, shownProblems)
            .map((problem) => ({ kind: problem.kind, seq: problem.seq, message: problem.message })),
        }),
      );
    },
  },
});

async function* withoutEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield line.trimEnd();
}
