// Who ordered something earlier, for what of it is done now: with the rights of now (JOB-02).
import type { Principal } from '@gatehouse/core/actor.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { findDevice } from '../devices/index.ts';
import { rightsOfOrderer } from './rights-of-orderer.ts';
import { systemRights } from './system-rights.ts';

/**
 * Its power was old enough when it ordered, and has not grown younger by waiting.
 * @param reference as in `actorReference`
 * @param deviceIds to which it is done: the rights of a user are rights over the own devices.
 */
export async function principalLater(
  tx: TenantTx,
  reference: string,
  deviceIds: readonly string[] = [],
): Promise<Principal> {
  const separator = reference.indexOf(':');
  const [kind, id] = [reference.slice(0, separator) as Principal['kind'], reference.slice(separator + 1)];
  const devices =
    kind === 'user' ? await Promise.all(deviceIds.map((deviceId) => findDevice(tx, deviceId))) : [];
  const known = devices.filter((device) => device !== undefined);
  const rights =
    (await rightsOfOrderer(tx, reference, known)) ??
    (kind === 'system' ? systemRights : new Set(permissions));
  return {
    kind,
    id,
    organizationId: tx.organizationId,
    label: reference,
    role: '',
    permissions: rights,
    empoweredAt: 0,
  };
}
