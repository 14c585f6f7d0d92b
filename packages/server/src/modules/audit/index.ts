/** The audit record: written with every action, linked into a chain per organization, exported with its proofs. */
export { type NewAuditEntry, recordAudit } from './record-audit.ts';
