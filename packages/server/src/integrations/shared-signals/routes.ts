import {
  ParkedSignal,
  RetriedSignals,
  SignalStream,
  SignalStreamChange,
} from '@gatehouse/contracts/admin/signals.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import {
  administerStream,
  endStreamOf,
  listParked,
  listStreams,
  retryParked,
  type StreamAdministrationDeps,
} from './administer-streams.ts';

const tag = 'signals';

export const signalRoutes = (deps: StreamAdministrationDeps): AdminRoute[] => [
  listRoute({
    path: '/signals/streams',
    operation: 'listSignalStreams',
    tag,
    summary: 'List the streams of Shared Signals, with what waits for their receivers',
    access: { permission: 'gates.read' },
    item: SignalStream,
    handle: ({ principal }) => listStreams(deps, principal),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/signals/streams/:streamId',
    operation: 'changeSignalStream',
    tag,
    summary: 'Pause, stop or resume a stream, or fix whom it tells of',
    access: { permission: 'gates.manage' },
    params: { streamId: Id },
    body: SignalStreamChange,
    example: {},
    response: { 200: SignalStream },
    handle: ({ principal, params, body }) => administerStream(deps, principal, params.streamId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/signals/streams/:streamId',
    operation: 'deleteSignalStream',
    tag,
    summary: 'Delete a stream; its receiver is told of nothing any more',
    access: { permission: 'gates.manage' },
    params: { streamId: Id },
    response: { 204: null },
    handle: ({ principal, params }) => endStreamOf(deps, principal, params.streamId),
  }),
  listRoute({
    path: '/signals/streams/:streamId/parked',
    operation: 'listParkedSignals',
    tag,
    summary: 'List the events that a receiver refused',
    access: { permission: 'gates.read' },
    params: { streamId: Id },
    item: ParkedSignal,
    handle: ({ principal, params, page }) => listParked(deps, principal, params.streamId, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/signals/streams/:streamId/parked/retry',
    operation: 'retryParkedSignals',
    tag,
    summary: 'Send the events again that a receiver refused',
    access: { permission: 'gates.manage' },
    params: { streamId: Id },
    response: { 200: RetriedSignals },
    handle: ({ principal, params }) => retryParked(deps, principal, params.streamId),
  }),
];
