/** Resources: what is put on devices beside policy settings. Who gets them is the affair of policies. */
export {
  createResource,
  deleteResource,
  type NewResource,
  type ResourceChanges,
  updateResource,
} from './change-resource.ts';
export { lockResource, type ResourceRow, selectMany as findResources } from './queries.ts';
export type { CheckContent, ContentFindings, ResourceAssignments, ResourceDeps } from './resource-deps.ts';
export { openSecrets } from './secrets.ts';
