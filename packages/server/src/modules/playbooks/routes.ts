import {
  NewPlaybookRun,
  PlaybookPreview,
  PlaybookRun,
  PlaybookStop,
  runFilter,
} from '@gatehouse/contracts/admin/playbooks.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { getRun, listRuns } from './list-runs.ts';
import type { PlaybookDeps } from './playbook-deps.ts';
import { continuePlaybook, previewPlaybook, startPlaybook, stopPlaybook } from './start-playbook.ts';

const tag = 'playbooks';
const example = { playbook: 'found' as const, reason: 'It was in the other bag.' };

export const playbookRoutes = (deps: PlaybookDeps): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/playbooks',
    operation: 'startPlaybook',
    tag,
    summary: 'Start the procedure for a lost, stolen or found device',
    description:
      'What it does depends on whose device it is. Of a private one the organization’s data is removed; a corporate one has three options: 1 secured group and lock-down, 2 shut out and selective wipe, 3 shut out and full wipe. What destroys passes the guard like any other command.',
    access: { permission: 'playbooks.run' },
    params: { deviceId: Id },
    body: NewPlaybookRun,
    response: { 201: PlaybookRun },
    idempotency: 'replay',
    example,
    handle: ({ principal, params: { deviceId }, body }) => startPlaybook(deps, principal, deviceId, body),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/playbooks/preview',
    operation: 'previewPlaybook',
    tag,
    summary: 'Show what a procedure would do, step by step, without doing it',
    access: { permission: 'playbooks.run' },
    params: { deviceId: Id },
    body: NewPlaybookRun,
    response: { 200: PlaybookPreview },
    example,
    handle: ({ principal, params: { deviceId }, body }) => previewPlaybook(deps, principal, deviceId, body),
  }),
  listRoute({
    path: '/devices/:deviceId/playbooks',
    operation: 'listPlaybooksOfDevice',
    tag,
    summary: 'The procedures of a device, newest first',
    access: { permission: 'devices.read' },
    params: { deviceId: Id },
    query: runFilter,
    item: PlaybookRun,
    handle: ({ principal, params: { deviceId }, query, page }) =>
      listRuns(deps, principal, { ...query, device: deviceId }, page),
  }),
  listRoute({
    path: '/playbook-runs',
    operation: 'listPlaybookRuns',
    tag,
    summary: 'All procedures, newest first',
    access: { permission: 'devices.read' },
    query: runFilter,
    item: PlaybookRun,
    handle: ({ principal, query, page }) => listRuns(deps, principal, query, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/playbook-runs/:runId',
    operation: 'getPlaybookRun',
    tag,
    summary: 'Show a procedure with its steps',
    access: { permission: 'devices.read' },
    params: { runId: Id },
    response: { 200: PlaybookRun },
    handle: ({ principal, params: { runId } }) => getRun(deps, principal, runId),
  }),
  defineRoute({
    method: 'POST',
    path: '/playbook-runs/:runId/stop',
    operation: 'stopPlaybook',
    tag,
    summary: 'Stop a procedure; what the device has not received yet is taken back',
    access: { permission: 'playbooks.run' },
    params: { runId: Id },
    body: PlaybookStop,
    response: { 200: PlaybookRun },
    example: { reason: 'A mistake.' },
    handle: ({ principal, params: { runId }, body }) => stopPlaybook(deps, principal, runId, body.reason),
  }),
  defineRoute({
    method: 'POST',
    path: '/playbook-runs/:runId/continue',
    operation: 'continuePlaybook',
    tag,
    summary: 'Go on without waiting any longer for the device to be found',
    access: { permission: 'playbooks.run' },
    params: { runId: Id },
    response: { 200: PlaybookRun },
    handle: ({ principal, params: { runId } }) => continuePlaybook(deps, principal, runId),
  }),
];
