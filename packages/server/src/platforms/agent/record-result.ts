// The device's answer to a command, and with ours what has come to wait for it meanwhile, if it wants to know. It is looked up among the device's own: another one's id is no key to it (DEV-02).
import {
  agentLimits,
  type CommandResultRequest,
  type CommandResultResponse,
} from '@gatehouse/contracts/agent.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { exchange } from '../../modules/commands/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { RequestDevice } from './agent-platform.ts';
import { toWire } from './hand-over.ts';

export async function recordResult(
  deps: AgentDeps,
  { device: { organizationId, deviceId }, requestId }: RequestDevice,
  commandId: string,
  result: CommandResultRequest,
  { next = false }: { readonly next?: boolean } = {},
): Promise<CommandResultResponse> {
  try {
    // What it was handed before it still has in hand; only what is new is told with the answer.
    const { state, commands } = await exchange(deps, {
      organizationId,
      deviceId,
      answer: { commandId, ...result },
      most: next ? agentLimits.commandsPerAnswer : 0,
      which: 'fresh',
      requestId,
    });
    return { state: state ?? result.state, ...(next ? { commands: commands.map(toWire) } : {}) };
  } catch (error) {
    if (isDomainError(error, 'not-found')) {
      deps.refusals.note({
        organizationId,
        actor: { kind: 'device', id: deviceId },
        action: 'commands.result',
        target: { kind: 'command', id: commandId },
        reason: 'identity-mismatch',
        requestId,
      });
    }
    throw error;
  }
}
