import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Sql } from '../../kernel/db/sql.ts';
import { selectCandidates, selectUnlinkedOf } from './link-queries.ts';
import { isIdOfAnother, selectOwners } from './certified-queries.ts';
import { selectListedMailDevice, selectMailDevicesOf, selectMailDevices } from './device-queries.ts';
import { selectServerAssignments } from './server-queries.ts';
import { selectMailStandings } from './standing-queries.ts';
import { openTestMail, type TestMail } from './test-mail.ts';
import { addDeviceTraffic, selectDueStatements } from './traffic-queries.ts';

const people = 20_000;

type Plan = Record<string, unknown>;

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...((plan['Plans'] as Plan[] | undefined) ?? []).flatMap(nodesOf)];
}

describe(`statements at ${people} people with two mail devices each`, () => {
  let mail: TestMail;
  const seen = new Map<string, { readonly statement: Sql; readonly values: readonly unknown[] }>();

  before(async () => {
    mail = await openTestMail();
    await populate(mail);
  });
  after(() => mail[Symbol.asyncDispose]());

  async function plans({ text }: Sql, values: readonly unknown[]): Promise<readonly Plan[]> {
    const admin = await mail.db.superuser();
    try {
      await admin.query('begin');
      await admin.query('set local role gh_app');
      await admin.query(`select set_config('gh.org', $1, true)`, [mail.acme.organizationId]);
      const custom = await admin.query(`explain (format json) ${text}`, values as unknown[]);
      const generic = await admin.query(`explain (generic_plan, format json) ${text}`);
      return [custom, generic].map(({ rows }) => rows[0]['QUERY PLAN'][0].Plan as Plan);
    } finally {
      await admin.query('rollback');
    }
  }

  /** What a large table is read from end to end by. */
  const scansIn = (plan: Plan) =>
    nodesOf(plan)
      .filter((node) => node['Node Type'] === 'Seq Scan' && Number(node['Plan Rows']) > 50)
      .map((node) => `${String(node['Relation Name'])} ${String(node['Plan Rows'])}`);

  test('what decides on a request is found by indexes, also when it is planned for any values', async () => {
    const values = [
      mail.acme.organizationId,
      ['person7@acme.example', 'person8'],
      [`\\x${Buffer.from('KEY-7-1').toString('hex')}`, `\\x${Buffer.from('KEY-8-1').toString('hex')}`],
    ];
    for (const plan of await plans(selectMailStandings, values)) assert.deepEqual(scansIn(plan), []);
    // An index may be read from end to end as well.
    const admin = await mail.db.superuser();
    const names = Array.from({ length: 64 }, (_, n) => 1 + ((n * 7_919) % people));
    await admin.query('begin');
    await admin.query('set local role gh_app');
    const measured = await admin.query(
      `explain (analyze, buffers, format json) ${selectMailStandings.text}`,
      [
        mail.acme.organizationId,
        names.map((n) => `person${n}@acme.example`),
        names.map((n) => `\\x${Buffer.from(`KEY-${n}-1`).toString('hex')}`),
      ],
    );
    await admin.query('rollback');
    const { Plan: plan } = measured.rows[0]['QUERY PLAN'][0];
    const pages = (plan['Shared Hit Blocks'] + plan['Shared Read Blocks']) / names.length;
    assert.ok(pages < 60, `${pages} pages for each question`);
    const standing = await mail.standing('person7@acme.example', 'KEY-7-1');
    assert.deepEqual([standing.mailDevice?.state, standing.user?.email], ['unknown', 'person7@acme.example']);
    assert.notEqual(standing.link, null);
  });

  test('so is everything else that is asked again and again', async () => {
    const [{ mail_device_id: id, user_id: userId, device_id: deviceId }] = await mail.rows(
      `select mail_device_id, user_id, device_id from mail_devices where device_key_text = 'KEY-7-1'`,
    );
    const at = new Date(mail.clock.at);
    const everything = { state: null, linked: null, userId: null, deviceId: null, mailId: null };
    await mail.inTenant(async (tx) => {
      const watched = new Proxy(tx, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function' || (name !== 'query' && name !== 'one' && name !== 'run'))
            return typeof value === 'function' ? value.bind(target) : value;
          return (statement: Sql, values: readonly unknown[] = []) => {
            seen.set(`${statement.name} ${JSON.stringify(values)}`, { statement, values });
            return value.call(target, statement, values);
          };
        },
      });
      await selectCandidates(watched, userId);
      await selectUnlinkedOf(watched, userId);
      await isIdOfAnother(watched, 'KEY-7-1', deviceId);
      await selectListedMailDevice(watched, id);
      await selectMailDevicesOf(watched, deviceId);
      await selectMailDevices(watched, { ...everything, state: 'blocked' }, 0, 51);
      await selectMailDevices(watched, everything, 100, 51);
      const [server] = await mail.rows('select server_id from mail_server_assignments limit 1');
      await selectServerAssignments(watched, server.server_id, null, 51);
      await selectDueStatements(watched, [{ mailDeviceId: id, authorized: true }], at);
      const traffic = {
        lastSeenAt: at,
        command: 'Sync',
        outcome: 'passed',
        requests: 1,
        bytesIn: 1,
        bytesOut: 1,
      } as const;
      await addDeviceTraffic(watched, [{ mailDeviceId: id, ...traffic }]);
    });
    assert.equal(seen.size, 10);
    for (const plan of await plans(selectOwners, [mail.acme.organizationId, [deviceId]]))
      assert.deepEqual(scansIn(plan), []);
    for (const { statement, values } of seen.values()) {
      const [custom] = await plans(statement, values);
      assert.deepEqual(scansIn(custom ?? {}), [], statement.name);
    }
  });
});

async function populate({ rows, acme }: TestMail): Promise<void> {
  const organization = [acme.organizationId];
  await rows(
    `insert into users (organization_id, user_id, email, user_name)
     select $1, gen_random_uuid(), 'person' || n || '@acme.example', 'person' || n from generate_series(1, ${people}) n`,
    organization,
  );
  await rows(
    `insert into devices (organization_id, device_id, user_id, platform, ownership, state, name)
     select $1, gen_random_uuid(), user_id, 'ios', 'corporate', 'registered', user_name from users where organization_id = $1`,
    organization,
  );
  await rows(
    `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail, access_vpn,
       evaluation, policy_version, evaluated_at, guid)
     select $1, device_id, device_no, true, true, 'allow', 'allow', 'allow', '{}', 'v1', now(), device_id::text from devices where organization_id = $1`,
    organization,
  );
  await rows(
    `insert into mail_devices (organization_id, mail_device_id, account_key, user_id, login, device_key, device_key_text, device_type,
       device_id, linked_by, first_seen_at)
     select $1, gen_random_uuid(), 'user:' || u.user_id, u.user_id, u.email_key,
       convert_to(replace(u.user_name, 'person', 'KEY-') || '-' || n, 'UTF8'), replace(u.user_name, 'person', 'KEY-') || '-' || n, 'iPhone',
       case n when 1 then d.device_id end, case n when 1 then 'automatic' end, now()
     from users u join devices d on d.organization_id = $1 and d.user_id = u.user_id
     cross join generate_series(1, 2) n where u.organization_id = $1`,
    organization,
  );
  await rows(
    `insert into mail_device_traffic (organization_id, mail_device_id, last_seen_at, last_command, last_outcome, requests, bytes_in, bytes_out)
     select $1, mail_device_id, now(), 'Sync', 'passed', 1, 1, 1 from mail_devices where organization_id = $1`,
    organization,
  );
  await rows(
    `insert into mail_servers (organization_id, server_id, name, enabled, url, login_form, lockout_attempts, lockout_minutes, timeout_seconds,
       created_at, updated_at)
     select $1, gen_random_uuid(), 'server ' || n, true, 'https://mail.example/', 'as-given', 5, 30, 30, now(), now() from generate_series(1, 10) n`,
    organization,
  );
  await rows(
    `insert into mail_server_assignments (organization_id, mail_assignment_id, server_id, target_kind, target, created_at)
     select $1, gen_random_uuid(), s.server_id, 'user', u.user_id::text, now() from users u
     cross join lateral (select server_id from mail_servers where organization_id = $1 limit 1) s where u.organization_id = $1`,
    organization,
  );
  await rows('analyze');
}
