/** Organizations, the tenants: created complete, found by slug, with settings of their own. */
export { createOrganization, type CreateOrganizationDeps } from './create-organization.ts';
export {
  createOrganizationFinder,
  type FindOrganization,
  type FoundOrganization,
} from './find-organization.ts';
export { listOrganizations, readOrganization } from './list-organizations.ts';
export type { CreatedOrganization, OnCreated, RecordAudit } from './ports.ts';
export {
  defaultSettings,
  type EffectiveSettings,
  effectiveSettings,
  readEpoch,
  readOrganizationName,
  readSettings,
} from './settings.ts';
export { updateOrganization } from './update-organization.ts';
