import { Attention, FleetDays, Overview } from '@gatehouse/contracts/admin/overview.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute } from '../../kernel/http/route.ts';
import { readAttention } from './attention.ts';
import { listFleetDays, mostDays } from './fleet-days.ts';
import { createFigures, type OverviewDeps, readOverview } from './fleet-figures.ts';

const tag = 'overview';
const access = { permission: 'devices.read' } as const;

export function overviewRoutes(deps: OverviewDeps): AdminRoute[] {
  const figures = createFigures(deps);
  return [
    defineRoute({
      method: 'GET',
      path: '/overview',
      operation: 'readOverview',
      tag,
      summary: 'Show how the fleet stands, as of a few seconds ago at most',
      access,
      response: { 200: Overview },
      handle: ({ principal }) => readOverview(figures, principal),
    }),
    defineRoute({
      method: 'GET',
      path: '/overview/attention',
      operation: 'readAttention',
      tag,
      summary: 'Show what needs somebody now, most urgent first',
      access,
      response: { 200: Attention },
      handle: ({ principal }) => readAttention(deps, figures, principal),
    }),
    defineRoute({
      method: 'GET',
      path: '/overview/days',
      operation: 'listFleetDays',
      tag,
      summary: 'Show how the fleet stood at the end of each day',
      access,
      query: { days: Type.Optional(Type.Integer({ minimum: 1, maximum: mostDays, default: 30 })) },
      response: { 200: FleetDays },
      handle: ({ principal, query: { days = 30 } }) => listFleetDays(deps, principal, days),
    }),
  ];
}
