/**
 * Approvals: destruction that one person may not decide alone, and the budget that says when. It stands left of commands, which
 * ask here; what was approved is carried out through a port.
 */
export type {
  ApprovalDeps,
  ApprovedOrder,
  AskDeps,
  CarryOut,
  Cause,
  CommandQuestion,
  OrderOutcome,
} from './approval-deps.ts';
export { askForCommand, waitForFirstDevice } from './ask.ts';
export { spend } from './budget-queries.ts';
export { withdrawForSystem } from './decide.ts';
export { holdBudget, readBudget } from './limits.ts';
export { approvalJobs, approvalSubscriptions, approvalTasks } from './reactions.ts';
