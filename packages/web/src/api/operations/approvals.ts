/** What takes a second person, and how much may be destroyed without one. */
import type { Approval, Budget, ListedApproval } from '@gatehouse/contracts/admin/approvals.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const listApprovals = operation<{
  query: Paging & {
    readonly state?: Approval['state'];
    readonly deviceId?: string;
    readonly open?: 'true' | 'false';
  };
  answer: PageOf<ListedApproval>;
}>()('listApprovals', 'GET', '/approvals');

type Decision = { hash: string; reason?: string };
type Reason = { reason?: string };

export const approve = operation<{ body: Decision; answer: Approval }>()(
  'approve',
  'POST',
  '/approvals/:approvalId/approve',
);
export const rejectApproval = operation<{ body: Reason; answer: Approval }>()(
  'rejectApproval',
  'POST',
  '/approvals/:approvalId/reject',
);
export const withdrawApproval = operation<{ body: Reason; answer: Approval }>()(
  'withdrawApproval',
  'POST',
  '/approvals/:approvalId/withdraw',
);
export const releaseApproval = operation<{ body: Reason; answer: Approval }>()(
  'releaseApproval',
  'POST',
  '/approvals/:approvalId/release',
);
export const overrideApproval = operation<{ body: { hash: string; reason: string }; answer: Approval }>()(
  'overrideApproval',
  'POST',
  '/approvals/:approvalId/override',
);
export const getDestructiveBudget = operation<{ answer: Budget }>()(
  'getDestructiveBudget',
  'GET',
  '/destructive-budget',
);
