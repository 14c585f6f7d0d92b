import {
  IseServer,
  IseServerChanges,
  NasClient,
  NasClientChanges,
  NasClientWithSecret,
  NasSession,
  NasTemplate,
  NetworkAccessChanges,
  NetworkAccessSettings,
  NewIseServer,
  NewNasClient,
  ToldSessions,
  TryOutcome,
} from '@gatehouse/contracts/admin/network-access.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import type { IseCalls } from './ise-push/ise-calls.ts';
import {
  createIseServer,
  listIseServers,
  removeIseServer,
  tryIseServer,
  updateIseServer,
} from './ise-push/ise-servers.ts';
import {
  createNasClient,
  getNasClient,
  listNasClients,
  removeNasClient,
  updateNasClient,
} from './radius/nas-clients.ts';
import { listSessions } from './radius/sessions.ts';
import { changeNetworkAccess, readNetworkAccess } from './radius/settings.ts';
import { tryNas, type TryNasDeps } from './radius/try-nas.ts';
import { vendorTemplates } from './radius/vendor-templates.ts';
import { tellDevice, type TellDeviceDeps } from './tell-device.ts';

export interface NetworkAccessRoutesDeps extends TryNasDeps, TellDeviceDeps {
  readonly iseCalls: IseCalls;
}

const tag = 'network-access';
const read = { permission: 'gates.read' } as const;
const manage = { permission: 'gates.manage' } as const;

export const networkAccessRoutes = (deps: NetworkAccessRoutesDeps): AdminRoute[] => [
  listRoute({
    path: '/network-access/nas',
    operation: 'listNetworkDevices',
    tag,
    summary: 'List the network devices that are told of changes',
    access: read,
    item: NasClient,
    handle: ({ principal, page }) => listNasClients(deps, principal, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/network-access/nas-templates',
    operation: 'listNetworkDeviceTemplates',
    tag,
    summary: 'List the makers whose devices can be told, and how',
    access: read,
    response: { 200: Type.Array(NasTemplate) },
    handle: () =>
      Object.entries(vendorTemplates).map(([name, { title, port, reauthenticate }]) => ({
        name,
        title,
        port,
        reauthenticate: reauthenticate !== undefined,
      })),
  }),
  defineRoute({
    method: 'POST',
    path: '/network-access/nas',
    operation: 'createNetworkDevice',
    tag,
    summary: 'Add a network device',
    description:
      'Without a secret one of 32 characters is made; it is in this answer and is never shown again.',
    access: manage,
    body: NewNasClient,
    response: { 201: NasClientWithSecret },
    idempotency: 'once',
    example: { name: 'Switch 1', address: '192.0.2.10', template: 'cisco-ios' },
    handle: ({ principal, body }) => createNasClient(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/network-access/nas/:nasId',
    operation: 'getNetworkDevice',
    tag,
    summary: 'Show a network device',
    access: read,
    params: { nasId: Id },
    response: { 200: NasClient },
    handle: ({ principal, params }) => getNasClient(deps, principal, params.nasId),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/network-access/nas/:nasId',
    operation: 'updateNetworkDevice',
    tag,
    summary: 'Change a network device, or give it another secret',
    access: manage,
    params: { nasId: Id },
    body: NasClientChanges,
    response: { 200: NasClientWithSecret },
    example: { enabled: false },
    handle: ({ principal, params, body }) => updateNasClient(deps, principal, params.nasId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/network-access/nas/:nasId',
    operation: 'deleteNetworkDevice',
    tag,
    summary: 'Remove a network device and forget its sessions',
    access: manage,
    params: { nasId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => removeNasClient(deps, principal, params.nasId),
  }),
  defineRoute({
    method: 'POST',
    path: '/network-access/nas/:nasId/try',
    operation: 'tryNetworkDevice',
    tag,
    summary: 'Ask a network device whether it can be told, by a session that does not exist',
    access: manage,
    params: { nasId: Id },
    response: { 200: TryOutcome },
    handle: ({ principal, params }) => tryNas(deps, principal, params.nasId),
  }),
  listRoute({
    path: '/network-access/sessions',
    operation: 'listNetworkSessions',
    tag,
    summary: 'List who is on the network where, as accounting says',
    access: read,
    query: { nas: Type.Optional(Id), device: Type.Optional(Id) },
    item: NasSession,
    handle: ({ principal, query, page }) =>
      listSessions(deps, principal, { nasId: query.nas, deviceId: query.device }, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/reauthorize',
    operation: 'reauthorizeDevice',
    tag,
    summary: 'Have every session of a device authorized anew, now',
    access: manage,
    params: { deviceId: Id },
    response: { 200: ToldSessions },
    handle: ({ principal, params }) => tellDevice(deps, principal, params.deviceId),
  }),
  defineRoute({
    method: 'GET',
    path: '/network-access/settings',
    operation: 'getNetworkAccessSettings',
    tag,
    summary: 'Show what RADIUS servers are answered',
    access: read,
    response: { 200: NetworkAccessSettings },
    handle: ({ principal }) => readNetworkAccess(deps, principal),
  }),
  defineRoute({
    method: 'PUT',
    path: '/network-access/settings',
    operation: 'changeNetworkAccessSettings',
    tag,
    summary: 'Replace what RADIUS servers are answered',
    access: manage,
    body: NetworkAccessChanges,
    response: { 200: NetworkAccessSettings },
    example: {
      rules: [
        {
          name: 'quarantine',
          decisions: ['quarantine'],
          reply: { kind: 'accept', attributes: [{ name: 'Tunnel-Private-Group-Id', value: '99' }] },
        },
      ],
    },
    handle: ({ principal, body }) => changeNetworkAccess(deps, principal, body),
  }),
  listRoute({
    path: '/network-access/ise',
    operation: 'listIseServers',
    tag,
    summary: 'List the Cisco ISE servers that are told of changes',
    access: read,
    item: IseServer,
    handle: ({ principal, page }) => listIseServers(deps, principal, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/network-access/ise',
    operation: 'createIseServer',
    tag,
    summary: 'Add a Cisco ISE server that is told of changes',
    access: manage,
    body: NewIseServer,
    response: { 201: IseServer },
    idempotency: 'replay',
    example: {
      name: 'ISE',
      mntUrl: 'https://mnt.example.org',
      psn: 'psn-1',
      userName: 'gatehouse',
      password: 'plinth ocelot quaver',
    },
    handle: ({ principal, body }) => createIseServer(deps, principal, body),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/network-access/ise/:iseId',
    operation: 'updateIseServer',
    tag,
    summary: 'Change a Cisco ISE server',
    access: manage,
    params: { iseId: Id },
    body: IseServerChanges,
    response: { 200: IseServer },
    example: { enabled: false },
    handle: ({ principal, params, body }) => updateIseServer(deps, principal, params.iseId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/network-access/ise/:iseId',
    operation: 'deleteIseServer',
    tag,
    summary: 'Remove a Cisco ISE server',
    access: manage,
    params: { iseId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => removeIseServer(deps, principal, params.iseId),
  }),
  defineRoute({
    method: 'POST',
    path: '/network-access/ise/:iseId/try',
    operation: 'tryIseServer',
    tag,
    summary: 'Ask a Cisco ISE server something that changes nothing',
    access: manage,
    params: { iseId: Id },
    response: { 200: TryOutcome },
    handle: ({ principal, params }) => tryIseServer(deps, principal, params.iseId),
  }),
];
