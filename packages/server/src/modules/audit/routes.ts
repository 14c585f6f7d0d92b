import { Readable } from 'node:stream';
import { AuditEntry, AuditFilter, AuditVerification } from '@gatehouse/contracts/admin/audit.ts';
import { type AdminRoute, defineRoute, download, listRoute } from '../../kernel/http/route.ts';
import { exportAudit } from './export-audit.ts';
import { askForVerification, readVerification } from './verify-audit.ts';
import { listAudit } from './list-audit.ts';
import type { SealDeps } from './seal-audit.ts';

export const auditRoutes = (deps: SealDeps & { readonly wakeWorker: () => void }): AdminRoute[] => [
  listRoute({
    path: '/audit',
    operation: 'listAuditEntries',
    tag: 'audit',
    summary: 'Read the audit record, newest first',
    access: { permission: 'audit.read' },
    query: AuditFilter,
    item: AuditEntry,
    handle: ({ principal, query, page }) => listAudit(deps, principal, query, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/audit/export',
    operation: 'exportAudit',
    tag: 'audit',
    summary: 'Export the audit record with its proofs, as JSON lines',
    description: 'Check the file with `gatehouse audit verify FILE`; it needs no server.',
    access: { permission: 'audit.export' },
    response: { 200: 'application/jsonl' },
    handle: async ({ principal }) =>
      download('application/jsonl', 'audit.jsonl', Readable.from(await exportAudit(deps, principal))),
  }),
  defineRoute({
    method: 'GET',
    path: '/audit/verification',
    operation: 'getAuditVerification',
    tag: 'audit',
    summary: 'How far the audit record reaches, and what its last verification came to',
    access: { permission: 'audit.read' },
    response: { 200: AuditVerification },
    handle: ({ principal }) => readVerification(deps, principal),
  }),
  defineRoute({
    method: 'POST',
    path: '/audit/verification',
    operation: 'verifyAudit',
    tag: 'audit',
    summary: 'Have the whole audit record verified, in the background',
    access: { permission: 'audit.export' },
    response: { 204: null },
    handle: ({ principal }) => askForVerification(deps, principal),
  }),
];
