/** What the address of the approvals says, and which requests belong under which tab. */
import type { ListedApproval } from '@gatehouse/contracts/admin/approvals.ts';

export const approvalTabs = ['mine', 'requested', 'decided'] as const;
export type ApprovalTab = (typeof approvalTabs)[number];

export interface ApprovalsSearch {
  readonly tab?: ApprovalTab;
  /** The one that a link meant. */
  readonly request?: string;
}

export function readApprovalsSearch(search: Readonly<Record<string, unknown>>): ApprovalsSearch {
  const tab = approvalTabs.find((each) => each === search['tab']);
  const { request } = search;
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(typeof request === 'string' && /^[0-9a-f-]{36}$/.test(request) ? { request } : {}),
  };
}

type Sorted = Pick<ListedApproval, 'own' | 'mayApprove'>;

/** Of the open ones: those of others under the first tab, one’s own under the second. */
export function belongsTo(tab: Exclude<ApprovalTab, 'decided'>, request: Sorted): boolean {
  return tab === 'requested' ? request.own : !request.own;
}

/** Where the request is that a link meant; it moves when it is decided, and whoever watches it moves along. */
export function tabOf(
  request: string | undefined,
  open: readonly Pick<ListedApproval, 'id' | 'own'>[],
  over: readonly Pick<ListedApproval, 'id'>[],
): ApprovalTab | undefined {
  const waiting = open.find(({ id }) => id === request);
  if (waiting !== undefined) return waiting.own ? 'requested' : 'mine';
  return over.some(({ id }) => id === request) ? 'decided' : undefined;
}

export const countToDecide = (requests: readonly Sorted[]): number =>
  requests.filter(({ mayApprove }) => mayApprove).length;

/** What the budget would be after it: what waits for a first device is not spent yet. */
export function budgetAfter(
  request: Pick<ListedApproval, 'action' | 'deviceIds'>,
  { spent }: { readonly spent: number },
): number {
  return request.action === 'change-budget' ? spent : spent + request.deviceIds.length;
}
