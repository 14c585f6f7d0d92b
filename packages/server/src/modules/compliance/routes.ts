import {
  DeviceExplanation,
  ExplainQuery,
  ManyDevicesReport,
  PostureChange,
} from '@gatehouse/contracts/admin/devices.ts';
import {
  exceptionFilter,
  ListedException,
  NewException,
  NewExceptions,
  RuleCounts,
  RuleException,
} from '@gatehouse/contracts/admin/rules.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, Answer, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { countRules } from './count-rules.ts';
import {
  createException,
  createExceptions,
  deleteException,
  type ExceptionDeps,
  listAllExceptions,
  listExceptions,
} from './exceptions.ts';
import { type ExplainDeps, explainDevice } from './explain-device.ts';
import { listPostureChanges } from './list-posture-changes.ts';
import { rolloutRoutes } from './rollout-routes.ts';
import type { RolloutDeps } from './rollouts.ts';
import { simulationRoutes } from './simulation-routes.ts';

const access = { permission: 'devices.explain' } as const;

const manageExceptions = { permission: 'exceptions.manage' } as const;

export const complianceRoutes = (deps: ExplainDeps & ExceptionDeps & RolloutDeps): AdminRoute[] => [
  ...simulationRoutes(deps),
  ...rolloutRoutes(deps),
  defineRoute({
    method: 'GET',
    path: '/compliance-rule-counts',
    operation: 'countComplianceRules',
    tag: 'compliance',
    summary:
      'Count the devices that break each rule, have time left, are excepted, or of which nothing is known',
    access: { permission: 'rules.read' },
    response: { 200: RuleCounts },
    handle: ({ principal }) => countRules(deps, principal),
  }),
  listRoute({
    path: '/compliance-exceptions',
    operation: 'listAllExceptions',
    tag: 'compliance',
    summary: 'List the exceptions of all devices, newest first',
    access: { permission: 'rules.read' },
    query: exceptionFilter,
    item: ListedException,
    handle: ({ principal, query, page }) => listAllExceptions(deps, principal, query, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/compliance-exceptions',
    operation: 'createExceptions',
    tag: 'compliance',
    summary: 'Except many devices from a compliance rule',
    description: 'Each device is answered.',
    access: manageExceptions,
    body: NewExceptions,
    response: { 200: ManyDevicesReport },
    idempotency: 'replay',
    example: {
      deviceIds: ['01930000-0000-7000-8000-000000000000'],
      rule: 'encryption',
      reason: 'Being repaired.',
    },
    handle: ({ principal, body }) => createExceptions(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/explain',
    operation: 'explainDevice',
    tag: 'compliance',
    summary: 'Explain why a device has or lacks access, now or at a moment in the past',
    description:
      'With format=text the answer is text/plain, to be read by people. Texts are in the language that is asked for.',
    access,
    params: { deviceId: Id },
    query: ExplainQuery,
    response: { 200: DeviceExplanation },
    handle: async ({ principal, params: { deviceId }, query, request }) => {
      const { gate, at, format } = query;
      const language = query.language ?? request.language;
      const explanation = await explainDevice(deps, principal, deviceId, {
        gate,
        at: at === undefined ? undefined : Date.parse(at),
        language,
      });
      const spoken = { 'content-language': language, vary: 'accept-language' };
      if (format !== 'text') return new Answer(explanation, { headers: spoken });
      return new Answer(`${explanation.text.join('\n')}\n`, {
        headers: { ...spoken, 'content-type': 'text/plain; charset=utf-8' },
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
  listRoute({
    path: '/devices/:deviceId/exceptions',
    operation: 'listExceptions',
    tag: 'compliance',
    summary: 'List the exceptions of a device from compliance rules, newest first',
    access: { permission: 'rules.read' },
    params: { deviceId: Id },
    item: RuleException,
    handle: ({ principal, params: { deviceId }, page }) => listExceptions(deps, principal, deviceId, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/exceptions',
    operation: 'createException',
    tag: 'compliance',
    summary: 'Except a device from a compliance rule',
    description:
      'The rule is still judged, and has no effect at gates and on the device until the exception ends.',
    access: manageExceptions,
    params: { deviceId: Id },
    body: NewException,
    response: { 201: RuleException },
    idempotency: 'replay',
    example: { rule: 'encryption', reason: 'Being repaired.' },
    handle: ({ principal, params, body }) => createException(deps, principal, params.deviceId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/devices/:deviceId/exceptions/:exceptionId',
    operation: 'deleteException',
    tag: 'compliance',
    summary: 'Take an exception back',
    access: manageExceptions,
    params: { deviceId: Id, exceptionId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => deleteException(deps, principal, params.deviceId, params.exceptionId),
  }),
];
