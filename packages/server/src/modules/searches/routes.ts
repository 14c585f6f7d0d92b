import {
  CountRequest,
  DeviceCount,
  Expression,
  FoundDevice,
  NewWatchList,
  WatchList,
  WatchListChanges,
} from '@gatehouse/contracts/admin/searches.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { countDevices, searchDevices } from './device-searches.ts';
import {
  createWatchList,
  deleteWatchList,
  listMembers,
  listWatchLists,
  updateWatchList,
  type WatchListDeps,
} from './watch-lists.ts';

const tag = 'searches';
const read = { permission: 'devices.read' } as const;
const manage = { permission: 'searches.manage' } as const;

export const searchRoutes = (deps: WatchListDeps): AdminRoute[] => [
  listRoute({
    path: '/device-searches',
    operation: 'searchDevices',
    tag,
    summary: 'List the devices of which an expression holds',
    description:
      'In CEL, over facts, device, user and decision: `os.name == "iPadOS" && !posture.compliant`. A page may be short while there are more.',
    access: read,
    query: { expression: Expression },
    item: FoundDevice,
    handle: ({ principal, query, page }) => searchDevices(deps, principal, query.expression, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/device-searches/count',
    operation: 'countDevices',
    tag,
    summary: 'Count the devices of which an expression holds',
    access: read,
    body: CountRequest,
    response: { 200: DeviceCount },
    example: { expression: 'device.ownership == "corporate"' },
    handle: ({ principal, body }) => countDevices(deps, principal, body),
  }),
  listRoute({
    path: '/groups/:groupId/devices',
    operation: 'listGroupDevices',
    tag: 'groups',
    summary: 'List the devices in a group: those that a smart group finds, or those of the members',
    access: read,
    params: { groupId: Id },
    item: FoundDevice,
    handle: ({ principal, params, page }) => listMembers(deps, principal, 'group', params.groupId, page),
  }),
  listRoute({
    path: '/watch-lists',
    operation: 'listWatchLists',
    tag,
    summary: 'List watch lists',
    access: read,
    item: WatchList,
    handle: ({ principal, page }) => listWatchLists(deps, principal, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/watch-lists',
    operation: 'createWatchList',
    tag,
    summary: 'Create a watch list: administrators are told of devices that enter or leave it',
    access: manage,
    body: NewWatchList,
    response: { 201: WatchList },
    idempotency: 'replay',
    example: { name: 'Silent', expression: 'age("contact.made") > duration("7d")' },
    handle: ({ principal, body }) => createWatchList(deps, principal, body),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/watch-lists/:watchListId',
    operation: 'updateWatchList',
    tag,
    summary: 'Change a watch list',
    access: manage,
    params: { watchListId: Id },
    body: WatchListChanges,
    response: { 200: WatchList },
    example: { tellExit: true },
    handle: ({ principal, params, body }) => updateWatchList(deps, principal, params.watchListId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/watch-lists/:watchListId',
    operation: 'deleteWatchList',
    tag,
    summary: 'Delete a watch list',
    access: manage,
    params: { watchListId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => deleteWatchList(deps, principal, params.watchListId),
  }),
  listRoute({
    path: '/watch-lists/:watchListId/devices',
    operation: 'listWatchedDevices',
    tag,
    summary: 'List the devices that are in a watch list now',
    access: read,
    params: { watchListId: Id },
    item: FoundDevice,
    handle: ({ principal, params, page }) =>
      listMembers(deps, principal, 'watch-list', params.watchListId, page),
  }),
];
