// What the tests of queueing and handing over share: an organization with devices, and everything that commands need.
import { randomBytes } from 'node:crypto';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';

export async function openTestQueue() {
  const db: TestDatabase = await openTestDatabase();
  const fleet: TestFleet = await createTestFleet(db, 'acme');
  const keys = masterKeysOf([randomBytes(32)]);
  const announced: string[] = [];
  const clock = { at: Date.UTC(2026, 10, 21, 12), now: () => clock.at };
  const deps = {
    database: db.database,
    clock,
    events: createEvents({}, () => undefined),
    notifications: { publish: (_topic: string, { id }: { id: string }) => void announced.push(id) },
    sealer: createSealer(() => keys),
    reevaluate: async () => undefined,
  };
  const adminId = newId();
  const admin: TenantPrincipal = {
    kind: 'administrator',
    id: adminId,
    organizationId: fleet.organizationId,
    label: 'admin',
    role: 'org-admin',
    permissions: effectivePermissions('org-admin'),
    empoweredAt: 0,
  };
  const rows = async (text: string, values: unknown[] = []) =>
    (await (await superuserOf(db)).query(text, values)).rows;
  await rows(
    `insert into administrators (organization_id, administrator_id, email, role, state)
     values ($1, $2, 'admin@acme.example', 'org-admin', 'active')`,
    [fleet.organizationId, adminId],
  );
  return {
    db,
    fleet,
    deps,
    clock,
    admin,
    announced,
    rows,
    inTenant: <T>(work: (tx: TenantTx) => Promise<T>) => db.database.withTenant(fleet.organizationId, work),
    /** How often the audit record tells of this action upon this target. */
    entries: async (action: string, target: string): Promise<number> =>
      (
        await rows(
          `select count(*)::int from audit_entries
           where content ->> 'action' = $1 and content -> 'target' ->> 'id' = $2`,
          [action, target],
        )
      )[0].count,
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
}

export type TestQueue = Awaited<ReturnType<typeof openTestQueue>>;
