import {
  MailProbe,
  MailProbePlan,
  MailProbePlanChange,
  MailProbeReport,
  MailProbeSummary,
  NewMailProbe,
} from '@gatehouse/contracts/admin/mail-probes.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import type { MailProbeDeps } from './deps.ts';
import { askForProbe, changePlan, getPlan, getProbe, listProbes, reportProbe } from './manage-probes.ts';

const tag = 'mail';
const read = { permission: 'mail.read' } as const;
const manage = { permission: 'mail.manage' } as const;
const server = { mailServerId: Id };

export const mailProbeRoutes = (deps: MailProbeDeps): AdminRoute[] => [
  listRoute({
    path: '/mail-probes',
    operation: 'listMailProbes',
    tag,
    summary: 'Looks at mail servers, the newest first: whether mail can be had round the gateway',
    access: read,
    query: { mailServerId: Type.Optional(Id) },
    item: MailProbeSummary,
    handle: ({ principal, query, page }) => listProbes(deps, principal, query.mailServerId, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-probes',
    operation: 'askForMailProbe',
    tag,
    summary: 'Look at a mail server now; the answer is there when the state is done',
    access: manage,
    body: NewMailProbe,
    example: { mailServerId: '00000000-0000-0000-0000-000000000000' },
    response: { 202: MailProbe },
    handle: ({ principal, body, request }) =>
      askForProbe(deps, principal, body.mailServerId, request.language),
  }),
  defineRoute({
    method: 'POST',
    path: '/mail-probes/reports',
    operation: 'reportMailProbe',
    tag,
    summary: 'Tell what was to be seen of a mail server from elsewhere: what “gatehouse mail-probe” found',
    access: manage,
    body: MailProbeReport,
    example: {
      mailServerId: '00000000-0000-0000-0000-000000000000',
      place: 'home',
      sights: [{ way: 'activesync', address: 'https://mail.example/', seen: 'denied', status: 403 }],
    },
    response: { 201: MailProbe },
    handle: ({ principal, body, request }) => reportProbe(deps, principal, body, request.language),
  }),
  defineRoute({
    method: 'GET',
    path: '/mail-probes/:mailProbeId',
    operation: 'getMailProbe',
    tag,
    summary: 'Show a look at a mail server, way by way, with what it means and what to do',
    access: read,
    params: { mailProbeId: Id },
    response: { 200: MailProbe },
    handle: ({ principal, params, request }) =>
      getProbe(deps, principal, params.mailProbeId, request.language),
  }),
  defineRoute({
    method: 'GET',
    path: '/mail-servers/:mailServerId/probe-plan',
    operation: 'getMailProbePlan',
    tag,
    summary: 'Show where and how often a mail server is looked at',
    access: read,
    params: server,
    response: { 200: MailProbePlan },
    handle: ({ principal, params }) => getPlan(deps, principal, params.mailServerId),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/mail-servers/:mailServerId/probe-plan',
    operation: 'changeMailProbePlan',
    tag,
    summary: 'Change where and how often a mail server is looked at, and what stays open on purpose',
    access: manage,
    params: server,
    body: MailProbePlanChange,
    example: {},
    response: { 200: MailProbePlan },
    handle: ({ principal, params, body }) => changePlan(deps, principal, params.mailServerId, body),
  }),
];
