// Domain commands to the agent's wire form. The agent knows every command of the catalogue by its own name, so there is nothing
// to translate; what a device cannot carry out it answers with `failed` and a reason.
import type { AgentCommand } from '@gatehouse/contracts/agent.ts';
import { agentLimits } from '@gatehouse/contracts/agent.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type TakenCommand, takeCommandsOfMany } from '../../modules/commands/index.ts';
import type { AgentDeps } from './agent-deps.ts';

/** For each device everything open, new or handed over before, oldest first. */
export async function handOver(
  tx: TenantTx,
  deps: AgentDeps,
  deviceIds: readonly string[],
): Promise<ReadonlyMap<string, AgentCommand[]>> {
  const taken = await takeCommandsOfMany(deps, tx, deviceIds, { most: agentLimits.commandsPerAnswer });
  return new Map([...taken].map(([deviceId, commands]) => [deviceId, commands.map(toWire)]));
}

export function toWire({ id, name, params, expiresAt }: TakenCommand): AgentCommand {
  return { id, name, params: { ...params }, expiresAt };
}
