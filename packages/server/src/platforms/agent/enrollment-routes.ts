// M1 … M4 over HTTP. The organization in the address is part of what the code is good for.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '@gatehouse/core/errors.ts';
import {
  beginEnrollment,
  completeEnrollment,
  enrollmentRefused,
  type HandshakeContext,
} from '../../modules/enrollment/index.ts';
import type { AgentPlatform } from './agent-platform.ts';

const steps = { begin: beginEnrollment, complete: completeEnrollment } as const;

export function agentEnrollmentRoutes(scope: FastifyInstance, { deps }: AgentPlatform): void {
  for (const [step, run] of Object.entries(steps)) {
    scope.route({
      method: 'POST',
      url: `/:organization/${step}`,
      config: {
        access: { public: 'a device has no certificate yet; its messages prove that it knows a code' },
      },
      handler: async (request, reply) => {
        const answer = await run(deps, await contextOf(request), bytesOf(request));
        return reply.type('application/json; charset=utf-8').send(Buffer.from(answer));
      },
    });
  }

  async function contextOf(request: FastifyRequest): Promise<HandshakeContext> {
    const { organization } = request.params as { organization: string };
    const found = await deps.findOrganization(organization);
    // An organization that is not there answers like a code that is not there.
    if (!found) throw enrollmentRefused();
    return { organizationId: found.organizationId, requestId: request.id };
  }
}

function bytesOf({ body }: FastifyRequest): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new DomainError('invalid-input', 'The body is missing');
}
