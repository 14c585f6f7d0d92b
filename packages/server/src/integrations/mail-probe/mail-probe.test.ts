import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type { MailProbe } from '@gatehouse/contracts/admin/mail-probes.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { silentLog } from '../../kernel/log.ts';
import { createOutbound } from '../../kernel/outbound/outbound.ts';
import { type Answer, startTestReceiver } from '../../kernel/outbound/test-receiver.ts';
import { superuserOf } from '../../modules/devices/test-fleet.ts';
import { askForProbe, changePlan, getPlan, getProbe, listProbes, reportProbe } from './manage-probes.ts';
import { openMailProber } from './prober.ts';

const asksPassword: Answer = ({ path }, response) =>
  /^\/microsoft-server-activesync/i.test(path)
    ? response.writeHead(401, { 'www-authenticate': 'Basic realm="mail"' }).end()
    : response.writeHead(404).end();
const denies: Answer = (_request, response) => response.writeHead(403).end();
const computers = ['imap', 'pop', 'submission'] as const;

describe('looks at mail servers by schedule and on request', () => {
  let db: TestDatabase;
  let admin: Awaited<ReturnType<typeof superuserOf>>;
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const events = createEvents({}, () => undefined);
  const open: { close(): Promise<void> }[] = [];

  before(async () => {
    db = await openTestDatabase();
    admin = await superuserOf(db);
  });
  after(async () => {
    for (const each of open.toReversed()) await each.close();
    await db[Symbol.asyncDispose]();
  });

  async function world(
    answer: Answer,
    { allow = ['127.0.0.1'], probeFrom }: { allow?: string[]; probeFrom?: string } = {},
  ) {
    let answering = answer;
    const [organizationId, serverId] = [newId(), newId()];
    const receiver = await startTestReceiver((request, response) => answering(request, response));
    const outbound = createOutbound({ allow });
    await admin.query('insert into organizations (organization_id, slug, name) values ($1, $2, $2)', [
      organizationId,
      `o${organizationId.slice(-12)}`,
    ]);
    await admin.query(
      `insert into mail_servers (organization_id, server_id, name, enabled, url, login_form, lockout_attempts, lockout_minutes, timeout_seconds, created_at, updated_at)
       values ($1, $2, 'Exchange', true, $3, 'as-given', 5, 30, 30, now(), now())`,
      [organizationId, serverId, `https://127.0.0.1:${receiver.port}/Microsoft-Server-ActiveSync`],
    );
    const deps = {
      database: db.database,
      clock,
      events,
      log: silentLog,
      outbound,
      publicUrl: new URL('https://mdm.example'),
      probeFrom,
      findServices: async () => [],
    };
    const prober = openMailProber(deps);
    open.push(receiver, outbound, prober);
    const actor: TenantPrincipal = {
      kind: 'local',
      id: '0',
      organizationId,
      label: 'test',
      role: 'org-admin',
      permissions: effectivePermissions('org-admin'),
      empoweredAt: null,
    };
    const task = (name: string) => prober.tasks.find((each) => each.name === name)?.run();
    return {
      deps,
      actor,
      serverId,
      organizationId,
      receiver,
      become: (next: Answer) => (answering = next),
      plan: () => task('mail-probes-plan'),
      task,
      async look(): Promise<MailProbe> {
        const asked = await askForProbe(deps, actor, serverId, 'en');
        for (let n = 0; n < 400; n += 1) {
          await task('mail-probes');
          const probe = await getProbe(deps, actor, asked.id, 'en');
          if (probe.state === 'done') return probe;
          await pause(25);
        }
        return assert.fail('it was not looked');
      },
      async alerts(): Promise<{ severity: string; occurrences: number; summary: string }[]> {
        const { rows } = await admin.query(
          `select severity, occurrences, summary from alerts where organization_id = $1 and kind = 'mail-probe-open' order by alert_no`,
          [organizationId],
        );
        return rows;
      },
      async told(): Promise<string[]> {
        const { rows } = await admin.query(
          `select name from events where organization_id = $1 and name like 'mail-probe.%' order by event_id`,
          [organizationId],
        );
        return rows.map(({ name }: { name: string }) => name);
      },
    };
  }
  const phoneSight = ({ sights }: MailProbe) => sights.find(({ way }) => way === 'activesync');

  test('EAS-T01 GAP-13 an open server is found open, alerted once, and told of when it is mended', async () => {
    const { deps, actor, serverId, look, become, alerts, told } = await world(asksPassword, {
      probeFrom: '127.0.0.1',
    });
    await changePlan(deps, actor, serverId, { acceptedWays: [...computers] });
    const first = await look();
    assert.deepEqual([first.verdict, first.openWays, first.vantage], ['open', ['activesync'], 'outside']);
    const sight = phoneSight(first);
    assert.deepEqual([sight?.verdict, sight?.because], ['open', 'asks-password']);
    assert.match(`${sight?.meaning} ${sight?.advice}`, /It asks for a password.*docs\/mail\//);
    assert.equal((await look()).verdict, 'open');
    assert.deepEqual(
      (await alerts()).map(({ severity, occurrences }) => [severity, occurrences]),
      [['critical', 1]],
    );
    assert.match(
      (await alerts())[0]?.summary ?? '',
      /Exchange can be had round the gateway, by: ActiveSync\./,
    );
    become(denies);
    assert.equal((await look()).verdict, 'closed');
    become(asksPassword);
    await look();
    assert.deepEqual(await told(), [
      'mail-probe.plan-changed',
      'mail-probe.open',
      'mail-probe.closed',
      'mail-probe.open',
    ]);
    assert.equal((await alerts())[0]?.occurrences, 2);
    const history = await listProbes(deps, actor, serverId, { limit: 3, after: undefined });
    assert.deepEqual(
      history.items.map(({ verdict }) => verdict),
      ['open', 'closed', 'open'],
    );
    assert.ok(history.next);
  });

  test('EAS-T01 what the gateway’s own address reaches is no proof: unclear, and no alert', async () => {
    const { look, alerts, deps, actor, serverId } = await world(asksPassword);
    await changePlan(deps, actor, serverId, { acceptedWays: [...computers] });
    const probe = await look();
    assert.deepEqual(
      [probe.verdict, probe.vantage, phoneSight(probe)?.because],
      ['unclear', 'gateway', 'seen-from-gateway'],
    );
    assert.deepEqual(await alerts(), []);
    await changePlan(deps, actor, serverId, { letIn: false });
    assert.equal((await look()).verdict, 'open');
  });

  test('EAS-T01 every server has a plan by itself, and is looked at again when its time has come', async () => {
    const { plan, task, deps, actor, serverId } = await world(denies);
    await plan();
    const { items } = await listProbes(deps, actor, serverId, { limit: 10, after: undefined });
    assert.deepEqual(
      [items.length, items[0]?.state, items[0]?.requestedBy],
      [1, 'waiting', 'system:mail-probes'],
    );
    const chosen = await getPlan(deps, actor, serverId);
    assert.equal(chosen.everyMinutes, 720);
    for (let n = 0; n < 400; n += 1) {
      await task('mail-probes');
      const [newest] = (await listProbes(deps, actor, serverId, { limit: 1, after: undefined })).items;
      if (newest?.state === 'done') break;
      await pause(25);
    }
    await plan();
    assert.equal((await listProbes(deps, actor, serverId, { limit: 10, after: undefined })).items.length, 1);
    offset += 13 * 3_600_000;
    await plan();
    await plan();
    assert.equal((await listProbes(deps, actor, serverId, { limit: 10, after: undefined })).items.length, 2);
    await changePlan(deps, actor, serverId, { everyMinutes: null });
    assert.equal((await getPlan(deps, actor, serverId)).nextAt, null);
  });

  test('HOOK-01 an address that the operator has not allowed is not asked, and nothing is learnt of it', async () => {
    const { look, receiver } = await world(asksPassword, { allow: [] });
    const probe = await look();
    assert.deepEqual([probe.verdict, phoneSight(probe)?.because], ['unclear', 'forbidden-address']);
    assert.ok(probe.sights.every(({ seen }) => seen === 'forbidden-address'));
    assert.equal(receiver.connections(), 0);
  });

  test('EAS-T01 what was seen elsewhere is judged here, and alerts too', async () => {
    const { deps, actor, serverId, alerts } = await world(denies);
    const sights = [
      {
        way: 'activesync',
        address: 'https://mail.example/Microsoft-Server-ActiveSync',
        seen: 'asks-password',
        status: 401,
      },
      {
        way: 'autodiscover',
        address: 'https://acme.example/autodiscover/autodiscover.xml',
        seen: 'names',
        host: 'mdm.example:8443',
      },
    ] as const;
    const report = await reportProbe(
      deps,
      actor,
      { mailServerId: serverId, place: 'at home', sights: [...sights] },
      'de',
    );
    assert.deepEqual(
      [report.verdict, report.source, report.place, report.openWays],
      ['open', 'report', 'at home', ['activesync']],
    );
    assert.match(report.sights[0]?.meaning ?? '', /^Es wird ein Kennwort verlangt/);
    assert.equal(report.sights[1]?.because, 'sends-to-gateway');
    assert.equal((await alerts()).length, 1);
  });

  test('asked twice it is one look; strangers to the organization and lesser roles get none', async () => {
    const { deps, actor, serverId } = await world(denies);
    const first = await askForProbe(deps, actor, serverId, 'en');
    assert.equal((await askForProbe(deps, actor, serverId, 'en')).id, first.id);
    const stranger = (await world(denies)).actor;
    const refused = async (run: () => Promise<unknown>, code: 'not-found' | 'forbidden') =>
      assert.rejects(run, (error) => isDomainError(error, code));
    await refused(() => askForProbe(deps, stranger, serverId, 'en'), 'not-found');
    await refused(() => getProbe(deps, stranger, first.id, 'en'), 'not-found');
    await refused(() => getPlan(deps, stranger, serverId), 'not-found');
    assert.deepEqual((await listProbes(deps, stranger, serverId, { limit: 5, after: undefined })).items, []);
    const helpDesk = { ...actor, permissions: effectivePermissions('help-desk') };
    await refused(() => askForProbe(deps, helpDesk, serverId, 'en'), 'forbidden');
    await refused(() => changePlan(deps, helpDesk, serverId, {}), 'forbidden');
  });

  test('HOOK-01 nobody looks around the network with it: twenty at once, then one in a while', async () => {
    const { deps, actor, serverId } = await world(denies);
    for (let n = 0; n < 20; n += 1) await askForProbe(deps, actor, serverId, 'en');
    await assert.rejects(
      () => askForProbe(deps, actor, serverId, 'en'),
      (error) => isDomainError(error, 'too-many-requests'),
    );
    offset += 180_000;
    await askForProbe(deps, actor, serverId, 'en');
  });
});
