/** The audit record: written with every action, linked into a chain per organization, exported with its proofs. */
export { actorsUpon } from './actors-upon.ts';
export {
  type ComposedEntry,
  composeEntry,
  type NewAuditEntry,
  recordAudit,
  recordAudits,
} from './record-audit.ts';
export { exportAudit } from './export-audit.ts';
export { type AuditListFilter, listAudit } from './list-audit.ts';
export { type SealDeps, sealAudit, sealOrganization } from './seal-audit.ts';
export { auditJobs } from './verify-audit.ts';
