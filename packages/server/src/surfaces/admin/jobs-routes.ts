// Background work that failed for good: seen and tried again. The queue is the kernel's, so these use-cases live with the
// surface that offers them.
import { DeadJob, JobId } from '@gatehouse/contracts/admin/jobs.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type AdminRoute, defineRoute, listRoute, pageOfRows } from '../../kernel/http/route.ts';
import { type DeadJobRow, reviveJob, selectDeadJobs } from '../../kernel/jobs/queries.ts';
import { recordAudit } from '../../modules/audit/index.ts';

export interface JobRoutesDeps {
  readonly database: Database;
  /** Makes the worker look at once. */
  readonly wakeWorker: () => void;
}

export const jobRoutes = (deps: JobRoutesDeps): AdminRoute[] => [
  listRoute({
    path: '/jobs/dead',
    operation: 'listDeadJobs',
    tag: 'jobs',
    summary: 'List background work that has failed for good',
    access: { permission: 'jobs.read' },
    item: DeadJob,
    async handle({ principal, page }) {
      const after = page.after === undefined ? '0' : String(page.after[0]);
      const rows = await deps.database.withTenant(
        principal.organizationId,
        (tx) => tx.query<DeadJobRow>(selectDeadJobs, [tx.organizationId, after, page.limit + 1]),
        { readOnly: true },
      );
      return pageOfRows(rows, page.limit, presentDeadJob, (row) => [row.job_id]);
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/jobs/dead/:jobId/retry',
    operation: 'retryDeadJob',
    tag: 'jobs',
    summary: 'Try failed background work again',
    access: { permission: 'jobs.retry' },
    params: { jobId: JobId },
    response: { 204: null },
    async handle({ principal, params }) {
      await deps.database.withTenant(principal.organizationId, async (tx) => {
        if ((await tx.run(reviveJob, [tx.organizationId, params.jobId])) === 0) {
          throw new DomainError(
            'not-found',
            'There is no such failed job, or a newer one waits in its place',
          );
        }
        await recordAudit(tx, {
          actor: principal,
          action: 'jobs.retry',
          target: { kind: 'job', id: params.jobId },
          outcome: 'done',
        });
        tx.afterCommit(deps.wakeWorker);
      });
    },
  }),
];

function presentDeadJob(row: DeadJobRow) {
  return {
    id: row.job_id,
    kind: row.kind,
    attempts: row.attempts,
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    createdAt: row.created_at.toISOString(),
  };
}
