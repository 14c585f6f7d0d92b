/** Compliance: evaluates devices, stores the one decision that all gates read, and explains it. */
export {
  evaluateDevice,
  evaluateDevices,
  type EvaluatedDevice,
  type EvaluationDeps,
} from './evaluate-devices.ts';
export type { DueDeps } from './evaluate-due.ts';
export { explainDevice } from './explain-device.ts';
export type { DeviceExplanation, ExplainDeps, ExplainMail, ExplainNetwork } from './explain-device.ts';
export { readVerdict } from './read-verdict.ts';
export { complianceJobs, complianceSubscriptions, complianceTasks } from './reactions.ts';
export { reviewChange } from './review-change.ts';
export { languageOfReader, tellDevice, tellDevices } from './tell-device.ts';
