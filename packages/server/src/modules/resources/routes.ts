import { Id } from '@gatehouse/contracts/admin/values.ts';
import {
  NewResource,
  Resource,
  ResourceChanges,
  ResourceKindName,
  ResourceKinds,
  ResourceVersion,
} from '@gatehouse/contracts/admin/resources.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { createResource, deleteResource, updateResource } from './change-resource.ts';
import { describeKinds, getResource, listResources, listResourceVersions } from './read-resources.ts';
import type { ResourceDeps } from './resource-deps.ts';

const tag = 'resources';
const read = { permission: 'resources.read' } as const;
const manage = { permission: 'resources.manage' } as const;
/** A ready-made profile in base64 is the longest. */
const bodyLimit = 2 * 1024 * 1024;

export const resourceRoutes = (deps: ResourceDeps): AdminRoute[] => [
  listRoute({
    path: '/resources',
    operation: 'listResources',
    tag,
    summary: 'List resources',
    access: read,
    query: { kind: Type.Optional(ResourceKindName) },
    item: Resource,
    handle: ({ principal, query, page }) => listResources(deps, principal, query.kind, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/resource-kinds',
    operation: 'describeResourceKinds',
    tag,
    summary: 'List the kinds of resources, their fields and the variables that these may hold',
    access: read,
    response: { 200: ResourceKinds },
    handle: ({ principal }) => describeKinds(principal),
  }),
  defineRoute({
    method: 'POST',
    path: '/resources',
    operation: 'createResource',
    tag,
    summary: 'Create a resource',
    description: 'Secret fields are sealed and never shown again.',
    access: manage,
    body: NewResource,
    bodyLimit,
    response: { 201: Resource },
    idempotency: 'replay',
    example: { kind: 'web-clip', name: 'Help', fields: { label: 'Help', address: 'https://help.example/' } },
    handle: ({ principal, body }) => createResource(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/resources/:resourceId',
    operation: 'getResource',
    tag,
    summary: 'Show a resource',
    access: read,
    params: { resourceId: Id },
    response: { 200: Resource },
    handle: ({ principal, params }) => getResource(deps, principal, params.resourceId),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/resources/:resourceId',
    operation: 'updateResource',
    tag,
    summary: 'Change a resource; other fields make a new version',
    description:
      'Give all fields. A secret that is not given stays as it is; one given as null is taken away.',
    access: manage,
    params: { resourceId: Id },
    body: ResourceChanges,
    bodyLimit,
    response: { 200: Resource },
    example: { description: 'For everybody' },
    handle: ({ principal, params, body }) => updateResource(deps, principal, params.resourceId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/resources/:resourceId',
    operation: 'deleteResource',
    tag,
    summary: 'Delete a resource; devices that have it lose it',
    access: manage,
    params: { resourceId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => deleteResource(deps, principal, params.resourceId),
  }),
  listRoute({
    path: '/resources/:resourceId/versions',
    operation: 'listResourceVersions',
    tag,
    summary: 'List the versions of a resource, newest first',
    access: read,
    params: { resourceId: Id },
    item: ResourceVersion,
    handle: ({ principal, params, page }) => listResourceVersions(deps, principal, params.resourceId, page),
  }),
];
