/** A simulated Cisco ISE, for tests, the demonstration and benchmarks. */
export { type ConnectionState, type ConnectionTest, connectionMessages } from './connection-test.ts';
export type { MdmDictionary, NetworkDecision } from './dictionary.ts';
export { createSimulatedIse, IseCallFailed, type ListOptions, type SimulatedIse } from './simulated-ise.ts';
export type { IseSettings } from './transport.ts';
export { startToldIse, type ToldIse, type ToldIseOptions } from './told-ise.ts';
