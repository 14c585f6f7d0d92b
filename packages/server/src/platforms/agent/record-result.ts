// The device's answer to a command. It is looked up among the device's own: another one's id is no key to it (DEV-02).
import type { CommandResultRequest, CommandResultResponse } from '@gatehouse/contracts/agent.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { recordCommandResult } from '../../modules/commands/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { RequestDevice } from './agent-platform.ts';

export async function recordResult(
  deps: AgentDeps,
  { device: { organizationId, deviceId }, requestId }: RequestDevice,
  commandId: string,
  result: CommandResultRequest,
): Promise<CommandResultResponse> {
  try {
    const state = await deps.database.withTenant(organizationId, (tx) =>
      recordCommandResult(deps, tx, deviceId, commandId, result),
    );
    return { state };
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
