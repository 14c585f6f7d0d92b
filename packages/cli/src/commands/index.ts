import type { CliCommand } from '../command.ts';
import { appleCommands } from './apple.ts';
import { auditCommands } from './audit.ts';
import { decodeCommands } from './decode.ts';
import { deviceCommands } from './devices.ts';
import { organizationCommands } from './organizations.ts';
import { policyCommands } from './policies.ts';
import { resourceCommands } from './resources.ts';
import { serverCommands } from './server.ts';
import { userCommands } from './users.ts';

export const commands: readonly CliCommand[] = [
  ...serverCommands,
  ...organizationCommands,
  ...userCommands,
  ...deviceCommands,
  ...policyCommands,
  ...resourceCommands,
  ...auditCommands,
  ...decodeCommands,
  ...appleCommands,
];
