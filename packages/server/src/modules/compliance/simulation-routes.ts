import {
  NewSimulation,
  SimulatedDevice,
  SimulatedEffect,
  Simulation,
} from '@gatehouse/contracts/admin/simulations.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import type { SimulationDeps } from './simulate-change.ts';
import { createSimulation, getSimulation, listSimulatedDevices, listSimulations } from './simulations.ts';

const access = { permission: 'simulations.run' } as const;
const tag = 'simulations';

export const simulationRoutes = (deps: SimulationDeps): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/simulations',
    operation: 'createSimulation',
    tag,
    summary: 'Say what a change would do, without making it',
    description:
      'Resolved and evaluated as if the change were made, over what devices have reported. Nothing is changed but that the result is kept for a month.',
    access,
    body: NewSimulation,
    response: { 201: Simulation },
    example: { change: { kind: 'os-version', platform: 'ios', version: '26.1' } },
    handle: ({ principal, body }) => createSimulation(deps, principal, body),
  }),
  listRoute({
    path: '/simulations',
    operation: 'listSimulations',
    tag,
    summary: 'List simulations, newest first',
    access,
    item: Simulation,
    handle: ({ principal, page }) => listSimulations(deps, principal, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/simulations/:simulationId',
    operation: 'getSimulation',
    tag,
    summary: 'Show what a change would have done',
    access,
    params: { simulationId: Id },
    response: { 200: Simulation },
    handle: ({ principal, params }) => getSimulation(deps, principal, params.simulationId),
  }),
  listRoute({
    path: '/simulations/:simulationId/devices',
    operation: 'listSimulatedDevices',
    tag,
    summary: 'List the devices that a change would concern, and how',
    access,
    params: { simulationId: Id },
    query: { effect: Type.Optional(SimulatedEffect) },
    item: SimulatedDevice,
    handle: ({ principal, params, query, page }) =>
      listSimulatedDevices(deps, principal, params.simulationId, query.effect, page),
  }),
];
