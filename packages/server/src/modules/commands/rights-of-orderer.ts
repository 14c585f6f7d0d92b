// What whoever ordered something may do to these devices now (JOB-02): administrators and tokens by their role, users by whose the
// devices are and what their organization lets people do to them.
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { rightsOverOwn } from '@gatehouse/core/portal/own-actions.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import { rightsOfActor } from '../administrators/index.ts';
import type { LockedDevice } from '../devices/index.ts';
import { readSettings } from '../organizations/index.ts';
import { isActiveUser } from './queries.ts';

const prefix = 'user:';
const none: ReadonlySet<Permission> = new Set();

/**
 * @param reference as in `actorReference`
 * @param devices all of them: one that is another's takes every right away.
 * @returns null for the local operator and the system
 */
export async function rightsOfOrderer(
  tx: TenantTx,
  reference: string,
  devices: readonly Pick<LockedDevice, 'userId' | 'ownership'>[],
): Promise<ReadonlySet<Permission> | null> {
  if (!reference.startsWith(prefix)) return rightsOfActor(tx, reference);
  const userId = reference.slice(prefix.length);
  if (!isUuid(userId) || devices.length === 0) return none;
  if (devices.some((device) => device.userId !== userId) || !(await isActiveUser(tx, userId))) return none;
  const { portal } = await readSettings(tx);
  const [first = none, ...others] = devices.map(({ ownership }) => rightsOverOwn(portal, ownership));
  return new Set([...first].filter((right) => others.every((rights) => rights.has(right))));
}
