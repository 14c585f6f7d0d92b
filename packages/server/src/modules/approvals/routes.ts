import {
  Approval,
  ApprovalDecision,
  ApprovalOverride,
  ApprovalReason,
  Budget,
  BudgetChange,
  ListedApproval,
} from '@gatehouse/contracts/admin/approvals.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { approvalStates } from '@gatehouse/core/approvals/approval-state.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import type { ApprovalDeps } from './approval-deps.ts';
import { askForBudget } from './ask.ts';
import { approve, override, reject, release, withdraw } from './decide.ts';
import { getBudget } from './limits.ts';
import { getRequest, listRequests } from './list-requests.ts';

const tag = 'approvals';
const params = { approvalId: Id };
const noHash = '0'.repeat(64);

export const approvalRoutes = (deps: ApprovalDeps): AdminRoute[] => [
  listRoute({
    path: '/approvals',
    operation: 'listApprovals',
    tag,
    summary: 'Requests for what takes a second person, newest first',
    access: { permission: 'approvals.read' },
    query: {
      state: Type.Optional(Type.Enum([...approvalStates])),
      deviceId: Type.Optional(Id),
      open: Type.Optional(
        Type.Enum(['true', 'false'], { description: 'Only those that wait, or only those that are over.' }),
      ),
    },
    item: ListedApproval,
    handle: ({ principal, query: { open, ...query }, page }) =>
      listRequests(
        deps,
        principal,
        { ...query, open: open === undefined ? undefined : open === 'true' },
        page,
      ),
  }),
  defineRoute({
    method: 'GET',
    path: '/approvals/:approvalId',
    operation: 'getApproval',
    tag,
    summary: 'Show a request, with the hash that an approval has to name',
    access: { permission: 'approvals.read' },
    params,
    response: { 200: ListedApproval },
    handle: ({ principal, params: { approvalId } }) => getRequest(deps, principal, approvalId),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approvalId/approve',
    operation: 'approve',
    tag,
    summary: 'Say yes to what somebody else asked for',
    description:
      'The hash is the one that the request was shown with. Of more than a few devices the first goes ahead; the others follow when it has answered.',
    access: { permission: 'approvals.decide' },
    params,
    body: ApprovalDecision,
    response: { 200: Approval },
    example: { hash: noHash },
    handle: ({ principal, params: { approvalId }, body }) => approve(deps, principal, approvalId, body),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approvalId/reject',
    operation: 'rejectApproval',
    tag,
    summary: 'Say no; of a batch whose first device went ahead, the others are spared',
    access: { permission: 'approvals.decide' },
    params,
    body: ApprovalReason,
    response: { 200: Approval },
    example: {},
    handle: ({ principal, params: { approvalId }, body }) => reject(deps, principal, approvalId, body.reason),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approvalId/withdraw',
    operation: 'withdrawApproval',
    tag,
    summary: 'Take back what one asked for',
    access: { permission: 'approvals.read' },
    params,
    body: ApprovalReason,
    response: { 200: Approval },
    example: {},
    handle: ({ principal, params: { approvalId }, body }) =>
      withdraw(deps, principal, approvalId, body.reason),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approvalId/release',
    operation: 'releaseApproval',
    tag,
    summary: 'Let the rest of a batch follow without waiting for its first device',
    access: { permission: 'approvals.decide' },
    params,
    body: ApprovalReason,
    response: { 200: Approval },
    example: {},
    handle: ({ principal, params: { approvalId }, body }) =>
      release(deps, principal, approvalId, body.reason),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approvalId/override',
    operation: 'overrideApproval',
    tag,
    summary: 'In an emergency, go ahead without a second person',
    description:
      'Every administrator is told by mail. In a day, emergencies add the budget once more and no more than that.',
    access: { permission: 'approvals.override' },
    params,
    body: ApprovalOverride,
    response: { 200: Approval },
    example: { hash: noHash, reason: 'The truck with the tablets was stolen.' },
    handle: ({ principal, params: { approvalId }, body }) => override(deps, principal, approvalId, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/destructive-budget',
    operation: 'getDestructiveBudget',
    tag,
    summary: 'How much may be destroyed in a window of time, and how much of it is left',
    access: { permission: 'approvals.read' },
    response: { 200: Budget },
    handle: ({ principal }) => getBudget(deps, principal),
  }),
  defineRoute({
    method: 'POST',
    path: '/destructive-budget/changes',
    operation: 'askForDestructiveBudget',
    tag,
    summary: 'Ask for another budget: it takes two people, and a day when it becomes larger',
    access: { permission: 'settings.manage' },
    body: BudgetChange,
    response: { 201: Approval },
    example: { minimumBudget: 10, reason: 'The spring exchange of tablets.' },
    handle: ({ principal, body: { reason, ...change } }) =>
      askForBudget(deps, principal, defined(change), reason),
  }),
];

/** Without members that are absent but named. */
function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
