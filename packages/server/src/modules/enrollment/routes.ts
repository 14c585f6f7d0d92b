import {
  Enrollment,
  enrollmentFilter,
  IssuedEnrollment,
  NewEnrollment,
} from '@gatehouse/contracts/admin/enrollments.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { cancelEnrollment } from './cancel-enrollment.ts';
import { createEnrollment } from './create-enrollment.ts';
import { invitationRoutes } from './invitation-routes.ts';
import type { InvitationDeps } from './invitations.ts';
import { getEnrollment, listEnrollments } from './list-enrollments.ts';
import { termsRoutes } from './terms-routes.ts';

export const enrollmentRoutes = (deps: InvitationDeps): AdminRoute[] => [
  ...codeRoutes(deps),
  ...invitationRoutes(deps),
  ...termsRoutes(deps),
];

const codeRoutes = (deps: InvitationDeps): AdminRoute[] => [
  listRoute({
    path: '/enrollments',
    operation: 'listEnrollments',
    tag: 'enrollments',
    summary: 'List enrolments, newest first',
    access: { permission: 'enrollments.read' },
    query: enrollmentFilter,
    item: Enrollment,
    handle: ({ principal, query, page }) => listEnrollments(deps, principal, query, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/enrollments',
    operation: 'createEnrollment',
    tag: 'enrollments',
    summary: 'Issue a one-time enrolment code on behalf of a user',
    access: { permission: 'enrollments.create' },
    body: NewEnrollment,
    example: { user: 'ann@acme.example', platform: 'linux' },
    response: { 201: IssuedEnrollment },
    idempotency: 'once',
    handle: ({ principal, body }) => createEnrollment(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/enrollments/:enrollmentId',
    operation: 'getEnrollment',
    tag: 'enrollments',
    summary: 'Show an enrolment',
    access: { permission: 'enrollments.read' },
    params: { enrollmentId: Id },
    response: { 200: Enrollment },
    handle: ({ principal, params }) => getEnrollment(deps, principal, params.enrollmentId),
  }),
  defineRoute({
    method: 'POST',
    path: '/enrollments/:enrollmentId/cancel',
    operation: 'cancelEnrollment',
    tag: 'enrollments',
    summary: 'Withdraw an open enrolment code',
    access: { permission: 'enrollments.create' },
    params: { enrollmentId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => cancelEnrollment(deps, principal, params.enrollmentId),
  }),
];
