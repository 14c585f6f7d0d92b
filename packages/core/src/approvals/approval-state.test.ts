import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyApprovalEvent, type ApprovalEvent, approvalEvents, approvalStates } from './approval-state.ts';

test('ADM-07 every pair of state and event is decided, and what is over stays over', () => {
  for (const state of approvalStates) {
    for (const event of approvalEvents) {
      const transition = applyApprovalEvent(state, event);
      const open = state === 'pending' || state === 'canary';
      if (!open) assert.equal(transition.kind, 'refused', `${state} ${event}`);
    }
  }
});

test('ADM-07 a request is carried out once, whatever order its events come in', () => {
  const walk = (events: readonly ApprovalEvent[]) => {
    let state: (typeof approvalStates)[number] = 'pending';
    let carriedOut = 0;
    for (const event of events) {
      const transition = applyApprovalEvent(state, event);
      if (transition.kind !== 'moved') continue;
      if (transition.to === 'done') carriedOut += 1;
      state = transition.to;
    }
    return carriedOut;
  };
  const every = (depth: number): ApprovalEvent[][] =>
    depth === 0 ? [[]] : every(depth - 1).flatMap((rest) => approvalEvents.map((event) => [event, ...rest]));
  for (const events of every(4)) assert.ok(walk(events) <= 1, events.join());
});
