/**
 * The life of an approval: destruction, or a change of its limits, that one person may not decide alone.
 *
 * pending    waits for another person.
 * canary     it may be done, and the first device of many was sent it; the others wait until that one has answered.
 * done       carried out, device by device, with what came of each. A request is used once: from here nothing leads back.
 * rejected   another person, or the one who asked, said no.
 * withdrawn  what it was asked for has passed: the device recovered, the playbook was stopped, the asker took it back.
 * expired    nobody decided in time.
 *
 * Every pair of state and event is decided in the table; `applyApprovalEvent` is the only thing that changes a state.
 */

export const approvalStates = ['pending', 'canary', 'done', 'rejected', 'withdrawn', 'expired'] as const;
export type ApprovalState = (typeof approvalStates)[number];

/** approve: carried out at once; approve-canary: the first device goes ahead; release: the others follow it. */
export const approvalEvents = [
  'approve',
  'approve-canary',
  'release',
  'reject',
  'withdraw',
  'expire',
] as const;
export type ApprovalEvent = (typeof approvalEvents)[number];

export type ApprovalTransition =
  | { readonly kind: 'moved'; readonly to: ApprovalState }
  | { readonly kind: 'refused'; readonly reason: 'already-decided' | 'not-waiting-for-its-first-device' };

const to = (state: ApprovalState): ApprovalTransition => ({ kind: 'moved', to: state });
const decided: ApprovalTransition = { kind: 'refused', reason: 'already-decided' };
const noCanary: ApprovalTransition = { kind: 'refused', reason: 'not-waiting-for-its-first-device' };

const over = {
  approve: decided,
  'approve-canary': decided,
  release: noCanary,
  reject: decided,
  withdraw: decided,
  expire: decided,
} as const;

const table = {
  pending: {
    approve: to('done'),
    'approve-canary': to('canary'),
    release: noCanary,
    reject: to('rejected'),
    withdraw: to('withdrawn'),
    expire: to('expired'),
  },
  canary: {
    approve: decided,
    'approve-canary': decided,
    release: to('done'),
    // The first device has it; the others are spared.
    reject: to('rejected'),
    withdraw: to('withdrawn'),
    expire: to('expired'),
  },
  done: over,
  rejected: over,
  withdrawn: over,
  expired: over,
} as const satisfies Record<ApprovalState, Record<ApprovalEvent, ApprovalTransition>>;

export function applyApprovalEvent(state: ApprovalState, event: ApprovalEvent): ApprovalTransition {
  return table[state][event];
}
