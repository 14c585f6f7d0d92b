// The promise of idea 8 as a property: whatever people, machines, rules and approvals do in whatever order and however many at
// once, nothing is destroyed beyond the budget unless a second person said yes to exactly that, or somebody went ahead alone in
// front of everybody and within bounds (ADM-06).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemActor } from '@gatehouse/core/actor.ts';
import { destructiveBudget } from '@gatehouse/core/commands/guard.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import fc from 'fast-check';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { cancelCommand } from '../commands/cancel-command.ts';
import { queueCommand, queueCommands, queueInTransaction, systemRights } from '../commands/index.ts';
import { askForBudget } from './ask.ts';
import { approve, override, reject, release } from './decide.ts';
import { limitsFrom } from './limits.ts';
import { approvalTasks } from './reactions.ts';
import { openTestApprovals, type TestApprovals } from './test-approvals.ts';

const minute = 60_000;
const hour = 60 * minute;

const account = fc.constantFrom(0, 0, 1, 2, 3, 4);
const wipe = fc.constantFrom('selective-wipe', 'full-wipe');

/** What can happen. `pick` chooses among what is there at the moment. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('one' as const), by: account, wipe }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('many' as const),
      by: account,
      wipe,
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rule' as const), wipe }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom('approve', 'approve', 'override', 'override', 'release', 'reject' as const),
      by: fc.constantFrom(0, 0, 1, 1, 2, 3, 4),
      pick: fc.nat(9),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), pick: fc.nat(9), well: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('budget' as const),
      by: account,
      minimumBudget: fc.integer({ min: 1, max: 9 }),
      windowMinutes: fc.constantFrom(60, 120),
      secondPerson: fc.constantFrom('above-budget', 'always' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const) }) },
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** What happens at one moment, and how long nothing happens afterwards. */
const moment = fc.record({
  together: fc.array(happening, { minLength: 1, maxLength: 6, size: 'max' }),
  wait: fc.constantFrom(0, 0, 0, 5 * minute, 30 * minute, 61 * minute, 25 * hour),
});

interface Spending {
  readonly device_id: string;
  readonly approval_id: string | null;
  readonly at: Date;
}

async function runMoments(
  world: TestApprovals,
  moments: readonly { readonly together: readonly Happening[]; readonly wait: number }[],
): Promise<void> {
  const { queue, deps } = world;
  const name = `run${queue.clock.at}`;
  const people = await Promise.all([
    world.person(`${name}-a`),
    world.person(`${name}-b`),
    world.person(`${name}-help`, 48, 'help-desk'),
    world.person(`${name}-nac`, 48, 'nac-service'),
    // Made a moment ago, perhaps by one of the others, for what follows.
    world.person(`${name}-young`, 0),
  ]);
  // Of three devices the first goes ahead, so that batches wait in every run.
  const [a, b] = people;
  const asked = await askForBudget(deps, a, { canaryAbove: 2 }, 'For the test.').catch(() => undefined);
  if (asked) await approve(deps, b, asked.id, { hash: asked.hash });
  const needed = moments
    .flatMap(({ together }) => together)
    .reduce((sum, event) => sum + (event.kind === 'many' ? event.count : 2), 0);
  const spare = await world.devices(needed);
  const take = (count: number) => spare.splice(0, count);
  const chosen = async (text: string, pick: number): Promise<Record<string, string> | undefined> => {
    const rows = await queue.rows(text);
    return rows.length === 0 ? undefined : rows[pick % rows.length];
  };
  const permission = (by: TenantPrincipal, command: string) =>
    by.role === 'nac-service'
      ? ({ permission: command === 'full-wipe' ? 'nac.actions.full-wipe' : 'nac.actions.wipe' } as const)
      : {};

  async function happen(event: Happening): Promise<void> {
    const by = 'by' in event ? people[event.by] : undefined;
    switch (event.kind) {
      case 'one': {
        const [deviceId = ''] = take(1);
        assert.ok(by);
        await queueCommand(queue.deps, by, { deviceId, name: event.wipe }, permission(by, event.wipe));
        return;
      }
      case 'many':
        assert.ok(by);
        await queueCommands(
          queue.deps,
          by,
          { deviceIds: take(event.count), name: event.wipe },
          permission(by, event.wipe),
        );
        return;
      case 'rule':
        await queue.inTenant((tx) =>
          queueInTransaction(
            queue.deps,
            tx,
            {
              ...systemActor('rule-stages', tx.organizationId),
              role: '',
              permissions: systemRights,
              empoweredAt: null,
            },
            { deviceIds: take(2), name: event.wipe, reason: 'A rule says so.' },
          ),
        );
        return;
      case 'approve':
      case 'override':
      case 'release':
      case 'reject': {
        assert.ok(by);
        const request = await chosen(
          // Mostly what is open, and now and then what is over.
          `select approval_id, hash from approval_requests
           order by (state in ('pending', 'canary')) desc, approval_no desc limit 8`,
          event.pick,
        );
        if (!request) return;
        const { approval_id: id = '', hash = '' } = request;
        const decision = { hash, reason: 'Because it is so.' };
        if (event.kind === 'approve') await approve(deps, by, id, decision);
        else if (event.kind === 'override') await override(deps, by, id, decision);
        else if (event.kind === 'release') await release(deps, by, id);
        else await reject(deps, by, id);
        return;
      }
      case 'answer': {
        const request = await chosen(
          `select canary_command_id from approval_requests where state = 'canary'`,
          event.pick,
        );
        if (request)
          await world.answered(request['canary_command_id'] ?? '', event.well ? 'acknowledged' : 'failed');
        return;
      }
      case 'cancel': {
        const command = await chosen(
          `select command_id from commands where state = 'queued' order by command_no desc limit 8`,
          event.pick,
        );
        if (command) await cancelCommand(queue.deps, queue.admin, command['command_id'] ?? '');
        return;
      }
      case 'budget': {
        assert.ok(by);
        const { minimumBudget, windowMinutes, secondPerson } = event;
        await askForBudget(deps, by, { minimumBudget, windowMinutes, secondPerson }, 'It is time.');
        return;
      }
      case 'expire':
        for (const task of approvalTasks) await task.run({ ...deps, database: queue.db.database });
        return;
      default:
        event satisfies never;
    }
  }

  for (const { together, wait } of moments) {
    await Promise.all(
      together.map((event) =>
        // Refusals are what the guard is for, a deadlock that the database resolves is a refusal too; anything else is a fault.
        happen(event).catch((error: unknown) => {
          if (!isDomainError(error) || error.code === 'internal') throw error;
        }),
      ),
    );
    queue.clock.at += wait;
  }
}

/** Holds everything that was ever destroyed here against the rules. */
async function check(world: TestApprovals): Promise<void> {
  const { queue } = world;
  const spendings: Spending[] = await queue.rows(
    `select c.device_id, s.approval_id, s.created_at as at from destructive_spending s
     join commands c on c.command_id = s.command_id order by s.created_at, s.spending_id`,
  );
  const wipes = await queue.rows(
    `select count(*)::int as count from commands where name in ('selective-wipe', 'full-wipe')`,
  );
  assert.equal(wipes[0].count, spendings.length, 'nothing is destroyed that is not counted');
  const limits = await queue.rows(
    `select minimum_budget, fleet_percent::float8, window_minutes, second_person, canary_above, effective_at
     from destructive_limits order by effective_at`,
  );
  const [{ fleet }] = await queue.rows(
    `select count(*)::int as fleet from devices where state in ('registered', 'wiping', 'blocked')`,
  );
  const limitsAt = (at: Date) => {
    const row = limits.findLast((each) => each.effective_at <= at);
    return limitsFrom({
      minimumBudget: row?.minimum_budget ?? 5,
      fleetPercent: row?.fleet_percent ?? 1,
      windowMinutes: row?.window_minutes ?? 60,
      secondPerson: row?.second_person ?? 'above-budget',
      canaryAbove: row?.canary_above ?? 5,
    });
  };
  for (const [index, spending] of spendings.entries()) {
    if (spending.approval_id !== null) continue;
    const now = limitsAt(spending.at);
    // Limits that changed at this very moment may have held or not.
    const before = limitsAt(new Date(spending.at.getTime() - 1));
    const fits = [now, before].some((each) => {
      const since = spending.at.getTime() - each.windowMs;
      const spent = spendings.slice(0, index + 1).filter(({ at }) => at.getTime() > since).length;
      return each.secondPerson === 'above-budget' && spent <= destructiveBudget(fleet, each);
    });
    assert.ok(fits, `beyond the budget without a second person at ${spending.at.toISOString()}`);
  }
  const requests = await queue.rows(
    `select approval_id, device_ids, asked_by, decided_at, approved_by, approved_at, overridden
     from approval_requests`,
  );
  const people = await queue.rows(`select administrator_id, empowered_at from administrators`);
  for (const [approvalId, group] of Map.groupBy(spendings, (each) => each.approval_id)) {
    if (approvalId === null) continue;
    const request = requests.find((each) => each.approval_id === approvalId);
    const devices = group.map(({ device_id }) => device_id);
    assert.equal(new Set(devices).size, devices.length, 'an approval is used once');
    assert.ok(
      devices.every((id) => request.device_ids.includes(id)),
      'only what was approved',
    );
    if (!request.overridden) assert.notEqual(request.approved_by, request.asked_by);
    const approver = people.find((each) => `administrator:${each.administrator_id}` === request.approved_by);
    const age = request.approved_at.getTime() - approver.empowered_at.getTime();
    assert.ok(age >= 24 * hour, 'by somebody whose power is old enough');
  }
  const overridden = requests.filter((each) => each.overridden);
  for (const each of overridden) {
    const until = each.decided_at.getTime();
    const inDay = overridden.filter(
      ({ decided_at: at }) => at.getTime() <= until && at.getTime() > until - 24 * hour,
    );
    const devices = inDay.reduce((sum, { device_ids: ids }) => sum + ids.length, 0);
    const most = Math.max(
      destructiveBudget(fleet, limitsAt(each.decided_at)),
      destructiveBudget(fleet, limitsAt(new Date(until - 1))),
    );
    assert.ok(devices <= most, 'emergencies add the budget once more in a day');
  }
}

let world: TestApprovals;
before(async () => {
  world = await openTestApprovals();
});
after(() => world[Symbol.asyncDispose]());

test('ADM-06 no sequence of calls, rules, answers, approvals and emergencies destroys beyond the budget', async () => {
  let reached = { approved: 0, overridden: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 4, maxLength: 16, size: 'max' }), async (moments) => {
      world.pause();
      await runMoments(world, moments);
      await check(world);
      // The share of a fleet that grew with each run would soon be a budget that nobody reaches.
      await world.queue.rows(`update devices set state = 'unmanaged'`);
      const [row] = await world.queue.rows(
        `select (select count(approval_id)::int from destructive_spending) as approved,
           (select count(*)::int from approval_requests where overridden) as overridden`,
      );
      reached = row;
    }),
    { numRuns: Number(process.env['BUDGET_RUNS'] ?? 40) },
  );
  assert.ok(
    reached.approved > 0 && reached.overridden > 0,
    'both ways were taken, so the property says something',
  );
});
