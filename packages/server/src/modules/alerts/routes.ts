import { Alert } from '@gatehouse/contracts/admin/alerts.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { acknowledgeAlert, type AlertListDeps, listAlerts } from './list-alerts.ts';

const tag = 'alerts';

export const alertRoutes = (deps: AlertListDeps): AdminRoute[] => [
  listRoute({
    path: '/alerts',
    operation: 'listAlerts',
    tag,
    summary: 'What administrators were told of, newest first',
    access: { permission: 'alerts.read' },
    query: {
      open: Type.Optional(
        Type.Boolean({
          description: 'true: only what nobody has acknowledged; false: only what somebody has.',
        }),
      ),
      subject: Type.Optional(Type.String({ format: 'uuid', description: 'Only of this device or request.' })),
    },
    item: Alert,
    handle: ({ principal, query, page, request }) =>
      listAlerts(deps, principal, query, page, request.language),
  }),
  defineRoute({
    method: 'POST',
    path: '/alerts/:alertId/acknowledge',
    operation: 'acknowledgeAlert',
    tag,
    summary: 'Say that an alert has been seen',
    access: { permission: 'alerts.acknowledge' },
    params: { alertId: Id },
    response: { 200: Alert },
    handle: ({ principal, params: { alertId }, request }) =>
      acknowledgeAlert(deps, principal, alertId, request.language),
  }),
];
