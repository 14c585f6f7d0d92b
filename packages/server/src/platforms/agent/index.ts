/** Computers with our own agent: enrolment by one-time code, check-ins, commands. */
import { agentLimits } from '@gatehouse/contracts/agent.ts';

export type { AgentPlatformOptions } from './agent-deps.ts';
export { type AgentPlatform, createAgentPlatform, type RequestDevice } from './agent-platform.ts';
export { agentSupport } from './agent-support.ts';
export { agentDeviceRoutes } from './device-routes.ts';
export { agentEnrollmentRoutes } from './enrollment-routes.ts';

/** What the surfaces of this platform read at most. */
export const agentSurfaceLimits = {
  enrollmentBytes: agentLimits.requestBytes,
  requestBytes: agentLimits.requestBytes,
  depth: agentLimits.depth,
} as const;

/** How computers with an agent come in: by the handshake. */
export const agentWay = { agent: true } as const;
