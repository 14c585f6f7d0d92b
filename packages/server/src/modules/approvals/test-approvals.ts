// What the tests of approvals share: an organization with administrators whose power is old enough, devices, and the module with
// real commands behind its port.
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { carryOutApproved } from '../commands/index.ts';
import { openTestQueue } from '../commands/test-queue.ts';
import type { ApprovalDeps } from './approval-deps.ts';
import { approvalJobs } from './reactions.ts';

export async function openTestApprovals() {
  const queue = await openTestQueue();
  const deps: ApprovalDeps = {
    ...queue.deps,
    carryOut: (tx, order) => carryOutApproved(queue.deps, tx, order),
  };
  const hour = 3_600_000;
  const { organizationId } = queue.fleet;

  /** @param ageHours how long ago the account gained its power. */
  async function person(name: string, ageHours = 48, role = 'org-admin'): Promise<TenantPrincipal> {
    const id = newId();
    const empoweredAt = queue.clock.at - ageHours * hour;
    await queue.rows(
      `insert into administrators (organization_id, administrator_id, email, role, state, empowered_at)
       values ($1, $2, $3, $4, 'active', $5)`,
      [organizationId, id, `${name}@acme.example`, role, new Date(empoweredAt)],
    );
    return {
      kind: 'administrator',
      id,
      organizationId,
      label: name,
      role,
      permissions: effectivePermissions(role),
      empoweredAt,
    };
  }

  return {
    queue,
    deps,
    person,
    devices: (count: number, ownership: 'corporate' | 'personal' = 'corporate') =>
      Promise.all(Array.from({ length: count }, () => queue.fleet.addDevice({ ownership }))),
    /** Past every window of what earlier tests have spent. */
    pause: () => void (queue.clock.at += 25 * hour),
    /** As the worker runs it when a device has answered. */
    async answered(commandId: string, state: 'acknowledged' | 'failed'): Promise<void> {
      const job = approvalJobs(deps)['follow-first-device'] as unknown as {
        parse(payload: unknown): never;
        run(tx: unknown, payload: never): Promise<void>;
      };
      await queue.inTenant((tx) => job.run(tx, job.parse({ commandId, state })));
    },
    async commandsOf(deviceIds: readonly string[]): Promise<number> {
      const [row] = await queue.rows(
        'select count(*)::int as count from commands where device_id = any ($1)',
        [deviceIds],
      );
      return row.count;
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

export type TestApprovals = Awaited<ReturnType<typeof openTestApprovals>>;
