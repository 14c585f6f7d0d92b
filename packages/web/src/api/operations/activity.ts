/** The audit record and background work. */
import type { AuditEntry, AuditVerification } from '@gatehouse/contracts/admin/audit.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export interface AuditQuery extends Paging {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly outcome?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export const listAuditEntries = operation<{ query: AuditQuery; answer: PageOf<AuditEntry> }>()(
  'listAuditEntries',
  'GET',
  '/audit',
);
export const exportAudit = operation<{ answer: string }>()('exportAudit', 'GET', '/audit/export');
export const getAuditVerification = operation<{ answer: AuditVerification }>()(
  'getAuditVerification',
  'GET',
  '/audit/verification',
);
export const verifyAudit = operation()('verifyAudit', 'POST', '/audit/verification');

export interface DeadJob {
  readonly id: string;
  readonly kind: string;
  readonly attempts: number;
  readonly lastError?: string;
  readonly createdAt: string;
}
export const listDeadJobs = operation<{ query: Paging; answer: PageOf<DeadJob> }>()(
  'listDeadJobs',
  'GET',
  '/jobs/dead',
);
export const retryDeadJob = operation()('retryDeadJob', 'POST', '/jobs/dead/:jobId/retry');
