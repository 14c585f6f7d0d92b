import {
  ActionSummary,
  actionFilter,
  ComplianceAction,
} from '@gatehouse/contracts/admin/compliance-actions.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { type ActionListDeps, listActions, summarizeActions } from './list-actions.ts';

const tag = 'compliance';

export const remediationRoutes = (deps: ActionListDeps): AdminRoute[] => [
  listRoute({
    path: '/devices/:deviceId/actions',
    operation: 'listDeviceActions',
    tag,
    summary: 'What compliance rules did to a device, with the cause and what came of it, newest first',
    access: { permission: 'devices.explain' },
    params: { deviceId: Id },
    query: actionFilter,
    item: ComplianceAction,
    handle: ({ principal, params: { deviceId }, query, page }) =>
      listActions(deps, principal, { ...query, device: deviceId }, page),
  }),
  listRoute({
    path: '/compliance-actions',
    operation: 'listComplianceActions',
    tag,
    summary: 'What compliance rules did to all devices, newest first',
    access: { permission: 'devices.explain' },
    query: actionFilter,
    item: ComplianceAction,
    handle: ({ principal, query, page }) => listActions(deps, principal, query, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/compliance-actions/summary',
    operation: 'summarizeComplianceActions',
    tag,
    summary: 'How often each rule did what, with what outcome',
    access: { permission: 'devices.explain' },
    query: { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 400, description: 'Default 30.' })) },
    response: { 200: ActionSummary },
    handle: ({ principal, query }) => summarizeActions(deps, principal, query.days ?? 30),
  }),
];
