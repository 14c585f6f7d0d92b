import {
  Invitation,
  invitationFilter,
  invitationImportQuery,
  InvitationReport,
  NewInvitations,
} from '@gatehouse/contracts/admin/invitations.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import {
  importInvitations,
  type InvitationDeps,
  invite,
  listInvitations,
  resendInvitation,
} from './invitations.ts';

const importBytes = 10 * 1024 * 1024;

export const invitationRoutes = (deps: InvitationDeps): AdminRoute[] => [
  listRoute({
    path: '/invitations',
    operation: 'listInvitations',
    tag: 'enrollments',
    summary: 'List invitations, newest first',
    access: { permission: 'enrollments.read' },
    query: invitationFilter,
    item: Invitation,
    handle: ({ principal, query, page }) => listInvitations(deps, principal, query, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/invitations',
    operation: 'invite',
    tag: 'enrollments',
    summary: 'Invite users, or everybody in a group, to enrol a device',
    access: { permission: 'enrollments.create' },
    body: NewInvitations,
    example: { users: ['ann@acme.example'], platform: 'linux', delivery: 'link' },
    response: { 200: InvitationReport },
    idempotency: 'once',
    handle: ({ principal, body }) => invite(deps, principal, body),
  }),
  defineRoute({
    method: 'POST',
    path: '/invitations/import',
    operation: 'importInvitations',
    tag: 'enrollments',
    summary: 'Invite the users of a CSV file, with a report per line',
    description: 'Columns: email, platform, ownership. The query gives what the lines leave out.',
    access: { permission: 'enrollments.create' },
    query: invitationImportQuery,
    upload: 'text/csv',
    bodyLimit: importBytes,
    response: { 200: InvitationReport },
    handle: ({ principal, upload, query }) => importInvitations(deps, principal, upload, query),
  }),
  defineRoute({
    method: 'POST',
    path: '/invitations/:invitationId/resend',
    operation: 'resendInvitation',
    tag: 'enrollments',
    summary: 'Send an invitation again, with another one-time password',
    access: { permission: 'enrollments.create' },
    params: { invitationId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => resendInvitation(deps, principal, params.invitationId),
  }),
];
