import type { CliCommand } from '../command.ts';
import { appleCommands } from './apple.ts';
import { applePushCommands } from './apple-push.ts';
import { approvalCommands } from './approvals.ts';
import { auditCommands } from './audit.ts';
import { decodeCommands } from './decode.ts';
import { deviceCommands } from './devices.ts';
import { enrollmentCommands } from './enrollment.ts';
import { mailCommands } from './mail.ts';
import { mailProbeCommands } from './mail-probe.ts';
import { networkAccessCommands } from './network-access.ts';
import { organizationCommands } from './organizations.ts';
import { playbookCommands } from './playbooks.ts';
import { policyCommands } from './policies.ts';
import { resourceCommands } from './resources.ts';
import { rolloutCommands } from './rollouts.ts';
import { ruleCommands } from './rules.ts';
import { searchCommands } from './searches.ts';
import { serverCommands } from './server.ts';
import { simulationCommands } from './simulations.ts';
import { userCommands } from './users.ts';
import { webhookCommands } from './webhooks.ts';

export const commands: readonly CliCommand[] = [
  ...serverCommands,
  ...organizationCommands,
  ...userCommands,
  ...enrollmentCommands,
  ...deviceCommands,
  ...searchCommands,
  ...policyCommands,
  ...ruleCommands,
  ...simulationCommands,
  ...rolloutCommands,
  ...resourceCommands,
  ...networkAccessCommands,
  ...mailCommands,
  ...mailProbeCommands,
  ...applePushCommands,
  ...approvalCommands,
  ...playbookCommands,
  ...webhookCommands,
  ...auditCommands,
  ...decodeCommands,
  ...appleCommands,
];
