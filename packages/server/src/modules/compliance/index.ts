/** Compliance: evaluates devices, stores the one decision that all gates read, and explains it. */
export {
  evaluateDevice,
  evaluateDevices,
  type EvaluatedDevice,
  type EvaluationDeps,
} from './evaluate-devices.ts';
export { type DueDeps, evaluateDue } from './evaluate-due.ts';
export { type DeviceExplanation, type ExplainDeps, explainDevice } from './explain-device.ts';
export { complianceJobs, complianceSubscriptions, complianceTasks } from './reactions.ts';
export { complianceRoutes } from './routes.ts';
