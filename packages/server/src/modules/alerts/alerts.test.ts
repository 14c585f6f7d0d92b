import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { type Mail, MailRefused } from '../../kernel/mail.ts';
import { newId } from '../../kernel/ids.ts';
import { openTestQueue, type TestQueue } from '../commands/test-queue.ts';
import { createTestFleet } from '../devices/test-fleet.ts';
import { chooseAlertMail, listAlertMails } from './alert-mailings.ts';
import { acknowledgeAlert, listAlerts } from './list-alerts.ts';
import { alertJobs, alertTasks } from './mail-alerts.ts';
import { type NewAlert, raiseAlert } from './raise-alert.ts';

interface TestJob {
  parse(payload: unknown): never;
  run(tx: unknown, payload: never): Promise<void>;
  outside(organizationId: string, payload: never): Promise<void>;
}

describe('alerts', () => {
  let queue: TestQueue;
  let sent: Mail[] = [];
  let refuse = false;
  let digest: TestJob | undefined;

  before(async () => {
    queue = await openTestQueue();
    const people = [
      ['second', 'org-admin', 'active'],
      ['auditor', 'auditor', 'active'],
      ['network', 'nac-service', 'active'],
      ['gone', 'org-admin', 'disabled'],
    ];
    for (const [name, role, state] of people) {
      await queue.rows(
        `insert into administrators (organization_id, administrator_id, email, role, state) values ($1, $2, $3, $4, $5)`,
        [queue.fleet.organizationId, newId(), `${name}@acme.example`, role, state],
      );
    }
  });
  after(() => queue[Symbol.asyncDispose]());

  const warning = {
    kind: 'rule-broken',
    severity: 'warning',
    detail: { rule: 'encryption', ruleName: 'Laptops', stage: 1, says: [['let-pass']] },
  } as const satisfies NewAlert;
  const raise = (alert: NewAlert) => queue.inTenant((tx) => raiseAlert(queue.deps, tx, alert));
  const page = { limit: 50, after: undefined };

  /** As the worker does it: the first job finds whom to tell, the others mail. */
  async function deliver(alertId: string, audience = 'concerned'): Promise<string[]> {
    sent = [];
    const jobs = alertJobs({
      database: queue.db.database,
      publicUrl: new URL('https://gatehouse.example'),
      async sendMail(mail) {
        if (refuse) throw new MailRefused('no such mailbox');
        sent.push(mail);
      },
    }) as unknown as Record<string, TestJob>;
    const [tell, mail] = [jobs['tell-administrators'], jobs['mail-alert']];
    assert.ok(tell && mail && jobs['mail-alert-digest']);
    digest = jobs['mail-alert-digest'];
    await queue.inTenant((tx) => tell.run(tx, tell.parse({ alertId, audience })));
    const waiting = await queue.rows(`delete from jobs where kind = 'mail-alert' returning payload`);
    for (const { payload } of waiting) {
      await mail.outside(queue.fleet.organizationId, mail.parse(payload));
    }
    return sent.map(({ to }) => to.address).toSorted();
  }

  test('every administrator who may see alerts is mailed once; machines and former colleagues are not', async () => {
    const id = await raise(warning);
    assert.deepEqual(await deliver(id), [
      'admin@acme.example',
      'auditor@acme.example',
      'second@acme.example',
    ]);
    const [mail] = sent;
    assert.equal(mail?.subject, '[acme] warning: A compliance rule says that administrators shall know.');
    assert.match(mail?.text ?? '', /The rule “Laptops” is broken \(stage 1\): This rule lets that pass\./);
    assert.equal(new Set(sent.map(({ messageId }) => messageId)).size, 3);
    refuse = true;
    assert.deepEqual(await deliver(id), [], 'a mailbox that refuses is no failure of the job');
    refuse = false;
  });

  test('each is told in the language of whoever reads, and what another version has kept in its own words', async () => {
    await queue.rows(`update administrators set language = 'de-CH' where email = 'second@acme.example'`);
    const id = await raise(warning);
    await deliver(id);
    const mailed = sent.find(({ to }) => to.address === 'second@acme.example');
    assert.match(mailed?.subject ?? '', /Warnung: Eine Compliance-Regel verlangt/);
    assert.match(mailed?.text ?? '', /Die Regel „Laptops“ ist verletzt.*\n.*Warnung .*\n.*Sie steht unter/s);
    assert.match(mailed?.html ?? '', /lang="de"/);
    const listed = async (language: 'en' | 'de') =>
      (await listAlerts(queue.deps, queue.admin, {}, page, language)).items.find((each) => each.id === id)
        ?.summary;
    assert.match((await listed('de')) ?? '', /^Die Regel „Laptops“/);
    await queue.rows(`update alerts set detail = '{}' where alert_id = $1`, [id]);
    assert.match((await listed('de')) ?? '', /^The rule “Laptops”/);
  });

  test('who chose so gets a kind once a day, in one mail, or not at all; an emergency reaches everybody at once', async () => {
    const { items } = await listAlertMails({ ...queue.deps, sendMail: undefined }, queue.admin, 'de');
    assert.ok(items.every(({ mail }) => mail === 'at-once'));
    const choose = (kind: 'rule-broken' | 'watch-list' | 'destruction-overridden', mail: 'daily' | 'never') =>
      chooseAlertMail({ ...queue.deps, sendMail: undefined }, queue.admin, { kind, mail }, 'en');
    await choose('rule-broken', 'daily');
    await choose('watch-list', 'never');
    await assert.rejects(choose('destruction-overridden', 'never'), (error) =>
      isDomainError(error, 'conflict'),
    );
    const own = 'admin@acme.example';
    for (const place of [1, 2]) {
      const id = await raise({ ...warning, detail: { ...warning.detail, stage: place } });
      assert.ok(!(await deliver(id)).includes(own));
    }
    const listed = await raise({
      kind: 'watch-list',
      severity: 'warning',
      detail: { list: 'Plant', direction: 'left', count: 1 },
    });
    assert.ok(!(await deliver(listed)).includes(own));
    const waiting: { payload?: unknown; run_at?: Date }[] = await queue.rows(
      `select payload, run_at from jobs where kind = 'mail-alert-digest'`,
    );
    assert.equal(waiting.length, 1, 'one for a person, however much happens');
    assert.match(waiting[0]?.run_at?.toISOString() ?? '', /T05:00:00\.000Z$/);
    const send = async () => {
      sent = [];
      await digest?.outside(queue.fleet.organizationId, digest.parse(waiting[0]?.payload));
      return sent;
    };
    const [mail] = await send();
    assert.equal(mail?.to.address, own);
    assert.match(mail?.text ?? '', /stage 1.*stage 2/s);
    assert.doesNotMatch(mail?.text ?? '', /Plant/);
    assert.deepEqual(await send(), [], 'nothing is told twice');
    const emergency = await raise({
      kind: 'destruction-overridden',
      severity: 'critical',
      detail: { by: 'local:0', devices: 1, reason: 'Fire.' },
      audience: 'everyone',
    });
    assert.ok((await deliver(emergency, 'everyone')).includes(own));
  });

  test('TPL-02 what an alert quotes is text in the mail and one line in its subject', async () => {
    await queue.rows(`update organizations set name = E'Acme\\r\\nBcc: x@y' where organization_id = $1`, [
      queue.fleet.organizationId,
    ]);
    const id = await raise({ ...warning, detail: { ...warning.detail, ruleName: '<b>&x' } });
    await deliver(id);
    assert.ok(!/[\r\n]/.test(sent[0]?.subject ?? '\n'));
    assert.match(sent[0]?.html ?? '', /&lt;b&gt;&amp;x/);
  });

  test('what happens again while nobody has looked is counted, and mailed no more', async () => {
    const ids = [await raise({ ...warning, sameAs: 'k' }), await raise({ ...warning, sameAs: 'k' })];
    assert.equal(ids[0], ids[1]);
    const events = await queue.rows(`select 1 from events where name = 'alert.raised' and subject_id = $1`, [
      ids[0],
    ]);
    assert.equal(events.length, 1);
    const seen = await acknowledgeAlert(queue.deps, queue.admin, ids[0] ?? '');
    assert.equal(seen.occurrences, 2);
    assert.equal(seen.acknowledgedBy, `administrator:${queue.admin.id}`);
    assert.notEqual(await raise({ ...warning, sameAs: 'k' }), ids[0], 'from then on it is another one');
    await acknowledgeAlert(queue.deps, queue.admin, ids[0] ?? '');
    assert.equal(await queue.entries('alerts.acknowledge', ids[0] ?? ''), 1);
  });

  test('the list is kept, filtered, and nobody else’s', async () => {
    const id = await raise({ ...warning, subject: { kind: 'device', id: newId() } });
    const { items } = await listAlerts(queue.deps, queue.admin, { open: true }, page);
    assert.equal(items[0]?.id, id);
    const subject = items[0]?.subject?.id;
    assert.equal((await listAlerts(queue.deps, queue.admin, { subject }, page)).items.length, 1);
    assert.deepEqual((await listAlerts(queue.deps, queue.admin, { subject, open: false }, page)).items, []);
    const globex = await createTestFleet(queue.db, 'globex');
    const stranger = { ...queue.admin, organizationId: globex.organizationId };
    assert.deepEqual((await listAlerts(queue.deps, stranger, {}, page)).items, []);
    await assert.rejects(acknowledgeAlert(queue.deps, stranger, id), (error) =>
      isDomainError(error, 'not-found'),
    );
    await queue.rows(`update alerts set created_at = now() - interval '500 days' where alert_id = $1`, [id]);
    for (const task of alertTasks) await task.run({ database: queue.db.database });
    const left = await queue.rows('select 1 from alerts where alert_id = $1', [id]);
    assert.equal(left.length, 0, 'what is old goes');
  });
});
