import { DeviceExplanation, ExplainQuery, PostureChange } from '@gatehouse/contracts/admin/devices.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, Answer, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { type ExplainDeps, explainDevice } from './explain-device.ts';
import { listPostureChanges } from './list-posture-changes.ts';
import type { SimulationDeps } from './simulate-change.ts';
import { simulationRoutes } from './simulation-routes.ts';

const access = { permission: 'devices.explain' } as const;

export const complianceRoutes = (deps: ExplainDeps & SimulationDeps): AdminRoute[] => [
  ...simulationRoutes(deps),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/explain',
    operation: 'explainDevice',
    tag: 'compliance',
    summary: 'Explain why a device has or lacks access, now or at a moment in the past',
    description: 'With format=text the answer is text/plain, to be read by people.',
    access,
    params: { deviceId: Id },
    query: ExplainQuery,
    response: { 200: DeviceExplanation },
    handle: async ({ principal, params: { deviceId }, query: { gate, at, format } }) => {
      const explanation = await explainDevice(deps, principal, deviceId, {
        gate,
        at: at === undefined ? undefined : Date.parse(at),
      });
      if (format !== 'text') return explanation;
      return new Answer(`${explanation.text.join('\n')}\n`, {
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      });
    },
  }),
  listRoute({
    path: '/devices/:deviceId/posture-changes',
    operation: 'listPostureChanges',
    tag: 'compliance',
    summary: 'List how the decisions about a device changed, newest first',
    access,
    params: { deviceId: Id },
    item: PostureChange,
    handle: ({ principal, params: { deviceId }, page }) =>
      listPostureChanges(deps, principal, deviceId, page),
  }),
];
