import { Alert, AlertMailChange, AlertMails } from '@gatehouse/contracts/admin/alerts.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { chooseAlertMail, listAlertMails, type MailingDeps } from './alert-mailings.ts';
import { acknowledgeAlert, type AlertListDeps, listAlerts } from './list-alerts.ts';

const tag = 'alerts';

const ownMails = { authenticated: 'everybody who may see alerts chooses their own mails' } as const;

export const alertRoutes = (deps: AlertListDeps & MailingDeps): AdminRoute[] => [
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
  defineRoute({
    method: 'GET',
    path: '/me/alert-mails',
    operation: 'listAlertMails',
    tag,
    summary: 'Show which kinds of alerts the caller gets by mail, and when',
    access: ownMails,
    response: { 200: AlertMails },
    handle: ({ principal, request }) => listAlertMails(deps, principal, request.language),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/me/alert-mails',
    operation: 'chooseAlertMail',
    tag,
    summary: 'Choose for one kind of alerts: at once, once a day, or not by mail',
    access: ownMails,
    body: AlertMailChange,
    response: { 200: AlertMails },
    example: { kind: 'rule-broken', mail: 'daily' },
    handle: ({ principal, body, request }) => chooseAlertMail(deps, principal, body, request.language),
  }),
];
