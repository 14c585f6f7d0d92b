import { NewRollout, Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import {
  abortRollout,
  getRollout,
  listRollouts,
  type RolloutDeps,
  resumeRollout,
  startRollout,
} from './rollouts.ts';

const access = { permission: 'simulations.run' } as const;
const tag = 'simulations';
const nowhere = '00000000-0000-7000-8000-000000000000';

export const rolloutRoutes = (deps: RolloutDeps): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/rollouts',
    operation: 'startRollout',
    tag,
    summary: 'Change a policy or a rule, and let the change take effect ring by ring',
    description:
      'Needs the right to change it. The rollout halts by itself when more devices than were simulated stop being compliant.',
    access,
    body: NewRollout,
    response: { 201: Rollout },
    example: {
      item: { kind: 'policy', id: nowhere },
      settings: {},
      rings: [{ percent: 5 }, { percent: 100 }],
    },
    handle: ({ principal, body }) => startRollout(deps, principal, body),
  }),
  listRoute({
    path: '/rollouts',
    operation: 'listRollouts',
    tag,
    summary: 'List rollouts, newest first',
    access,
    item: Rollout,
    handle: ({ principal, page }) => listRollouts(deps, principal, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/rollouts/:rolloutId',
    operation: 'getRollout',
    tag,
    summary: 'Show how far a rollout is',
    access,
    params: { rolloutId: Id },
    response: { 200: Rollout },
    handle: ({ principal, params }) => getRollout(deps, principal, params.rolloutId),
  }),
  defineRoute({
    method: 'POST',
    path: '/rollouts/:rolloutId/resume',
    operation: 'resumeRollout',
    tag,
    summary: 'Go on with a rollout that has halted',
    access,
    params: { rolloutId: Id },
    response: { 200: Rollout },
    handle: ({ principal, params }) => resumeRollout(deps, principal, params.rolloutId),
  }),
  defineRoute({
    method: 'POST',
    path: '/rollouts/:rolloutId/abort',
    operation: 'abortRollout',
    tag,
    summary: 'End a rollout: everybody gets back what was before',
    access,
    params: { rolloutId: Id },
    response: { 200: Rollout },
    handle: ({ principal, params }) => abortRollout(deps, principal, params.rolloutId),
  }),
];
