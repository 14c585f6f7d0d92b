// The device leaves management by its own word: its user took it out, or a selective wipe was carried out. With the answer
// its certificates are dead and its gates shut.
import type { UnenrollRequest } from '@gatehouse/contracts/agent.ts';
import { changeStanding } from '../../modules/devices/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { RequestDevice } from './agent-platform.ts';

export async function unenroll(
  deps: AgentDeps,
  { device: { organizationId, deviceId }, requestId }: RequestDevice,
  { cause }: UnenrollRequest,
): Promise<void> {
  await deps.database.withTenant(organizationId, (tx) =>
    changeStanding(deps, tx, {
      deviceId,
      event: 'unmanage',
      actor: { kind: 'device', id: deviceId, organizationId, label: deviceId, requestId },
      reason: cause,
    }),
  );
}
