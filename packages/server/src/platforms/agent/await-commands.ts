// Held polling: the agent asks for commands and the answer waits until there is one, so a lock reaches a computer in the
// moment it is ordered, without anything that could be pushed to it from outside.
import type { ServerResponse } from 'node:http';
import type { CommandsResponse } from '@gatehouse/contracts/agent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { AgentPlatform, RequestDevice } from './agent-platform.ts';
import { handOver } from './hand-over.ts';

/** @throws CertificateRefused as soon as the device is shut out while it waits (DEV-06). */
export async function awaitCommands(
  platform: AgentPlatform,
  presented: RequestDevice,
  waitSeconds: number,
  response: ServerResponse,
): Promise<CommandsResponse> {
  const { deps } = platform;
  const { certificate, requestId } = presented;
  const until = deps.clock.now() + waitSeconds * 1_000;
  let { device } = presented;
  for (;;) {
    // Held before looking, so that a command queued in between wakes it. Only a new one ends the wait: what was handed over
    // and is being carried out would make the agent come back at once, for ever; it is handed over again at the next check-in.
    const held = deps.held.hold(device, Math.max(0, until - deps.clock.now()));
    const gone = () => held.release();
    response.once('close', gone);
    try {
      const commands = device.openCommands === 'queued' ? await take(platform, device) : [];
      if (commands.length > 0 || response.destroyed) return { commands };
      const outcome = await held.outcome;
      if (outcome === 'displaced') {
        throw new DomainError('too-many-requests', 'A newer request of this device waits instead', {
          reason: 'too-many-held',
        });
      }
      // The last look is free of charge for whoever has gone, and for the rest closes the gap of news that was not heard.
      if (outcome === 'over' && (response.destroyed || waitSeconds === 0)) return { commands: [] };
      ({ device } = await platform.authenticate(certificate, requestId));
      if (outcome === 'over') {
        return { commands: device.openCommands === 'queued' ? await take(platform, device) : [] };
      }
    } finally {
      response.off('close', gone);
      held.release();
    }
  }
}

function take({ deps }: AgentPlatform, { organizationId, deviceId }: RequestDevice['device']) {
  return deps.database.withTenant(organizationId, (tx) => handOver(tx, deps, deviceId));
}
