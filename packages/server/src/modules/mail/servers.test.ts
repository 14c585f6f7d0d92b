import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ErrorCode, isDomainError } from '@gatehouse/core/errors.ts';
import { assignMailServer, listServerAssignments, unassignMailServer } from './server-assignments.ts';
import { createMailServer, deleteMailServer, readMailServer, updateMailServer } from './servers.ts';
import { createMailDirectory } from './directory.ts';
import { changeMailSettings, getMailSettings } from './settings.ts';
import { announceDeadlineKind, announceMailUserKind } from './job-kinds.ts';
import { mailJobs } from './reactions.ts';
import { openTestMail, type TestMail } from './test-mail.ts';
import { readMailLogin } from '@gatehouse/core/mail/mail-login.ts';

describe('mail servers', () => {
  let mail: TestMail;
  before(async () => {
    mail = await openTestMail();
  });
  after(() => mail[Symbol.asyncDispose]());

  const url = 'https://mail.example/Microsoft-Server-ActiveSync';
  const make = (name: string, change: object = {}) =>
    createMailServer(mail.deps, mail.principal(), { name, url, ...change });
  const read = (serverId: string) => readMailServer(mail.deps, mail.acme.organizationId, serverId);
  const rejects = (work: Promise<unknown>, code: ErrorCode, reason?: string) =>
    assert.rejects(work, (error) => {
      assert.ok(isDomainError(error, code), String(error));
      if (reason !== undefined) assert.equal(error.reason, reason);
      return true;
    });
  const serverOf = async (login = 'ann@acme.example') => (await mail.standing(login)).server?.serverId;
  const page = { limit: 50, after: undefined };

  test('are made, changed and deleted, each time with audit entry, event and news', async () => {
    const { id, version, lockoutAttempts } = await make('One');
    assert.deepEqual([version, lockoutAttempts], [1, 5]);
    const changed = await updateMailServer(mail.deps, mail.principal(), id, {
      timeoutSeconds: 10,
      protocolVersions: ['14.1'],
    });
    assert.deepEqual([changed.version, changed.timeoutSeconds, changed.protocolVersions], [2, 10, ['14.1']]);
    assert.equal((await read(id))?.timeoutMs, 10_000);
    await deleteMailServer(mail.deps, mail.principal(), id);
    assert.equal(await read(id), undefined);
    for (const verb of ['create', 'update', 'delete'])
      assert.deepEqual(await mail.entries(`mail-servers.${verb}`, id), ['done']);
    assert.deepEqual(
      (await mail.told('mail-server.changed', id)).map(({ change }) => change),
      ['create', 'update', 'delete'],
    );
    assert.equal(
      mail.news.filter(
        ({ topic, id: about }) => topic === 'mail-access' && about === mail.acme.organizationId,
      ).length,
      3,
    );
  });

  test('what proves us to one is sealed, bound to its address, and never shown', async () => {
    const given = { userHeader: 'x-user', secretHeader: 'x-secret', secret: 'hush-hush' };
    const server = await make('Trusting', given);
    assert.equal(server.hasSecret, true);
    assert.doesNotMatch(JSON.stringify(server), /hush/);
    const [row] = await mail.rows('select secret from mail_servers where server_id = $1', [server.id]);
    assert.ok(!row.secret.includes('hush'));
    assert.deepEqual((await read(server.id))?.vouching, given);
    const elsewhere = updateMailServer(mail.deps, mail.principal(), server.id, {
      url: 'https://evil.example/',
    });
    await rejects(elsewhere, 'invalid-input', 'secret-needed');
    await rejects(make('Half', { secretHeader: 'x-secret' }), 'invalid-input', 'vouching');
    await rejects(make('Half', { secret: 'x' }), 'invalid-input', 'vouching');
    // What the gateway says itself would stand there twice.
    for (const userHeader of ['Host', 'authorization', 'X-MS-PolicyKey', 'Content-Length', 'X-Secret'])
      await rejects(make('Twice', { ...given, userHeader }), 'invalid-input', 'vouching-header');
  });

  test('addresses with credentials or queries, unreadable certificates and taken names are refused', async () => {
    for (const wrong of [
      'https://u:p@mail.example/',
      'https://mail.example/?Cmd=x',
      'https://mail.example/#x',
      'https://',
      'ftp://mail.example',
    ])
      await rejects(make('Wrong', { url: wrong }), 'invalid-input', 'url');
    await rejects(make('Wrong', { trust: 'x' }), 'invalid-input', 'trust');
    await rejects(make('Wrong', { loginForm: 'windows' }), 'invalid-input', 'windows-domain');
    await rejects(make('Trusting'), 'conflict', 'name-taken');
  });

  test('EAS-T10 a server may send us to its own host and those that are listed', async () => {
    const { id } = await make('Redirecting', { redirectHosts: ['cas2.example'] });
    assert.deepEqual((await read(id))?.redirectHosts, ['mail.example', 'cas2.example']);
  });

  test('EAS-01 STN-03 a user’s own goes before his groups’, these before the domain’s and everybody’s; without any the stand-in serves', async () => {
    assert.equal(await serverOf(), undefined);
    const [forAll, forDomain, forGroup, higher, forUser] = await Promise.all(
      ['All', 'Domain', 'Group', 'Higher', 'User'].map(async (name) => (await make(name)).id),
    );
    const groupId = (
      await mail.rows(
        `insert into groups (organization_id, group_id, name) values ($1, gen_random_uuid(), 'sales') returning group_id`,
        [mail.acme.organizationId],
      )
    )[0].group_id;
    await mail.rows('insert into group_members (organization_id, group_id, user_id) values ($1, $2, $3)', [
      mail.acme.organizationId,
      groupId,
      mail.acme.userId,
    ]);
    const assign = (
      server: string | undefined,
      targetKind: 'user' | 'group' | 'domain' | 'organization',
      target: string | undefined,
      priority = 0,
    ) =>
      assignMailServer(mail.deps, mail.principal(), server ?? '', {
        targetKind,
        ...(target === undefined ? {} : { target }),
        priority,
      });
    await assign(forAll, 'organization', undefined, 100);
    assert.equal(await serverOf(), forAll);
    await assign(forDomain, 'domain', 'ACME.example', 50);
    assert.equal(await serverOf(), forDomain);
    assert.equal(await serverOf('ann.acme'), forDomain, 'whatever name he logs in by');
    assert.equal(await serverOf('nobody@elsewhere.example'), forAll);
    await assign(forGroup, 'group', groupId);
    assert.equal(await serverOf(), forGroup);
    await assign(higher, 'group', groupId, 1);
    assert.equal(await serverOf(), higher);
    const own = await assign(forUser, 'user', mail.acme.userId, -5);
    assert.equal(await serverOf(), forUser);
    await rejects(assign(forUser, 'user', mail.acme.userId), 'conflict', 'assigned-already');
    await updateMailServer(mail.deps, mail.principal(), forUser ?? '', { enabled: false });
    assert.equal(await serverOf(), higher, 'one that is switched off serves nobody');
    await unassignMailServer(mail.deps, mail.principal(), own.id);
    assert.equal((await mail.standing('ann@acme.example', 'x1', mail.other)).server, null);
    const listed = await listServerAssignments(mail.deps, mail.principal(), forGroup ?? '', page);
    assert.deepEqual(
      listed.items.map(({ targetKind, targetName }) => [targetKind, targetName]),
      [['group', 'sales']],
    );
  });

  test('targets must exist in this very organization, and go with what they name', async () => {
    const { id } = await make('Targets');
    const assign = (targetKind: 'user' | 'group' | 'domain' | 'organization', target: string) =>
      assignMailServer(mail.deps, mail.principal(), id, { targetKind, target });
    await rejects(assign('user', mail.other.userId), 'invalid-input', 'target');
    await rejects(assign('group', 'x'), 'invalid-input', 'target');
    await rejects(assign('domain', 'no domain'), 'invalid-input', 'target');
    await rejects(assign('organization', 'x'), 'invalid-input', 'target');
    await assign('user', mail.acme.userId);
    await mail.inTenant((tx) =>
      mail.deps.events.emit(tx, { name: 'user.deleted', subjectId: mail.acme.userId, payload: {} }),
    );
    const jobs = mailJobs({ ...mail.deps, publicUrl: new URL('https://mdm.example'), sendMail: undefined });
    mail.news.length = 0;
    await mail.runJobs(announceMailUserKind, jobs);
    assert.ok(
      mail.news.some(({ topic, id: about }) => topic === 'mail-access' && about === mail.acme.userId),
    );
    assert.deepEqual((await listServerAssignments(mail.deps, mail.principal(), id, page)).items, []);
  });

  test('who may only read or approve changes none', async () => {
    await rejects(createMailServer(mail.deps, mail.principal('help-desk'), { name: 'x', url }), 'forbidden');
    await rejects(createMailServer(mail.deps, mail.principal('auditor'), { name: 'x', url }), 'forbidden');
  });
});

describe('whose log-in it is', () => {
  let mail: TestMail;
  before(async () => {
    mail = await openTestMail();
  });
  after(() => mail[Symbol.asyncDispose]());

  const operator = (fleet = mail.acme) => mail.principal('system-admin', fleet);
  const directory = () =>
    createMailDirectory({
      database: mail.db.database,
      clock: mail.clock,
      findOrganizationByMailDomain: async (domain) =>
        domain === 'acme.example'
          ? { organizationId: mail.acme.organizationId, slug: 'acme', name: 'acme' }
          : undefined,
    });
  const find = (login: string, host = 'mail.example') =>
    directory().organizationOf(readMailLogin(login), host);

  test('nobody’s, while nobody has to do with mail; then the only one’s that has', async () => {
    assert.equal(await find('ann'), undefined);
    await changeMailSettings(mail.deps, mail.principal(), { strangers: 'block' });
    assert.equal(await find('ann'), mail.acme.organizationId);
    assert.equal((await getMailSettings(mail.deps, mail.principal())).strangers, 'block');
  });

  test('with several it is told by host, domain of Windows, or domain of the address', async () => {
    await changeMailSettings(mail.deps, operator(mail.other), {
      gatewayHosts: ['sync.other.example'],
      windowsDomains: ['other'],
    });
    assert.equal(await find('ann'), undefined);
    assert.equal(await find('ann', 'SYNC.other.example'), mail.other.organizationId);
    assert.equal(await find('OTHER\\ann'), mail.other.organizationId);
    assert.equal(await find('ann@acme.example'), mail.acme.organizationId);
    assert.equal(await find('ann@nowhere.example'), undefined);
  });

  test('what several claim is nobody’s', async () => {
    await changeMailSettings(mail.deps, operator(), { windowsDomains: ['other'] });
    assert.equal(await find('OTHER\\ann'), undefined);
  });

  test('hosts and domains of Windows lead passwords here: only the operator sets them', async () => {
    for (const changes of [{ gatewayHosts: ['sync.other.example'] }, { windowsDomains: ['other'] }])
      await assert.rejects(changeMailSettings(mail.deps, mail.principal(), changes), (error) =>
        isDomainError(error, 'forbidden'),
      );
  });

  test('answers are remembered for seconds, and no more', async () => {
    const remembering = directory();
    const ask = () => remembering.organizationOf(readMailLogin('ACME\\ann'), 'x.example');
    assert.equal(await ask(), undefined);
    await changeMailSettings(mail.deps, operator(), { windowsDomains: ['acme'] });
    assert.equal(await ask(), undefined);
    mail.clock.at += 11_000;
    assert.equal(await ask(), mail.acme.organizationId);
  });

  test('ENR-17 when the deadline comes, whoever waits for mail hears of it', async () => {
    const enrolBy = new Date(mail.clock.at + 3_600_000).toISOString();
    await changeMailSettings(mail.deps, mail.principal(), { enrolBy });
    const [job] = await mail.rows('select run_at from jobs where kind = $1', [announceDeadlineKind]);
    assert.equal(job.run_at.toISOString(), enrolBy);
    mail.news.length = 0;
    const jobs = mailJobs({ ...mail.deps, publicUrl: new URL('https://mdm.example'), sendMail: undefined });
    await mail.runJobs(announceDeadlineKind, jobs);
    assert.deepEqual(
      mail.news.map(({ topic, id: about }) => [topic, about]),
      [['mail-access', mail.acme.organizationId]],
    );
  });

  test('a change of settings is on record, with an event', async () => {
    const entries = await mail.rows(
      `select 1 from audit_entries where content ->> 'action' = 'mail.change-settings'`,
    );
    assert.equal(entries.length, 5);
    assert.equal((await mail.told('mail.settings-changed', mail.acme.organizationId)).length, 4);
  });
});
