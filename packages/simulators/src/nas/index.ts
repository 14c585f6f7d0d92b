/** A simulated NAS that is told of changes, for tests, the demonstration and benchmarks. */
export {
  type NasAnswer,
  type NasOptions,
  type NasRequest,
  type SimulatedNas,
  startSimulatedNas,
} from './simulated-nas.ts';
