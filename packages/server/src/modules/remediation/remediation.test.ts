import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Action } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import { say } from '@gatehouse/core/compliance/wording/message.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { createEvents } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { type Mail, MailRefused } from '../../kernel/mail.ts';
import { type TextMessage, TextRefused } from '../../kernel/text-message.ts';
import { grantText, mostTextsADay, textTasks } from '../../kernel/text-quota.ts';
import { cancelCommand } from '../commands/cancel-command.ts';
import { exchange } from '../commands/index.ts';
import { openTestQueue, type TestQueue } from '../commands/test-queue.ts';
import { createTestFleet } from '../devices/test-fleet.ts';
import { listActions, summarizeActions } from './list-actions.ts';
import { remediationJobs, remediationSubscriptions } from './reactions.ts';
import type { RemediationDeps, StageChange } from './remediation-deps.ts';

interface TestJob {
  parse(payload: unknown): never;
  run?(tx: unknown, payload: never): Promise<void>;
  runBatch?(
    tx: unknown,
    jobs: readonly { jobId: string; payload: never; attempts: number }[],
  ): Promise<unknown>;
  outside?(organizationId: string, payload: never): Promise<void>;
}

describe('what follows from verdicts', () => {
  let queue: TestQueue;
  let deps: RemediationDeps;
  let mails: Mail[] = [];
  let texts: TextMessage[] = [];
  let verdict: Pick<RuleVerdict, 'rule' | 'stage' | 'says' | 'mends'> | undefined;
  let device = '';
  const ruleId = newId();
  const way = { mail: true, sms: true, refuse: false, canPush: true };

  before(async () => {
    queue = await openTestQueue();
    deps = {
      ...queue.deps,
      events: createEvents(remediationSubscriptions, () => undefined),
      publicUrl: new URL('https://gatehouse.example'),
      get sendMail() {
        return way.mail
          ? async (mail: Mail) => {
              if (way.refuse) throw new MailRefused('no such mailbox');
              mails.push(mail);
            }
          : undefined;
      },
      get sendText() {
        return way.sms
          ? async (text: TextMessage) => {
              if (way.refuse) throw new TextRefused('no such number');
              texts.push(text);
            }
          : undefined;
      },
      support: async (_tx, { command, devices }) =>
        new Map(
          way.canPush || command.name !== 'send-message'
            ? []
            : devices.map(({ deviceId }) => [deviceId, 'It cannot show messages.']),
        ),
      verdictOf: async () => verdict,
    };
  });
  after(() => queue[Symbol.asyncDispose]());

  beforeEach(async () => {
    queue.clock.at += 2 * 3_600_000;
    Object.assign(way, { mail: true, sms: true, refuse: false, canPush: true });
    [mails, texts] = [[], []];
    verdict = {
      rule: 'encryption',
      stage: 1,
      says: [say('encryption.off')],
      mends: [say('encryption.of-disk')],
    };
    device = await queue.fleet.addDevice();
    await queue.rows('delete from jobs');
  });

  /** The event as compliance emits it, and everything that follows, as the worker runs it. */
  async function change(actions: readonly Action[], more: Partial<StageChange> = {}): Promise<void> {
    const payload: StageChange = {
      deviceId: device,
      rule: ruleId,
      ruleId,
      ruleVersion: 3,
      name: 'Encrypted disks',
      from: 0,
      to: 1,
      actions,
      direction: 'entered',
      ...more,
    };
    await queue.inTenant((tx) =>
      deps.events.emit(tx, {
        name: 'device.rule-stage-changed',
        subjectId: device,
        payload: { ...payload },
      }),
    );
    await work();
  }

  async function work(): Promise<void> {
    const jobs = remediationJobs(deps) as unknown as Record<string, TestJob>;
    for (;;) {
      const [row] = await queue.rows(
        `delete from jobs where job_id = (select min(job_id) from jobs where kind in ('rule-actions', 'tell-user'))
         returning kind, payload`,
      );
      if (!row) return;
      const job = jobs[row.kind];
      assert.ok(job);
      const payload = job.parse(row.payload);
      await job.outside?.(queue.fleet.organizationId, payload);
      await queue.inTenant((tx) => runOne(job, tx, payload));
    }
  }

  async function runOne(job: TestJob, tx: unknown, payload: never): Promise<void> {
    await job.run?.(tx, payload);
    await job.runBatch?.(tx, [{ jobId: '1', payload, attempts: 1 }]);
  }

  const history = async (id = device) =>
    (await listActions(deps, queue.admin, { device: id }, { limit: 50, after: undefined })).items;
  const commandsOf = (id = device) =>
    queue.rows(
      'select name, state, requested_by, origin, params from commands where device_id = $1 order by command_no',
      [id],
    );
  const recover = (actions: readonly Action[]) => change(actions, { from: 1, to: 0, direction: 'left' });

  test('CMA-03 the user is told on the device, by mail and by text message, with what is wrong and what mends it', async () => {
    await queue.rows(`update device_posture set phone_number = '+49 151 1234567' where device_id = $1`, [
      device,
    ]);
    await change([{ kind: 'notify-user', by: ['push', 'mail', 'sms'] }]);
    assert.equal(mails[0]?.to.address, 'ann@acme.example');
    assert.match(
      mails[0]?.text ?? '',
      /Storage is not encrypted\.\n\nWhat you can do: Turn on encryption of the whole disk\./,
    );
    assert.equal(texts[0]?.to, '+491511234567');
    const [command] = await commandsOf();
    assert.deepEqual([command.name, command.origin], ['send-message', 'system']);
    const [action] = await history();
    assert.deepEqual([action?.state, action?.note], ['done', 'By sms and mail and push.']);
    assert.equal(action?.cause.ruleName, 'Encrypted disks');
    assert.equal(action?.cause.summary, 'Storage is not encrypted.');
  });

  test('CMA-03 a person is written to in his own language, and a mail stands in for what does not work', async () => {
    await queue.rows(`update users set language = 'de-AT' where user_id = $1`, [queue.fleet.userId]);
    way.canPush = false;
    await change([{ kind: 'notify-user', by: ['push'] }]);
    assert.match(mails[0]?.subject ?? '', /Ihr Gerät braucht Ihre Aufmerksamkeit/);
    assert.match(
      mails[0]?.text ?? '',
      /Der Speicher ist nicht verschlüsselt\.\n\nWas Sie tun können: Schalten Sie die Verschlüsselung/,
    );
    assert.match(mails[0]?.html ?? '', /<html lang="de">/);
    mails = [];
    way.sms = false;
    await change([{ kind: 'notify-user', by: ['sms'] }]);
    assert.equal(mails.length, 1);
    mails = [];
    Object.assign(way, { sms: true, refuse: true });
    await change([{ kind: 'notify-user', by: ['sms', 'mail'] }]);
    assert.equal(mails.length, 0);
    way.mail = false;
    way.sms = false;
    await change([{ kind: 'notify-user', by: ['mail'] }]);
    assert.deepEqual(
      [(await history())[0]?.state, (await history())[0]?.note],
      ['failed', 'There was no way to reach the user.'],
    );
    await queue.rows(`update users set language = null where user_id = $1`, [queue.fleet.userId]);
  });

  test('TPL-04 a number gets five text messages a day and no more, then mail stands in, on record', async () => {
    const states = (number: string) =>
      queue.rows(`update device_posture set phone_number = $2 where device_id = $1`, [device, number]);
    await states('+49 151 7654321');
    const act = () => change([{ kind: 'notify-user', by: ['sms'] }]);
    for (let index = 0; index < mostTextsADay; index += 1) await act();
    assert.equal(texts.length, 5);
    assert.equal(mails.length, 0);
    await act();
    assert.deepEqual([texts.length, mails.length], [5, 1]);
    const [action] = await history();
    assert.deepEqual(
      [action?.state, action?.note],
      ['done', 'By mail. No text message: 5 have gone to this number within a day.'],
    );
    await states('+49 151 7654322');
    await act();
    assert.equal(texts.length, 6, 'another number has its own share');
    await states('+491517654321');
    queue.clock.at += 86_400_000;
    await act();
    assert.equal(texts.length, 7, 'a day later there is room again');
  });

  test('TPL-04 servers count together, a message tried again counts once, another organization has its own share', async () => {
    const to = '+4915111111';
    const at = queue.clock.at;
    const inTurn = (messageId: string, organizationId = queue.fleet.organizationId) =>
      queue.db.database.withTenant(organizationId, (tx) => grantText(tx, { to, messageId }, at));
    assert.deepEqual(await Promise.all(['1', '1', '1'].map((id) => inTurn(id))), [true, true, true]);
    const rest = await Promise.all(['2', '3', '4', '5', '6', '7'].map((id) => inTurn(id)));
    assert.equal(rest.filter(Boolean).length, 4);
    assert.equal(await inTurn('1'), true);
    const { organizationId } = await createTestFleet(queue.db, 'initech');
    assert.equal(await inTurn('1', organizationId), true);
    await textTasks[0].run({ database: queue.db.database, clock: { now: () => at + 8 * 86_400_000 } });
    const left = await queue.rows('select 1 from text_messages where phone_number = $1', [to]);
    assert.equal(left.length, 0);
  });

  test('CMP-21 administrators are alerted with the cause, once a stage', async () => {
    await change([{ kind: 'alert-administrators' }]);
    await change([{ kind: 'alert-administrators' }]);
    const alerts = await queue.rows(`select summary, occurrences from alerts where subject_id = $1`, [
      device,
    ]);
    assert.deepEqual(alerts, [
      {
        summary: 'The rule “Encrypted disks” is broken (stage 1): Storage is not encrypted.',
        occurrences: 2,
      },
    ]);
  });

  test('CMA-05 a lock and a wipe are ordered as the system, with the rule as their cause, and taken back on recovery', async () => {
    const actions: Action[] = [{ kind: 'selective-wipe' }, { kind: 'lock' }];
    await change(actions);
    assert.deepEqual(
      (await commandsOf()).map(({ name, state, requested_by: by }) => [name, state, by]),
      [
        ['lock-device', 'queued', 'system:compliance-actions'],
        ['selective-wipe', 'queued', 'system:compliance-actions'],
      ],
      'what is lighter goes first',
    );
    const [entry] = await queue.rows(
      `select content -> 'show' -> 'cause' as cause from audit_entries where content ->> 'action' = 'devices.selective-wipe'
       and content -> 'target' ->> 'id' = $1`,
      [device],
    );
    assert.deepEqual(entry.cause, { rule: ruleId, ruleId, ruleVersion: 3, stage: 1 });
    await recover(actions);
    assert.deepEqual(
      (await commandsOf()).map(({ state }) => state),
      ['cancelled', 'cancelled'],
    );
    assert.deepEqual(
      (await history()).map(({ state, note }) => [state, note]),
      [
        ['undone', 'The device has recovered.'],
        ['undone', 'The device has recovered.'],
      ],
    );
    assert.equal(await queue.entries('compliance.undo', device), 2);
  });

  test('another version of the rule takes back what the former one ordered, and orders its own', async () => {
    await change([{ kind: 'lock' }, { kind: 'quarantine' }]);
    await change([{ kind: 'lock' }, { kind: 'quarantine' }], { from: 1, to: 1, direction: 'left' });
    await change([{ kind: 'lock' }], { from: 1, to: 1, ruleVersion: 4 });
    assert.deepEqual(
      (await commandsOf()).map(({ state }) => state),
      ['cancelled', 'queued'],
    );
    assert.deepEqual(
      (await history()).map(({ kind, state, cause }) => [kind, state, cause.ruleVersion]),
      [
        ['lock', 'ordered', 4],
        ['lock', 'undone', 3],
        ['quarantine', 'undone', 3],
      ],
    );
  });

  test('of a later stage that is left, what the earlier one did stays', async () => {
    await change([{ kind: 'quarantine' }]);
    verdict = { ...must(verdict), stage: 2 };
    await change([{ kind: 'lock' }, { kind: 'quarantine' }], { from: 1, to: 2 });
    await change([{ kind: 'lock' }, { kind: 'quarantine' }], { from: 2, to: 1, direction: 'left' });
    assert.deepEqual(
      (await history()).map(({ kind, state, cause }) => [kind, state, cause.stage]).toReversed(),
      [
        ['quarantine', 'done', 1],
        ['quarantine', 'undone', 2],
        ['lock', 'undone', 2],
      ],
    );
  });

  test('what a device has in hand cannot be taken back, and the history says so', async () => {
    await change([{ kind: 'lock' }]);
    await exchange(queue.deps, { organizationId: queue.fleet.organizationId, deviceId: device });
    await recover([{ kind: 'lock' }]);
    const [action] = await history();
    assert.equal(action?.state, 'ordered');
    assert.match(action?.note ?? '', /its user unlocks it/);
    assert.equal(action?.command?.state, 'delivered');
  });

  test('CMA-01, CMA-06 restricting, quarantining and removing profiles are part of the decision, and undone with it', async () => {
    const actions: Action[] = [
      { kind: 'restrict', gates: ['mail', 'vpn'] },
      { kind: 'quarantine' },
      { kind: 'remove-profiles' },
    ];
    await change(actions);
    assert.deepEqual(
      (await history()).map(({ state }) => state),
      ['done', 'done', 'done'],
    );
    await recover(actions);
    assert.deepEqual(
      (await history()).map(({ state }) => state),
      ['undone', 'undone', 'undone'],
    );
  });

  test('ADM-17, TEN-14 a rule does not reset a private device; administrators hear of it', async () => {
    device = await queue.fleet.addDevice({ ownership: 'personal' });
    await change([{ kind: 'full-wipe' }]);
    assert.deepEqual(await commandsOf(), []);
    const [action] = await history();
    assert.equal(action?.state, 'refused');
    assert.match(action?.note ?? '', /personal/);
    const alerts = await queue.rows(`select kind from alerts where subject_id = $1`, [device]);
    assert.deepEqual(alerts, [{ kind: 'action-refused' }]);
  });

  test('ADM-17, JOB-02 a device that became private before it came for its wipe is not reset', async () => {
    await change([{ kind: 'full-wipe' }]);
    await queue.rows(`update devices set ownership = 'personal' where device_id = $1`, [device]);
    const { organizationId } = queue.fleet;
    const handed = await exchange(queue.deps, { organizationId, deviceId: device });
    assert.deepEqual(handed.commands, []);
    assert.equal((await history())[0]?.command?.state, 'cancelled');
  });

  test('ADM-06 beyond the budget a rule asks a second person, who sees the rule; recovery takes the request back', async () => {
    const wiped: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      device = await queue.fleet.addDevice();
      wiped.push(device);
      await change([{ kind: 'selective-wipe' }]);
    }
    const states = await Promise.all(wiped.map(async (id) => (await history(id))[0]?.state));
    assert.deepEqual(states, ['ordered', 'ordered', 'ordered', 'ordered', 'ordered', 'held', 'held']);
    const [request] = await queue.rows(
      `select cause, requested_by, state from approval_requests where device_ids = array[$1::uuid]`,
      [device],
    );
    assert.deepEqual(request, {
      cause: { rule: ruleId, ruleId, ruleVersion: 3, stage: 1 },
      requested_by: 'system:compliance-actions',
      state: 'pending',
    });
    await recover([{ kind: 'selective-wipe' }]);
    const [action] = await history();
    assert.deepEqual([action?.state, action?.approval?.state], ['undone', 'withdrawn']);
  });

  test('a device that recovered before its turn came is left alone', async () => {
    verdict = { rule: 'encryption', stage: 0, says: [say('encryption.on')], mends: [] };
    await change([{ kind: 'full-wipe' }, { kind: 'notify-user', by: ['mail'] }]);
    assert.deepEqual(await commandsOf(), []);
    assert.deepEqual(
      (await history()).map(({ state }) => state),
      ['skipped', 'skipped'],
    );
    verdict = undefined;
    await change([{ kind: 'lock' }]);
    assert.equal((await history())[0]?.state, 'skipped', 'a rule that is gone demands nothing');
  });

  test('a job that breaks in the middle leaves nothing behind, and acts once when it is run again', async () => {
    const job = remediationJobs(deps)['rule-actions'] as unknown as TestJob;
    const payload = job.parse({
      deviceId: device,
      rule: ruleId,
      from: 0,
      to: 1,
      direction: 'entered',
      actions: [{ kind: 'lock' }, { kind: 'selective-wipe' }],
    });
    await assert.rejects(
      queue.inTenant(async (tx) => {
        await runOne(job, tx, payload);
        throw new Error('the power went out');
      }),
    );
    assert.deepEqual([await commandsOf(), await history()], [[], []]);
    await queue.inTenant((tx) => runOne(job, tx, payload));
    assert.equal((await commandsOf()).length, 2);
    for (const bad of [
      null,
      {},
      { ...(payload as object), actions: [{ kind: 'explode' }] },
      { ...(payload as object), deviceId: 'x' },
      { ...(payload as object), direction: 'sideways' },
    ]) {
      assert.throws(() => job.parse(bad), TypeError);
    }
  });

  test('CMA-08 the report tells of the whole organization, by rule, kind and outcome, and of nobody else’s', async () => {
    await change([{ kind: 'lock' }]);
    const { items } = await summarizeActions(deps, queue.admin, 30);
    const locks = items.find(
      (each) => each.rule === ruleId && each.kind === 'lock' && each.state === 'ordered',
    );
    assert.ok(locks && locks.count >= 1 && locks.ruleName === 'Encrypted disks');
    const page = { limit: 100, after: undefined };
    const only = await listActions(deps, queue.admin, { rule: ruleId, kind: 'lock', state: 'ordered' }, page);
    assert.ok(
      only.items.length > 0 && only.items.every(({ kind, state }) => kind === 'lock' && state === 'ordered'),
    );
    const globex = await createTestFleet(queue.db, 'globex');
    const stranger = { ...queue.admin, organizationId: globex.organizationId };
    assert.deepEqual((await listActions(deps, stranger, {}, page)).items, []);
    await assert.rejects(listActions(deps, stranger, { device }, page), (error) =>
      isDomainError(error, 'not-found'),
    );
  });

  test('what people have cancelled stays as it is when the device recovers', async () => {
    await change([{ kind: 'lock' }]);
    const [action] = await history();
    await cancelCommand(deps, queue.admin, action?.command?.id ?? '');
    await recover([{ kind: 'lock' }]);
    assert.equal((await history())[0]?.command?.state, 'cancelled');
  });
});

function must<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}
