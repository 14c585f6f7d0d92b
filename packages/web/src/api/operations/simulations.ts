import type { NewSimulation, SimulatedDevice, Simulation } from '@gatehouse/contracts/admin/simulations.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const createSimulation = operation<{ body: NewSimulation; answer: Simulation }>()(
  'createSimulation',
  'POST',
  '/simulations',
);
export const listSimulations = operation<{ query: Paging; answer: PageOf<Simulation> }>()(
  'listSimulations',
  'GET',
  '/simulations',
);
export const getSimulation = operation<{ answer: Simulation }>()(
  'getSimulation',
  'GET',
  '/simulations/:simulationId',
);

export type SimulatedEffect = SimulatedDevice['effects'][number];

export const listSimulatedDevices = operation<{
  query: Paging & { readonly effect?: SimulatedEffect | undefined };
  answer: PageOf<SimulatedDevice>;
}>()('listSimulatedDevices', 'GET', '/simulations/:simulationId/devices');
