/** Simulated computers that speak the agent protocol. */
export {
  type Computer,
  type ComputerOptions,
  newComputer,
  restartComputer,
  wipeComputer,
} from './computer.ts';
export { type DriftName, driftNames, drifts, driftsOf, passTime } from './drift.ts';
export { enroll, type EnrollmentTicket, type Identity, newDeviceKey } from './enroll.ts';
export { Gateway, type GatewayAddress, type GatewayCredential, Refusal } from './gateway.ts';
export { keepRunning, type RunOptions } from './keep-running.ts';
export { loadAgent, saveAgent } from './saved-agent.ts';
export { enrollmentClaims, scanComputer } from './scan-computer.ts';
export { seededRandom, type SeededRandom } from './seeded-random.ts';
export {
  type AgentEvent,
  type AgentMemory,
  emptyMemory,
  type LedgerEntry,
  SimulatedAgent,
  type SimulatedAgentOptions,
} from './simulated-agent.ts';
