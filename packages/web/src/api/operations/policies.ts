import type {
  Assignment,
  NewAssignment,
  Policy,
  PolicyVersion,
} from '@gatehouse/contracts/admin/policies.ts';
import type {
  ApplePayload,
  ApplePayloads,
  PolicySettingCatalogue,
} from '@gatehouse/contracts/admin/policy-catalogue.ts';
import type {
  AssignmentReach,
  FleetShape,
  PolicyCollisions,
} from '@gatehouse/contracts/admin/policy-effects.ts';
import type { Resource, ResourceKinds, ResourceVersion } from '@gatehouse/contracts/admin/resources.ts';
import type { Schedule } from '@gatehouse/contracts/admin/schedules.ts';
import { operation } from '../call.ts';
import type { Binding, PageOf, Paging } from './shapes.ts';

export type SettingValues = Readonly<Record<string, boolean | number | string>>;

/** The contract types settings by name; editors handle them as values under names. */
export type Suite = Omit<Policy, 'settings'> & { readonly settings: SettingValues };
export type SuiteVersion = Omit<PolicyVersion, 'settings'> & { readonly settings: SettingValues };

interface SuiteChanges extends Binding {
  readonly name?: string;
  readonly description?: string;
  readonly settings?: SettingValues;
  readonly reason?: string;
  readonly expectedVersion?: number;
}

export const listPolicies = operation<{ query: Paging; answer: PageOf<Suite> }>()(
  'listPolicies',
  'GET',
  '/policies',
);
export const createPolicy = operation<{
  body: { name: string; description?: string; settings: SettingValues };
  answer: Suite;
}>()('createPolicy', 'POST', '/policies');
export const getPolicy = operation<{ answer: Suite }>()('getPolicy', 'GET', '/policies/:policyId');
export const updatePolicy = operation<{ body: SuiteChanges; answer: Suite }>()(
  'updatePolicy',
  'PATCH',
  '/policies/:policyId',
);
export const deletePolicy = operation<{ query: Binding }>()('deletePolicy', 'DELETE', '/policies/:policyId');
export const listPolicyVersions = operation<{ query: Paging; answer: PageOf<SuiteVersion> }>()(
  'listPolicyVersions',
  'GET',
  '/policies/:policyId/versions',
);
export const describePolicySettings = operation<{ answer: PolicySettingCatalogue }>()(
  'describePolicySettings',
  'GET',
  '/policy-settings',
);
export const previewPolicyCollisions = operation<{
  body: { settings?: SettingValues };
  answer: PolicyCollisions;
}>()('previewPolicyCollisions', 'POST', '/policies/:policyId/collisions');
export const getFleetShape = operation<{ answer: FleetShape }>()('getFleetShape', 'GET', '/fleet-shape');

type AssignmentsQuery = Paging & {
  readonly itemId?: string | undefined;
  readonly itemKind?: Assignment['item']['kind'] | undefined;
  readonly targetId?: string | undefined;
};

export const listAssignments = operation<{ query: AssignmentsQuery; answer: PageOf<Assignment> }>()(
  'listAssignments',
  'GET',
  '/assignments',
);
export const createAssignment = operation<{ body: NewAssignment; answer: Assignment }>()(
  'createAssignment',
  'POST',
  '/assignments',
);
export const deleteAssignment = operation<{ query: Binding }>()(
  'deleteAssignment',
  'DELETE',
  '/assignments/:assignmentId',
);
export const getAssignmentReach = operation<{ query: { itemId: string }; answer: AssignmentReach }>()(
  'getAssignmentReach',
  'GET',
  '/assignments/reach',
);

interface ResourceChanges {
  readonly name?: string;
  readonly description?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly expectedVersion?: number;
}

export const listResources = operation<{
  query: Paging & { readonly kind?: Resource['kind'] | undefined };
  answer: PageOf<Resource>;
}>()('listResources', 'GET', '/resources');
export const describeResourceKinds = operation<{ answer: ResourceKinds }>()(
  'describeResourceKinds',
  'GET',
  '/resource-kinds',
);
export const createResource = operation<{
  body: {
    kind: Resource['kind'];
    name: string;
    description?: string;
    fields: Readonly<Record<string, unknown>>;
  };
  answer: Resource;
}>()('createResource', 'POST', '/resources');
export const getResource = operation<{ answer: Resource }>()('getResource', 'GET', '/resources/:resourceId');
export const updateResource = operation<{ body: ResourceChanges; answer: Resource }>()(
  'updateResource',
  'PATCH',
  '/resources/:resourceId',
);
export const deleteResource = operation()('deleteResource', 'DELETE', '/resources/:resourceId');
export const listResourceVersions = operation<{ query: Paging; answer: PageOf<ResourceVersion> }>()(
  'listResourceVersions',
  'GET',
  '/resources/:resourceId/versions',
);
export const listApplePayloads = operation<{ answer: ApplePayloads }>()(
  'listApplePayloads',
  'GET',
  '/apple-payloads',
);
export const getApplePayload = operation<{ query: { type: string }; answer: ApplePayload }>()(
  'getApplePayload',
  'GET',
  '/apple-payload',
);

interface ScheduleChanges {
  readonly name?: string;
  readonly schedule?: Schedule['schedule'];
  readonly expectedVersion?: number;
}

export const listSchedules = operation<{ query: Paging; answer: PageOf<Schedule> }>()(
  'listSchedules',
  'GET',
  '/schedules',
);
export const getSchedule = operation<{ answer: Schedule }>()('getSchedule', 'GET', '/schedules/:scheduleId');
export const createSchedule = operation<{
  body: { name: string; schedule: Schedule['schedule'] };
  answer: Schedule;
}>()('createSchedule', 'POST', '/schedules');
export const updateSchedule = operation<{ body: ScheduleChanges; answer: Schedule }>()(
  'updateSchedule',
  'PATCH',
  '/schedules/:scheduleId',
);
export const deleteSchedule = operation()('deleteSchedule', 'DELETE', '/schedules/:scheduleId');
