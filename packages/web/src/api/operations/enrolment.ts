/** Invitations, enrolment codes, blocked hardware. */
import type { HardwareBlock, NewHardwareBlock } from '@gatehouse/contracts/admin/devices.ts';
import type { Enrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import type { Invitation, InvitationReport, NewInvitations } from '@gatehouse/contracts/admin/invitations.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const listInvitations = operation<{
  query: Paging & { readonly state?: string | undefined; readonly userId?: string | undefined };
  answer: PageOf<Invitation>;
}>()('listInvitations', 'GET', '/invitations');
export const invite = operation<{ body: NewInvitations; answer: InvitationReport }>()(
  'invite',
  'POST',
  '/invitations',
);
export const importInvitations = operation<{
  query: {
    readonly platform?: string;
    readonly ownership?: string;
    readonly delivery?: string;
    readonly language?: string;
  };
  body: string;
  answer: InvitationReport;
}>()('importInvitations', 'POST', '/invitations/import');
export const resendInvitation = operation<{ body: object; answer: InvitationReport }>()(
  'resendInvitation',
  'POST',
  '/invitations/:invitationId/resend',
);
export const listEnrollments = operation<{
  query: Paging & { readonly state?: string | undefined; readonly userId?: string | undefined };
  answer: PageOf<Enrollment>;
}>()('listEnrollments', 'GET', '/enrollments');
export const cancelEnrollment = operation()('cancelEnrollment', 'POST', '/enrollments/:enrollmentId/cancel');
export const listHardwareBlocks = operation<{ query: Paging; answer: PageOf<HardwareBlock> }>()(
  'listHardwareBlocks',
  'GET',
  '/hardware-blocks',
);
export const addHardwareBlock = operation<{ body: NewHardwareBlock; answer: HardwareBlock }>()(
  'addHardwareBlock',
  'POST',
  '/hardware-blocks',
);
export const removeHardwareBlock = operation()('removeHardwareBlock', 'DELETE', '/hardware-blocks/:blockId');
