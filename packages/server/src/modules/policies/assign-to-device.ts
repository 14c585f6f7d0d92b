// A policy for one device for as long as something lasts: the lock-down of one that was stolen.
import { type Actor, actorReference } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { findAssignmentOfDevice } from './device-assignment-queries.ts';
import type { PolicyDeps } from './policy-deps.ts';
import { deleteAssignmentRow, insertAssignment, lockPolicy } from './queries.ts';
import { announceReach } from './reach.ts';

interface Change {
  readonly policyId: string;
  readonly deviceId: string;
  readonly actor: Actor;
}

/** @returns its name; undefined: there is no such policy. */
export async function assignPolicyToDevice(
  deps: Pick<PolicyDeps, 'events' | 'clock'>,
  tx: TenantTx,
  { policyId, deviceId, actor }: Change,
): Promise<string | undefined> {
  const policy = await lockPolicy(tx, policyId);
  if (!policy) return undefined;
  const id = newId();
  const target = { targetKind: 'device', targetId: deviceId } as const;
  const made = await insertAssignment(
    tx,
    { id, itemKind: 'policy', itemId: policyId, ...target, platform: null, priority: 0 },
    new Date(deps.clock.now()),
  );
  if (made) await told(deps, tx, 'assignments.create', { policyId, deviceId, actor }, id);
  return policy.name;
}

/** @returns whether it was assigned. */
export async function unassignPolicyFromDevice(
  deps: Pick<PolicyDeps, 'events'>,
  tx: TenantTx,
  change: Change,
): Promise<boolean> {
  const id = await findAssignmentOfDevice(tx, change.policyId, change.deviceId);
  if (id === undefined || !(await deleteAssignmentRow(tx, id))) return false;
  await told(deps, tx, 'assignments.delete', change, id);
  return true;
}

async function told(
  { events }: Pick<PolicyDeps, 'events'>,
  tx: TenantTx,
  action: string,
  { policyId, deviceId, actor }: Change,
  assignmentId: string,
): Promise<void> {
  await Promise.all([
    announceReach(tx, events, [{ target_kind: 'device', target_id: deviceId, platform: null }], 'policy'),
    recordAudit(tx, {
      actor,
      action,
      target: { kind: 'policy', id: policyId },
      outcome: 'done',
      show: { assignmentId, target: `device:${deviceId}`, by: actorReference(actor) },
    }),
  ]);
}
