// Held polling: the agent asks for commands and the answer waits until there is one, so a lock reaches a computer in the
// moment it is ordered, without anything that could be pushed to it from outside.
import type { ServerResponse } from 'node:http';
import { agentLimits, type CommandsResponse } from '@gatehouse/contracts/agent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { exchange } from '../../modules/commands/index.ts';
import type { AgentPlatform, RequestDevice } from './agent-platform.ts';
import { toWire } from './hand-over.ts';
import type { HeldOutcome } from './held-requests.ts';

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
  let { device, mark } = presented;
  for (;;) {
    // Only a new command ends the wait: what was handed over and is being carried out would make the agent come back at once,
    // for ever; it is handed over again at the next check-in.
    const commands = device.openCommands === 'queued' ? await take(platform, device) : [];
    const left = until - deps.clock.now();
    if (commands.length > 0 || response.destroyed || left <= 0) return { commands };
    // An empty answer before its time tells the agent to check in now.
    if (deps.policyHints.take(device)) return { commands: [] };
    const outcome = await wait(platform, { device, mark }, left, response);
    if (outcome === 'displaced') {
      throw new DomainError('too-many-requests', 'A newer request of this device waits instead', {
        reason: 'too-many-held',
      });
    }
    // Whoever waits again is looked up again, so news that did not arrive is late by one wait at most.
    if (outcome === 'over') return { commands: [] };
    // Asked anew who this is: the news may be that it is shut out.
    ({ device, mark } = await platform.authenticate(certificate, requestId));
  }
}

async function wait(
  { deps }: AgentPlatform,
  { device, mark }: Pick<RequestDevice, 'device' | 'mark'>,
  milliseconds: number,
  response: ServerResponse,
): Promise<HeldOutcome> {
  const held = deps.held.hold(device, milliseconds, mark);
  const gone = () => held.release();
  response.once('close', gone);
  try {
    return await held.outcome;
  } finally {
    response.off('close', gone);
  }
}

async function take({ deps }: AgentPlatform, { organizationId, deviceId }: RequestDevice['device']) {
  const { commands } = await exchange(deps, {
    organizationId,
    deviceId,
    most: agentLimits.commandsPerAnswer,
  });
  return commands.map(toWire);
}
