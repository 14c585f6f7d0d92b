import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultDestructiveLimits, destructiveBudget } from '@gatehouse/core/commands/guard.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import fc from 'fast-check';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { cancelCommand } from './cancel-command.ts';
import { queueCommand } from './queue-command.ts';

const minute = 60_000;

describe('the destructive budget', () => {
  let db: TestDatabase;
  before(async () => {
    db = await openTestDatabase({ poolSize: 8 });
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = (fleet: TestFleet, id: string): TenantPrincipal => ({
    kind: 'administrator',
    id,
    organizationId: fleet.organizationId,
    label: id,
    role: 'org-admin',
    permissions: new Set(permissions),
    empoweredAt: 0,
  });

  test('ADM-06 no interleaving of calls, cancellations and accounts wipes more than the budget in any hour', async () => {
    let runs = 0;
    const step = fc.record({
      /** Calls made at the same moment, each by one of three accounts. */
      burst: fc.array(
        fc.record({
          wipe: fc.constantFrom('selective-wipe', 'full-wipe'),
          account: fc.integer({ min: 0, max: 2 }),
          cancel: fc.boolean(),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      wait: fc.integer({ min: 0, max: 40 * minute }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        runs += 1;
        const fleet = await createTestFleet(db, `run-${runs}`);
        const calls = steps.flatMap(({ burst }) => burst).length;
        const devices = await Promise.all(Array.from({ length: calls }, () => fleet.addDevice()));
        let now = Date.UTC(2026, 10, 21);
        const deps = {
          database: db.database,
          clock: { now: () => now },
          events: createEvents({}, () => undefined),
          notifications: { publish: () => undefined },
          sealer: {} as never,
          reevaluate: async () => undefined,
        };
        const granted: number[] = [];
        for (const { burst, wait } of steps) {
          await Promise.all(
            burst.map(async ({ wipe, account, cancel }) => {
              const deviceId = devices.pop() ?? '';
              const actor = principal(fleet, `account-${account}`);
              try {
                const { id } = await queueCommand(deps, actor, { deviceId, name: wipe });
                granted.push(now);
                if (cancel) await cancelCommand(deps, actor, id);
              } catch (error) {
                assert.ok(isDomainError(error) && error.reason === 'budget-spent', String(error));
              }
            }),
          );
          now += wait;
        }
        const budget = destructiveBudget(calls, defaultDestructiveLimits);
        for (const from of granted) {
          const inWindow = granted.filter(
            (at) => at >= from && at < from + defaultDestructiveLimits.windowMs,
          );
          assert.ok(inWindow.length <= budget, `${inWindow.length} in an hour`);
        }
        assert.ok(granted.length >= Math.min(calls, budget), 'the budget itself can be spent');
      }),
      { numRuns: 25 },
    );
  });

  test('ADM-06 the budget of one organization is not spent by another', async () => {
    const [a, b] = [await createTestFleet(db, 'big'), await createTestFleet(db, 'small')];
    const deps = {
      database: db.database,
      clock: { now: () => Date.UTC(2026, 10, 21) },
      events: createEvents({}, () => undefined),
      notifications: { publish: () => undefined },
      sealer: {} as never,
      reevaluate: async () => undefined,
    };
    const wipe = async (fleet: TestFleet) =>
      queueCommand(deps, principal(fleet, 'x'), { deviceId: await fleet.addDevice(), name: 'full-wipe' });
    for (let count = 0; count < 5; count += 1) await wipe(a);
    await assert.rejects(wipe(a), (error) => isDomainError(error, 'too-many-requests'));
    assert.equal((await wipe(b)).state, 'queued');
  });
});
