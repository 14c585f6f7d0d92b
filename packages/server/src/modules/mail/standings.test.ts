import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decideMailAccess } from '@gatehouse/core/mail/decide-mail-access.ts';
import { ensureDefaults } from '../policies/index.ts';
import { openTestMail, type TestMail } from './test-mail.ts';

describe('what is known about a log-in and a device', () => {
  let mail: TestMail;
  before(async () => {
    mail = await openTestMail();
    await mail.inTenant(ensureDefaults);
  });
  after(() => mail[Symbol.asyncDispose]());

  const decide = async (login = 'ann@acme.example', key = 'ANDROID123456', presentedKey = 0) =>
    decideMailAccess({ standing: await mail.standing(login, key), presentedKey, now: mail.clock.now() });

  test('nobody knows anything yet', async () => {
    const standing = await mail.standing('bob@elsewhere.example');
    assert.deepEqual(
      [standing.user, standing.mailDevice, standing.link, standing.policy, standing.server],
      [null, null, null, null, null],
    );
    assert.equal(standing.settings.strangers, 'quarantine');
  });

  test('a person is known by address and by name, in any case', async () => {
    for (const login of ['ann@acme.example', 'ANN@ACME.EXAMPLE', 'ann.acme', 'Ann.Acme'])
      assert.equal((await mail.standing(login)).user?.userId, mail.acme.userId, login);
  });

  test('ENR-14 a short name is the left part of an address in the organization’s domains', async () => {
    assert.equal((await mail.standing('ann')).user, null);
    await mail.rows(
      `update organizations set settings = '{"mailDomains":["acme.test","acme.example"]}' where organization_id = $1`,
      [mail.acme.organizationId],
    );
    assert.equal((await mail.standing('Ann')).user?.userId, mail.acme.userId);
    assert.equal((await mail.standing('ann@elsewhere.example')).user, null);
  });

  test('EAS-T02 an id is known together with its account, and in no other organization', async () => {
    const id = await mail.discover();
    assert.equal((await mail.standing('ann@acme.example')).mailDevice?.mailDeviceId, id);
    assert.equal((await mail.standing('bob@acme.example')).mailDevice, null);
    assert.equal((await mail.standing('ann@acme.example', 'ANDROID123456', mail.other)).mailDevice, null);
    assert.equal((await decide()).effect, 'refuse');
  });

  test('policies of the person are what a device without a link is given, and the key lets it pass', async () => {
    await mail.rows(`update mail_devices set state = 'allowed'`);
    const { policy, mailDevice } = await mail.standing('ann@acme.example');
    assert.ok(policy !== null && mailDevice !== null);
    assert.equal(
      policy.document.passcode.required,
      true,
      'the first policy of an organization demands a passcode',
    );
    const key = await mail.provisioned(mailDevice.mailDeviceId, policy.version);
    assert.equal((await decide('ann@acme.example', 'ANDROID123456', key)).effect, 'pass');
    assert.equal((await decide('ann@acme.example', 'ANDROID123456', key + 1)).effect, 'provision');
  });
});
