/** Organizations, the tenants: created complete, found by slug, with settings of their own. */
export { createOrganization, type CreateOrganizationDeps } from './create-organization.ts';
export {
  createMailDomainFinder,
  createOrganizationFinder,
  createSlugReader,
  type FindOrganization,
  type FindOrganizationByMailDomain,
  type FoundOrganization,
} from './find-organization.ts';
export { readLetterLook, readLogo, readLook } from './branding.ts';
export type { CreatedOrganization, OnCreated, RecordAudit } from './ports.ts';
export {
  type EffectiveSettings,
  effectiveSettings,
  readEpoch,
  readOrganizationName,
  readSettings,
} from './settings.ts';
export { listOrganizations } from './list-organizations.ts';
