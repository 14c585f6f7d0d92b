import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { policyOutcomes } from '@gatehouse/core/mail/mail-device.ts';
import { createPolicy, updatePolicy } from '../policies/index.ts';
import { mailJobs } from './reactions.ts';
import { refreshMailPoliciesKind } from './job-kinds.ts';
import { acknowledgePolicy, issuePolicyKey } from './policy-keys.ts';
import { openTestMail, type TestMail } from './test-mail.ts';

describe('the key of a policy', () => {
  let mail: TestMail;
  let id: string;
  before(async () => {
    mail = await openTestMail();
    id = await mail.discover();
  });
  after(() => mail[Symbol.asyncDispose]());

  const issue = (version: string) => issuePolicyKey(mail.deps, mail.acme.organizationId, id, version);
  const acknowledge = (temporaryKey: number, outcome: (typeof policyOutcomes)[number] = 'applied') =>
    acknowledgePolicy(mail.deps, mail.acme.organizationId, id, { temporaryKey, outcome });
  const held = async () => (await mail.standing('ann@acme.example')).mailDevice?.policyKey;

  test('is temporary until the client acknowledges what it was given, and another one then', async () => {
    const temporary = (await issue('v1')) ?? 0;
    assert.ok(Number.isInteger(temporary) && temporary > 0 && temporary < 2 ** 32);
    assert.equal(await held(), null);
    const key = await acknowledge(temporary);
    assert.ok(key !== undefined && key !== temporary);
    assert.deepEqual(await held(), { key, version: 'v1', acknowledgedAt: mail.clock.at, outcome: 'applied' });
  });

  test('of something older, of nobody’s, or with another word about it, none is acknowledged', async () => {
    const first = (await issue('v1')) ?? 0;
    const second = (await issue('v2')) ?? 0;
    assert.equal(await acknowledge(first), undefined);
    assert.equal(await acknowledge(0), undefined);
    const key = await acknowledge(second);
    assert.notEqual(key, undefined);
    assert.equal(await acknowledge(second, 'partly'), undefined);
    assert.equal((await held())?.version, 'v2');
    assert.equal(await issuePolicyKey(mail.deps, mail.other.organizationId, id, 'v1'), undefined);
  });

  test('DEV-07 a client that has not heard the answer says so again: the same key, and no news', async () => {
    const temporary = (await issue('v2')) ?? 0;
    const key = await acknowledge(temporary);
    mail.news.length = 0;
    assert.equal(await acknowledge(temporary), key);
    assert.deepEqual([mail.news.length, (await held())?.key], [0, key]);
    await issue('v2');
    assert.equal(await acknowledge(temporary), undefined, 'it was given another one since');
  });

  test('every outcome is on record once, with an event; the same again is no news', async () => {
    const before = (await mail.entries('mail-devices.acknowledge-policy', id)).length;
    for (const outcome of policyOutcomes) {
      await acknowledge((await issue('v3')) ?? 0, outcome);
      await acknowledge((await issue('v3')) ?? 0, outcome);
      assert.equal((await held())?.outcome, outcome);
    }
    assert.equal(
      (await mail.entries('mail-devices.acknowledge-policy', id)).length - before,
      policyOutcomes.length,
    );
    assert.equal(
      (await mail.told('mail-device.policy-acknowledged', id)).length - before,
      policyOutcomes.length,
    );
  });

  test('POL-15 another policy of the user is another version, if it concerns mail; the news reach everybody', async () => {
    const policies = { ...mail.deps, database: mail.db.database } as never as Parameters<
      typeof createPolicy
    >[0];
    const principal = mail.principal();
    const { id: policyId } = await createPolicy(policies, principal, { name: 'Mail', settings: {} });
    await mail.rows(
      `insert into assignments (organization_id, assignment_id, item_kind, item_id, target_kind, target_id)
       values ($1, gen_random_uuid(), 'policy', $2, 'user', $3)`,
      [mail.acme.organizationId, policyId, mail.acme.userId],
    );
    const jobs = mailJobs({ ...mail.deps, publicUrl: new URL('https://mdm.example'), sendMail: undefined });
    await mail.runJobs(refreshMailPoliciesKind, jobs);
    const version = async () => (await mail.standing('ann@acme.example')).policy?.version;
    const first = await version();
    const change = async (settings: object) => {
      await updatePolicy(policies, principal, policyId, { settings, confirmed: true } as never);
      mail.news.length = 0;
      assert.equal(await mail.runJobs(refreshMailPoliciesKind, jobs), 1);
      assert.ok(
        mail.news.some(
          ({ topic, id: about }) => topic === 'mail-access' && about === mail.acme.organizationId,
        ),
      );
      return version();
    };
    assert.equal(await change({ 'support.contact': 'Ext. 100' }), first, 'this is nothing for mail clients');
    assert.notEqual(await change({ 'mail.no-attachments': true }), first);
    assert.equal((await mail.standing('ann@acme.example')).policy?.document.attachments.allowed, false);
  });
});
