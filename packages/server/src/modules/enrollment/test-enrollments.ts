// For tests: two organizations on a real database, whose administrators issue codes and whose devices use them.
import { randomBytes } from 'node:crypto';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { silentLog } from '../../kernel/log.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createRefusals } from '../certificates/index.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { beginEnrollment } from './begin-enrollment.ts';
import { completeEnrollment } from './complete-enrollment.ts';
import { createEnrollment } from './create-enrollment.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import type { Carrier } from './test-device.ts';

export async function openTestEnrollments() {
  const db = await openTestDatabase({ poolSize: 10 });
  const [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
  const { database } = db;
  const masterKeys = masterKeysOf([randomBytes(32)]);
  let now = Date.now();
  const clock = { now: () => now };
  const refusals = createRefusals({ database, clock, log: silentLog });
  const deps: EnrollmentDeps = {
    database,
    clock,
    sealer: createSealer(() => masterKeys),
    events: createEvents({}, () => undefined),
    notifications: { publish: () => undefined },
    refusals,
    publicUrl: new URL('https://mdm.example:8443'),
    deviceUrl: new URL('https://mdm.example:8444'),
    tlsAnchors: () => [randomBytes(200)],
    ways: { linux: { agent: true }, macos: { agent: true } },
  };

  /** Behind the curtain of row-level security. */
  async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const admin = await db.superuser();
    const result = await admin.query(text, values);
    await admin.end();
    return result.rows as Row[];
  }

  function principal({ organizationId }: TestFleet, role = 'org-admin'): TenantPrincipal {
    return {
      kind: 'administrator',
      id: newId(),
      organizationId,
      label: 'admin@example',
      role,
      permissions: effectivePermissions(role),
      empoweredAt: null,
    };
  }

  async function newUser({ organizationId }: TestFleet): Promise<string> {
    const id = newId();
    await rows('insert into users (organization_id, user_id, email, user_name) values ($1, $2, $3, $3)', [
      organizationId,
      id,
      `${id}@example`,
    ]);
    return id;
  }

  return {
    deps,
    acme,
    globex,
    rows,
    principal,
    newUser,
    /** A code for a new user. */
    issue: async (change: object = {}, fleet = acme) =>
      createEnrollment(deps, principal(fleet), { user: await newUser(fleet), platform: 'linux', ...change }),
    carrier: ({ organizationId }: TestFleet): Carrier => ({
      begin: (message) => beginEnrollment(deps, { organizationId }, message),
      complete: (message) => completeEnrollment(deps, { organizationId }, message),
    }),
    audited: (action: string, enrollmentId?: string) =>
      rows<{ outcome: string; reason: string | null; count: number | null }>(
        `select content->>'outcome' as outcome, content->>'reason' as reason, (content#>>'{show,count}')::int as count
         from audit_entries where content->>'action' = $1 and ($2::text is null or content#>>'{target,id}' = $2)
         order by entry_id`,
        [action, enrollmentId ?? null],
      ),
    /** Runs the work that much later. */
    async later(milliseconds: number, work: () => Promise<void>): Promise<void> {
      now += milliseconds;
      try {
        await work();
      } finally {
        now -= milliseconds;
      }
    },
    now: () => now,
    async close() {
      await refusals.close();
      await db[Symbol.asyncDispose]();
    },
  };
}

export type TestEnrollments = Awaited<ReturnType<typeof openTestEnrollments>>;
