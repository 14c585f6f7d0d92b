import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import type { JobDefinition, SingleJob } from '../../kernel/jobs/jobs.ts';
import { approve } from '../approvals/decide.ts';
import { type ApprovalDeps, approvalSubscriptions } from '../approvals/index.ts';
import { carryOutApproved, exchange, queueCommands } from '../commands/index.ts';
import { openTestQueue, type TestQueue } from '../commands/test-queue.ts';
import { evaluateDevice } from '../compliance/index.ts';
import { createTestFleet } from '../devices/test-fleet.ts';
import { ensureDefaults } from '../policies/index.ts';
import { createPolicy } from '../policies/policy-suites.ts';
import { getRun, listRuns } from './list-runs.ts';
import type { PlaybookDeps, PlaybookRequest } from './playbook-deps.ts';
import { playbookJobs, playbookSubscriptions, playbookTasks } from './reactions.ts';
import { continuePlaybook, previewPlaybook, startPlaybook, stopPlaybook } from './start-playbook.ts';

const hour = 3_600_000;

describe('procedures for lost and stolen devices', () => {
  let queue: TestQueue;
  let deps: PlaybookDeps;
  let cannot = new Set<string>();

  before(async () => {
    queue = await openTestQueue();
    const events = createEvents({ ...approvalSubscriptions, ...playbookSubscriptions }, () => undefined);
    const base = { ...queue.deps, events };
    deps = {
      ...base,
      reevaluate: (tx, deviceId, now) => evaluateDevice(base, tx, deviceId, now),
      support: async (_tx, { command, devices }) =>
        new Map(
          cannot.has(command.name)
            ? devices.map(({ deviceId }) => [deviceId, 'This device cannot do that.'])
            : [],
        ),
    };
    await queue.inTenant((tx) => ensureDefaults(tx));
  });
  after(() => queue[Symbol.asyncDispose]());
  beforeEach(async () => {
    cannot = new Set();
    queue.clock.at += 48 * hour;
    await queue.rows('delete from jobs');
  });

  /** What the worker would do until nothing is left. */
  async function work(): Promise<void> {
    const jobs = playbookJobs(deps) as unknown as Record<string, JobDefinition>;
    for (;;) {
      const [row] = await queue.rows(
        `delete from jobs where job_id = (select min(job_id) from jobs where kind like '%playbook%') returning kind, payload`,
      );
      if (!row) return;
      const job = jobs[row.kind] as SingleJob;
      await queue.inTenant(async (tx) => job.run?.(tx, job.parse(row.payload)));
    }
  }

  const start = async (
    device: string,
    request: Omit<PlaybookRequest, 'reason'>,
    by: TenantPrincipal = queue.admin,
  ) => {
    const run = await startPlaybook(deps, by, device, { reason: 'Taken on the train.', ...request });
    await work();
    return getRun(deps, queue.admin, run.id);
  };
  const look = (id: string) => getRun(deps, queue.admin, id);
  const states = (run: { steps: readonly { kind: string; state: string }[] }) =>
    run.steps.map(({ kind, state }) => `${kind} ${state}`);
  const commandsOf = async (device: string) =>
    (
      await queue.rows(
        'select name, state, requested_by from commands where device_id = $1 order by command_no',
        [device],
      )
    ).map(({ name, state }) => `${name} ${state}`);
  const gate = async (device: string) =>
    (
      await queue.rows('select access_network as network from device_posture where device_id = $1', [device])
    )[0].network;
  async function newDevice(ownership: 'corporate' | 'personal' = 'corporate'): Promise<string> {
    const device = await queue.fleet.addDevice({ ownership });
    await queue.rows(
      `insert into device_identifiers (organization_id, kind, value, device_id) values ($1, 'serial', $2, $3)`,
      [queue.fleet.organizationId, `SN${device.slice(-8)}`, device],
    );
    await queue.inTenant((tx) => evaluateDevice(deps, tx, device, queue.clock.at));
    return device;
  }
  const helper = async (): Promise<TenantPrincipal> => {
    const id = newId();
    await queue.rows(
      `insert into administrators (organization_id, administrator_id, email, role, state)
       values ($1, $2, $3, 'help-desk', 'active')`,
      [queue.fleet.organizationId, id, `${id}@acme.example`],
    );
    return { ...queue.admin, id, role: 'help-desk', permissions: effectivePermissions('help-desk') };
  };
  /** The device comes, takes its commands, and answers the last one. */
  async function answer(device: string, state: 'acknowledged' | 'failed' = 'acknowledged'): Promise<void> {
    const { organizationId } = queue.fleet;
    const handed = await exchange(
      { ...deps, database: queue.db.database },
      { organizationId, deviceId: device },
    );
    const wipe = handed.commands.find(({ name }) => name.endsWith('-wipe'));
    await exchange({ ...deps, database: queue.db.database }, {
      organizationId,
      deviceId: device,
      answer: { commandId: wipe?.id ?? '', state },
    } as never);
    await work();
  }

  test('LST-01, LST-06 a personal device that is stolen is shut out at once and loses the organization’s data', async () => {
    const device = await newDevice('personal');
    const run = await start(device, { playbook: 'stolen' });
    assert.deepEqual(states(run), ['bar done', 'block-hardware done', 'selective-wipe waiting']);
    assert.equal(run.state, 'waiting');
    assert.equal(await gate(device), 'deny');
    assert.deepEqual(await commandsOf(device), ['selective-wipe queued']);
    const blocks = await queue.rows('select kind from hardware_blocks where device_id = $1', [device]);
    assert.deepEqual(blocks, [{ kind: 'serial' }]);
    await answer(device);
    assert.deepEqual(states(await look(run.id)), ['bar done', 'block-hardware done', 'selective-wipe done']);
    assert.equal((await look(run.id)).state, 'done');
    const [row] = await queue.rows('select state from devices where device_id = $1', [device]);
    assert.equal(row.state, 'unmanaged');
  });

  test('LST-02 a lost device is declared lost, located and rung; only then, and when it is not found, it is wiped', async () => {
    const device = await newDevice();
    const run = await start(device, { playbook: 'lost', waitHours: 12, phoneNumber: '+49 30 123' });
    assert.deepEqual(states(run), [
      'lock done',
      'locate done',
      'ring done',
      'wait waiting',
      'selective-wipe to-do',
    ]);
    assert.deepEqual(await commandsOf(device), [
      'enable-lost-mode queued',
      'locate-device queued',
      'play-lost-mode-sound queued',
    ]);
    assert.notEqual(await gate(device), 'deny');
    queue.clock.at += 11 * hour;
    const tick = async () => {
      for (const task of playbookTasks) await task.run({ ...deps, database: queue.db.database });
    };
    await tick();
    assert.equal((await look(run.id)).steps[3]?.state, 'waiting');
    queue.clock.at += 2 * hour;
    await tick();
    assert.deepEqual(states(await look(run.id)).slice(3), ['wait done', 'selective-wipe waiting']);
  });

  test('LST-02, WIP-08 what is found before it was wiped is given back; nothing that was queued befalls it', async () => {
    const device = await newDevice();
    const lost = await start(device, { playbook: 'lost', blacklist: true });
    await continuePlaybook(deps, queue.admin, lost.id);
    assert.deepEqual(states(await look(lost.id)).slice(4), [
      'bar done',
      'block-hardware done',
      'selective-wipe waiting',
    ]);
    assert.equal(await gate(device), 'deny');
    const found = await start(device, { playbook: 'found' });
    assert.equal((await look(lost.id)).state, 'stopped');
    assert.deepEqual(states(found), [
      'end-lost-mode done',
      'unsecure skipped',
      'unblock-hardware done',
      'unbar done',
    ]);
    assert.ok((await commandsOf(device)).includes('selective-wipe cancelled'));
    assert.notEqual(await gate(device), 'deny');
    assert.deepEqual(await queue.rows('select 1 from hardware_blocks where device_id = $1', [device]), []);
  });

  test('LST-03 option 1: the secured group, with its lock-down policy, and under management still; found gives it back', async () => {
    const policy = await createPolicy(deps, queue.admin, {
      name: 'Lock-down',
      settings: { 'passcode.required': true },
    });
    const device = await newDevice();
    cannot = new Set(['enable-lost-mode']);
    const run = await start(device, { playbook: 'stolen', option: 1, policyId: policy.id });
    assert.deepEqual(states(run), ['bar done', 'secure done', 'lock done', 'locate done']);
    assert.equal(run.steps[1]?.note, 'With the policy “Lock-down”.');
    assert.deepEqual(await commandsOf(device), ['lock-device queued', 'locate-device queued']);
    const [row] = await queue.rows(
      'select state, secured_at is not null as secured from devices where device_id = $1',
      [device],
    );
    assert.deepEqual(row, { state: 'registered', secured: true });
    const assigned = () =>
      queue.rows(`select 1 from assignments where target_id = $1 and item_id = $2`, [device, policy.id]);
    assert.equal((await assigned()).length, 1);
    await start(device, { playbook: 'found' });
    assert.equal((await assigned()).length, 0);
    assert.notEqual(await gate(device), 'deny');
  });

  test('LST-04, LST-05 options 2 and 3: shut out and wiped, the carrier to be told', async () => {
    const [two, three] = [await newDevice(), await newDevice()];
    assert.deepEqual(states(await start(two, { playbook: 'stolen', option: 2 })), [
      'bar done',
      'block-hardware done',
      'selective-wipe waiting',
    ]);
    const run = await start(three, { playbook: 'stolen', option: 3 });
    assert.deepEqual(states(run), [
      'bar done',
      'block-hardware done',
      'tell-carrier done',
      'full-wipe waiting',
    ]);
    const alerts = await queue.rows('select kind from alerts where subject_id = $1', [three]);
    assert.deepEqual(alerts, [{ kind: 'carrier-to-be-told' }]);
    await answer(three, 'failed');
    const failed = await look(run.id);
    assert.equal(failed.state, 'failed');
    assert.equal(
      (await queue.rows(`select 1 from alerts where kind = 'playbook-stuck' and subject_id = $1`, [three]))
        .length,
      1,
    );
  });

  test('TEN-14, ADM-17 support staff start them within their rights, and nothing private is reset or tracked', async () => {
    const support = await helper();
    const personal = await newDevice('personal');
    for (const option of [1, 3] as const) {
      await assert.rejects(
        start(personal, { playbook: 'stolen', option }, support),
        (error) => isDomainError(error, 'unprocessable') && error.reason === 'option-is-for-corporate',
      );
    }
    const lost = await start(personal, { playbook: 'lost' }, support);
    assert.deepEqual(states(lost), [
      'lock done',
      'locate skipped',
      'ring done',
      'wait waiting',
      'selective-wipe to-do',
    ]);
    assert.deepEqual(await commandsOf(personal), ['lock-device queued', 'play-lost-mode-sound queued']);
    const stolen = await newDevice();
    await start(stolen, { playbook: 'stolen', option: 2 });
    const found = await start(stolen, { playbook: 'found' }, support);
    assert.deepEqual(states(found).slice(2), ['unblock-hardware skipped', 'unbar skipped']);
    assert.match(found.steps[3]?.note ?? '', /devices\.delete/);
    assert.equal(await gate(stolen), 'deny', 'LST-08: an administrator lets it in');
    await assert.rejects(
      startPlaybook(deps, { ...queue.admin, permissions: effectivePermissions('auditor') }, stolen, {
        playbook: 'found',
        reason: 'x',
      }),
      (error) => isDomainError(error, 'forbidden'),
    );
    await assert.rejects(
      start(
        await newDevice(),
        { playbook: 'stolen', option: 2 },
        { ...queue.admin, empoweredAt: queue.clock.at - hour },
      ),
      (error) => isDomainError(error, 'forbidden') && error.reason === 'empowered-too-recently',
    );
  });

  test('ADM-06 beyond the budget the procedure waits for a second person, and goes on when that person agrees', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => queue.fleet.addDevice()));
    await queueCommands(deps, queue.admin, { deviceIds: others, name: 'selective-wipe' });
    const [yes, no] = [await newDevice(), await newDevice()];
    const agreed = await start(yes, { playbook: 'stolen', option: 2 });
    const refused = await start(no, { playbook: 'stolen', option: 2 });
    assert.deepEqual(await commandsOf(yes), []);
    assert.equal(await gate(yes), 'deny', 'it is shut out meanwhile');
    const other = { ...queue.admin, id: newId() };
    await queue.rows(
      `insert into administrators (organization_id, administrator_id, email, role, state) values ($1, $2, 'second@acme.example', 'org-admin', 'active')`,
      [queue.fleet.organizationId, other.id],
    );
    const approvals: ApprovalDeps = {
      ...deps,
      carryOut: (tx, order) => carryOutApproved(deps, tx, order),
    };
    const approvalId = agreed.steps[2]?.approvalId ?? '';
    const [request] = await queue.rows('select hash, cause from approval_requests where approval_id = $1', [
      approvalId,
    ]);
    assert.deepEqual(request.cause, { playbook: 'stolen', runId: agreed.id });
    await approve(approvals, other, approvalId, { hash: request.hash });
    await work();
    assert.deepEqual(await commandsOf(yes), ['selective-wipe queued']);
    await answer(yes);
    assert.equal((await look(agreed.id)).state, 'done');
    await stopPlaybook(deps, queue.admin, refused.id, 'A mistake.');
    const [withdrawn] = await queue.rows('select state from approval_requests where approval_id = $1', [
      refused.steps[2]?.approvalId,
    ]);
    assert.equal(withdrawn.state, 'withdrawn');
    assert.equal((await look(refused.id)).state, 'stopped');
  });

  test('the preview is the plan, with what would be skipped, refused or held, and it changes nothing', async () => {
    cannot = new Set(['play-lost-mode-sound']);
    const device = await newDevice();
    const preview = async (request: Omit<PlaybookRequest, 'reason'>, by = queue.admin) =>
      (await previewPlaybook(deps, by, device, { reason: 'x', ...request })).steps.map(
        ({ kind, outlook }) => `${kind} ${outlook}`,
      );
    assert.deepEqual(await preview({ playbook: 'lost', option: 3 }), [
      'lock done',
      'locate done',
      'ring skipped',
      'wait done',
      'bar done',
      'block-hardware done',
      'tell-carrier done',
      'full-wipe done',
    ]);
    const others = await Promise.all(Array.from({ length: 5 }, () => queue.fleet.addDevice()));
    await queueCommands(deps, queue.admin, { deviceIds: others, name: 'selective-wipe' });
    assert.deepEqual((await preview({ playbook: 'stolen', option: 2 })).at(-1), 'selective-wipe approval');
    assert.deepEqual(await commandsOf(device), []);
    assert.equal(
      (await listRuns(deps, queue.admin, { device }, { limit: 9, after: undefined })).items.length,
      0,
    );
    const run = await start(device, { playbook: 'lost', option: 3 });
    assert.deepEqual(
      run.steps.map(({ kind }) => kind),
      (await preview({ playbook: 'lost', option: 3 })).map((line) => line.split(' ')[0]),
    );
  });

  test('one procedure a device at a time; what is over cannot be stopped, and a run survives a crash between its steps', async () => {
    const device = await newDevice();
    const run = await startPlaybook(deps, queue.admin, device, { playbook: 'lost', reason: 'x' });
    await assert.rejects(
      startPlaybook(deps, queue.admin, device, { playbook: 'stolen', option: 2, reason: 'x' }),
      (error) => isDomainError(error, 'conflict') && error.reason === 'playbook-under-way',
    );
    const jobs = playbookJobs(deps) as unknown as Record<string, SingleJob>;
    const job = jobs['advance-playbook'];
    await assert.rejects(
      queue.inTenant(async (tx) => {
        await job?.run?.(tx, { runId: run.id });
        throw new Error('the power went out');
      }),
    );
    assert.deepEqual(await commandsOf(device), []);
    assert.equal((await look(run.id)).steps[0]?.state, 'to-do');
    await work();
    await queue.inTenant(async (tx) => job?.run?.(tx, { runId: run.id }));
    assert.equal((await commandsOf(device)).length, 3, 'each step once, however often it is run');
    await stopPlaybook(deps, queue.admin, run.id, 'A mistake.');
    for (const late of [
      () => stopPlaybook(deps, queue.admin, run.id, 'again'),
      () => continuePlaybook(deps, queue.admin, run.id),
    ]) {
      await assert.rejects(
        late(),
        (error) => isDomainError(error, 'conflict') && error.reason === 'playbook-over',
      );
    }
    assert.deepEqual(states(await look(run.id)).slice(3), ['wait stopped', 'selective-wipe stopped']);
    for (const action of ['playbooks.start', 'playbooks.stop'])
      assert.equal(await queue.entries(action, device), 1, action);
  });

  test('whoever lost the right while a lost device was looked for wipes nothing', async () => {
    const support = await helper();
    const device = await newDevice();
    const run = await start(device, { playbook: 'lost' }, support);
    await queue.rows(`update administrators set state = 'disabled' where administrator_id = $1`, [
      support.id,
    ]);
    await continuePlaybook(deps, queue.admin, run.id);
    const after = await look(run.id);
    assert.equal(after.state, 'failed');
    assert.match(after.note ?? '', /devices\.selective-wipe/);
    assert.ok(!(await commandsOf(device)).some((line) => line.startsWith('selective-wipe')));
  });

  test('DAT-01 another organization sees, starts and stops nothing', async () => {
    const device = await newDevice();
    const run = await start(device, { playbook: 'lost' });
    const globex = await createTestFleet(queue.db, 'globex');
    const stranger = { ...queue.admin, organizationId: globex.organizationId };
    const missing = (error: unknown) => isDomainError(error, 'not-found');
    await assert.rejects(getRun(deps, stranger, run.id), missing);
    await assert.rejects(stopPlaybook(deps, stranger, run.id, 'x'), missing);
    await assert.rejects(startPlaybook(deps, stranger, device, { playbook: 'found', reason: 'x' }), missing);
    await assert.rejects(
      previewPlaybook(deps, stranger, device, { playbook: 'found', reason: 'x' }),
      missing,
    );
    assert.deepEqual((await listRuns(deps, stranger, {}, { limit: 9, after: undefined })).items, []);
  });
});
