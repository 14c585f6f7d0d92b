/** A simulated Cisco ISE, for tests, the demonstration and benchmarks. */
export { type ConnectionState, type ConnectionTest, connectionMessages } from './connection-test.ts';
export { decideSession, type MdmDictionary, type NetworkDecision } from './dictionary.ts';
export { createSimulatedIse, IseCallFailed, type ListOptions, type SimulatedIse } from './simulated-ise.ts';
export type { IseSettings } from './transport.ts';
