// What editors of policies ask: what may be set, what a draft comes to beside other suites, and whom it reaches.
import { PolicySettingCatalogue } from '@gatehouse/contracts/admin/policy-catalogue.ts';
import {
  AssignmentReach,
  CollisionDraft,
  FleetShape,
  PolicyCollisions,
} from '@gatehouse/contracts/admin/policy-effects.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute } from '../../kernel/http/route.ts';
import { describeSettings, type SettingSupportDeps } from './describe-settings.ts';
import type { PolicyDeps } from './policy-deps.ts';
import { previewCollisions } from './preview-collisions.ts';
import { getAssignmentReach, getFleetShape } from './show-reach.ts';

const read = { permission: 'policies.read' } as const;
const tag = 'policies';

export const policyEditingRoutes = (deps: PolicyDeps & SettingSupportDeps): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/policy-settings',
    operation: 'describePolicySettings',
    tag,
    summary:
      'List what policy suites may set, in which bounds, where it holds and how several suites become one',
    access: read,
    response: { 200: PolicySettingCatalogue },
    handle: ({ principal }) => describeSettings(deps, principal),
  }),
  defineRoute({
    method: 'POST',
    path: '/policies/:policyId/collisions',
    operation: 'previewPolicyCollisions',
    tag,
    summary:
      'Show which settings of a suite, or of a draft of it, other suites state for the same devices, and who wins',
    description: 'Nothing is changed.',
    access: read,
    params: { policyId: Id },
    body: CollisionDraft,
    response: { 200: PolicyCollisions },
    example: { settings: { 'passcode.minimum-length': 8 } },
    handle: ({ principal, params, body }) =>
      previewCollisions(deps, principal, params.policyId, body.settings),
  }),
  defineRoute({
    method: 'GET',
    path: '/assignments/reach',
    operation: 'getAssignmentReach',
    tag,
    summary: 'Count the devices that the assignments of a suite, a schedule, a resource or a rule reach',
    access: read,
    query: { itemId: Id },
    response: { 200: AssignmentReach },
    handle: ({ principal, query }) => getAssignmentReach(deps, principal, query.itemId),
  }),
  defineRoute({
    method: 'GET',
    path: '/fleet-shape',
    operation: 'getFleetShape',
    tag,
    summary: 'Count devices by platform, version and supervision: whom a setting could not reach',
    access: read,
    response: { 200: FleetShape },
    handle: ({ principal }) => getFleetShape(deps, principal),
  }),
];
