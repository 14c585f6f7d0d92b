import {
  NewOrganization,
  Organization,
  OrganizationChanges,
  OrganizationSettings,
} from '@gatehouse/contracts/admin/organizations.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { createOrganization, type CreateOrganizationDeps } from './create-organization.ts';
import { listOrganizations, readOrganization } from './list-organizations.ts';
import { updateOrganization } from './update-organization.ts';

export const organizationRoutes = (deps: CreateOrganizationDeps): AdminRoute[] => [
  listRoute({
    path: '/organizations',
    operation: 'listOrganizations',
    tag: 'organizations',
    summary: 'List the organizations one may see',
    access: { permission: 'organizations.read' },
    scope: 'instance',
    item: Organization,
    handle: ({ principal, page }) => listOrganizations(deps, principal, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/organizations',
    operation: 'createOrganization',
    tag: 'organizations',
    summary: 'Create an organization',
    access: { permission: 'organizations.manage' },
    scope: 'instance',
    body: NewOrganization,
    response: { 201: Organization },
    example: { slug: 'globex', name: 'Globex' },
    handle: ({ principal, body }) => createOrganization(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/organization',
    operation: 'readOrganization',
    tag: 'organizations',
    summary: 'The organization acted in, with its settings',
    access: { permission: 'organizations.read' },
    response: { 200: Organization },
    handle: ({ principal }) => readOrganization(deps, principal),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/organization',
    operation: 'renameOrganization',
    tag: 'organizations',
    summary: 'Rename the organization acted in',
    access: { permission: 'settings.manage' },
    body: OrganizationChanges,
    response: { 200: Organization },
    example: { name: 'Acme Incorporated' },
    handle: ({ principal, body }) => updateOrganization(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/organization/settings',
    operation: 'readOrganizationSettings',
    tag: 'organizations',
    summary: 'The settings of the organization acted in',
    access: { permission: 'organizations.read' },
    response: { 200: OrganizationSettings },
    handle: async ({ principal }) => (await readOrganization(deps, principal)).settings,
  }),
  defineRoute({
    method: 'PATCH',
    path: '/organization/settings',
    operation: 'updateOrganizationSettings',
    tag: 'organizations',
    summary: 'Change settings: those given replace those of the same name, the others stay',
    access: { permission: 'settings.manage' },
    body: OrganizationSettings,
    response: { 200: OrganizationSettings },
    example: { enrollmentCodeHours: 24 },
    handle: async ({ principal, body }) =>
      (await updateOrganization(deps, principal, { settings: body })).settings,
  }),
];
