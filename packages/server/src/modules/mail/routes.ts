import {
  MailDecisionReason,
  MailDevice,
  MailDeviceFilter,
  MailLink,
  MailServer,
  MailServerAssignment,
  MailServerChanges,
  MailSettings,
  MailSettingsChanges,
  MailTraffic,
  MailWipeOrder,
  NewMailServer,
  NewMailServerAssignment,
} from '@gatehouse/contracts/admin/mail.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import type { MailDeviceState } from '@gatehouse/core/mail/mail-device.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { forgetMailDevice, setMailDeviceState } from './change-mail-device.ts';
import { cancelMailWipe } from './finish-wipe.ts';
import { linkMailDevice, unlinkMailDevice } from './links.ts';
import { getMailDevice, listMailDevices } from './list-mail-devices.ts';
import type { MailDeps } from './mail-deps.ts';
import { orderMailWipe } from './order-wipe.ts';
import { assignMailServer, listServerAssignments, unassignMailServer } from './server-assignments.ts';
import {
  createMailServer,
  deleteMailServer,
  getMailServer,
  listMailServers,
  updateMailServer,
} from './servers.ts';
import { changeMailSettings, getMailSettings } from './settings.ts';
import { getMailTraffic } from './traffic.ts';

const tag = 'mail';
const read = { permission: 'mail.read' } as const;
const approve = { permission: 'mail.approve' } as const;
const manage = { permission: 'mail.manage' } as const;
const wipe = { permission: 'mail.wipe' } as const;
const device = { mailDeviceId: Id };
const server = { mailServerId: Id };
/** Trusted certificates are the longest. */
const bodyLimit = 256 * 1_024;

export const mailRoutes = (deps: MailDeps): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/mail-settings',
    operation: 'getMailSettings',
    tag,
    summary: 'What becomes of devices that nobody knows, and of clients without a policy',
    access: read,
    response: { 200: MailSettings },
    handle: ({ principal }) => getMailSettings(deps, principal),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/mail-settings',
    operation: 'changeMailSettings',
    tag,
    summary: 'Change what becomes of devices that nobody knows',
    description:
      'Hosts of the gateway and domains of Windows lead log-ins, with their passwords, to this organization: only the operator of the instance sets them.',
    access: manage,
    body: MailSettingsChanges,
    response: { 200: MailSettings },
    example: { strangers: 'quarantine' },
    handle: ({ principal, body }) => changeMailSettings(deps, principal, body),
  }),
  listRoute({
    path: '/mail-servers',
    operation: 'listMailServers',
    tag,
    summary: 'List mail servers',
    access: read,
    item: MailServer,
    handle: ({ principal, page }) => listMailServers(deps, principal, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-servers',
    operation: 'createMailServer',
    tag,
    summary: 'Name a mail server behind the gateway',
    description: 'It serves nobody until it is assigned.',
    access: manage,
    body: NewMailServer,
    bodyLimit,
    response: { 201: MailServer },
    idempotency: 'replay',
    example: { name: 'Exchange', url: 'https://mail.example/Microsoft-Server-ActiveSync' },
    handle: ({ principal, body }) => createMailServer(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/mail-servers/:mailServerId',
    operation: 'getMailServer',
    tag,
    summary: 'Show a mail server',
    access: read,
    params: server,
    response: { 200: MailServer },
    handle: ({ principal, params }) => getMailServer(deps, principal, params.mailServerId),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/mail-servers/:mailServerId',
    operation: 'updateMailServer',
    tag,
    summary: 'Change a mail server',
    access: manage,
    params: server,
    body: MailServerChanges,
    bodyLimit,
    response: { 200: MailServer },
    example: { timeoutSeconds: 20 },
    handle: ({ principal, params, body }) => updateMailServer(deps, principal, params.mailServerId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/mail-servers/:mailServerId',
    operation: 'deleteMailServer',
    tag,
    summary: 'Delete a mail server; whoever had it has the next one that is assigned to him, or the stand-in',
    access: manage,
    params: server,
    response: { 204: null },
    handle: ({ principal, params }) => deleteMailServer(deps, principal, params.mailServerId),
  }),
  listRoute({
    path: '/mail-servers/:mailServerId/assignments',
    operation: 'listMailServerAssignments',
    tag,
    summary: 'Whose mail is on a mail server',
    access: read,
    params: server,
    item: MailServerAssignment,
    handle: ({ principal, params, page }) =>
      listServerAssignments(deps, principal, params.mailServerId, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-servers/:mailServerId/assignments',
    operation: 'assignMailServer',
    tag,
    summary: 'Say whose mail is on a mail server: a user’s, a group’s, a mail domain’s or everybody’s',
    access: manage,
    params: server,
    body: NewMailServerAssignment,
    response: { 201: MailServerAssignment },
    idempotency: 'replay',
    example: { targetKind: 'domain', target: 'mail.example' },
    handle: ({ principal, params, body }) => assignMailServer(deps, principal, params.mailServerId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/mail-server-assignments/:mailAssignmentId',
    operation: 'unassignMailServer',
    tag,
    summary: 'Take a mail server away from whom it is assigned to',
    access: manage,
    params: { mailAssignmentId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => unassignMailServer(deps, principal, params.mailAssignmentId),
  }),
  listRoute({
    path: '/mail-devices',
    operation: 'listMailDevices',
    tag,
    summary: 'Devices that ask for mail, and what becomes of them',
    description: 'Those that wait for somebody: state=unknown and linked=false.',
    access: read,
    query: MailDeviceFilter,
    item: MailDevice,
    handle: ({ principal, query, page }) =>
      listMailDevices(
        deps,
        principal,
        {
          state: query.state ?? null,
          linked: query.linked === undefined ? null : query.linked === 'true',
          userId: query.userId ?? null,
          deviceId: query.deviceId ?? null,
          mailId: query.mailId ?? null,
        },
        page,
      ),
  }),
  defineRoute({
    method: 'GET',
    path: '/mail-devices/:mailDeviceId',
    operation: 'getMailDevice',
    tag,
    summary: 'Show a mail device',
    access: read,
    params: device,
    response: { 200: MailDevice },
    handle: ({ principal, params }) => getMailDevice(deps, principal, params.mailDeviceId),
  }),
  ...stateRoutes(deps),
  defineRoute({
    method: 'POST',
    path: '/mail-devices/:mailDeviceId/link',
    operation: 'linkMailDevice',
    tag,
    summary: 'Say which enrolled device it is; from then on the posture of that device decides',
    access: approve,
    params: device,
    body: MailLink,
    response: { 200: MailDevice },
    example: { deviceId: '00000000-0000-0000-0000-000000000000' },
    handle: ({ principal, params, body }) =>
      linkMailDevice(deps, principal, params.mailDeviceId, body.deviceId),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-devices/:mailDeviceId/unlink',
    operation: 'unlinkMailDevice',
    tag,
    summary: 'Say that it is no enrolled device',
    access: approve,
    params: device,
    response: { 200: MailDevice },
    handle: ({ principal, params }) => unlinkMailDevice(deps, principal, params.mailDeviceId),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-devices/:mailDeviceId/wipe',
    operation: 'wipeMailDevice',
    tag,
    summary: 'Remove the mail account from it, or reset it to factory state',
    description:
      'Under the rules of commands that destroy: ownership of the enrolled device, the budget, a second person where one is needed. Clients before protocol 16.1 know no removal of the account alone; they get no mail.',
    access: wipe,
    params: device,
    body: MailWipeOrder,
    response: { 200: MailDevice },
    example: { kind: 'account' },
    handle: ({ principal, params, body }) => orderMailWipe(deps, principal, params.mailDeviceId, body),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-devices/:mailDeviceId/cancel-wipe',
    operation: 'cancelMailWipe',
    tag,
    summary: 'Take back a wipe that the client has not fetched yet',
    access: wipe,
    params: device,
    response: { 200: MailDevice },
    handle: ({ principal, params }) => cancelMailWipe(deps, principal, params.mailDeviceId),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/mail-devices/:mailDeviceId',
    operation: 'forgetMailDevice',
    tag,
    summary: 'Forget that it was ever seen; if it comes again it is a stranger',
    access: approve,
    params: device,
    response: { 204: null },
    handle: ({ principal, params }) => forgetMailDevice(deps, principal, params.mailDeviceId),
  }),
  defineRoute({
    method: 'GET',
    path: '/mail-gateway/traffic',
    operation: 'getMailTraffic',
    tag,
    summary: 'What became of requests for mail in the last hours, and the last errors',
    access: read,
    query: { hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_160, default: 24 })) },
    response: { 200: MailTraffic },
    handle: ({ principal, query }) => getMailTraffic(deps, principal, query.hours),
  }),
];

const decisions: readonly (readonly [verb: string, state: MailDeviceState, summary: string])[] = [
  ['approve', 'allowed', 'Let a mail device in although it is no enrolled one'],
  ['quarantine', 'quarantined', 'Hold back mail on a device'],
  ['block', 'blocked', 'Block mail on a device'],
  ['reset', 'unknown', 'Take back what was decided of a mail device by hand'],
];

function stateRoutes(deps: MailDeps): AdminRoute[] {
  return decisions.map(([verb, state, summary]) =>
    defineRoute({
      method: 'POST',
      path: `/mail-devices/:mailDeviceId/${verb}`,
      operation: `${verb}MailDevice`,
      tag,
      summary,
      access: approve,
      params: device,
      body: MailDecisionReason,
      response: { 200: MailDevice },
      example: {},
      handle: ({ principal, params, body }) =>
        setMailDeviceState(deps, principal, params.mailDeviceId, state, body.reason),
    }),
  );
}
