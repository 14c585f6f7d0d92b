// Computers with our agent, as whoever orders a command sees them: whatever no other platform claims.
import type { PlatformSupport } from '../../modules/commands/index.ts';
import { agentRefusal } from './agent-commands.ts';

export const agentSupport: PlatformSupport = (_tx, { command, devices }) =>
  Promise.resolve(
    new Map(devices.map(({ deviceId }) => [deviceId, agentRefusal(command.name, command.params) ?? null])),
  );
