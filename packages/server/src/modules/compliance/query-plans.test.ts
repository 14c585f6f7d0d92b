import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import type { Sql } from '../../kernel/db/sql.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import {
  expireCommands,
  getCommand,
  listCommands,
  takeCommands,
  takeCommandsOfMany,
} from '../commands/index.ts';
import {
  type DeviceListQuery,
  findDevice,
  getDevice,
  listDevices,
  loadFacts,
  lockDevice,
  recordReport,
  recordReports,
} from '../devices/index.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { ensureDefaults } from '../policies/index.ts';
import { evaluateDevice, evaluateDevices } from './evaluate-devices.ts';
import { evaluateDue } from './evaluate-due.ts';
import { explainDevice } from './explain-device.ts';
import { findReached } from './queries.ts';
import { tellDevices } from './tell-device.ts';

const fleetSize = 20_000;

interface Seen {
  readonly statement: Sql;
  readonly values: readonly unknown[];
  readonly role: 'gh_app' | 'gh_system';
}

/** Notes every statement that passes, and lets it pass. */
function recording<Tx extends TenantTx | SystemTx>(tx: Tx, role: Seen['role'], seen: Map<string, Seen>): Tx {
  return new Proxy(tx, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'query' && name !== 'one' && name !== 'run') return value.bind(target);
      return (statement: Sql, values: readonly unknown[] = []) => {
        seen.set(`${statement.name} ${JSON.stringify(values)}`.slice(0, 300), { statement, values, role });
        return value.call(target, statement, values);
      };
    },
  });
}

function scansOf(plan: Record<string, unknown>): string[] {
  const below = (plan['Plans'] as Record<string, unknown>[] | undefined) ?? [];
  const own = plan['Node Type'] === 'Seq Scan' ? [String(plan['Relation Name'])] : [];
  return [...own, ...below.flatMap(scansOf)];
}

describe(`statements at ${fleetSize} devices`, () => {
  let db: TestDatabase;
  let admin: pg.Client;
  let fleet: TestFleet;
  let device: string;
  const seen = new Map<string, Seen>();

  before(async () => {
    db = await openTestDatabase();
    admin = await db.superuser();
    fleet = await createTestFleet(db, 'big');
    await db.database.withTenant(fleet.organizationId, ensureDefaults);
    await populate(admin, fleet.organizationId);
    const { rows } = await admin.query(`select device_id from devices where name = 'device 777'`);
    device = rows[0].device_id;
  });
  after(() => db[Symbol.asyncDispose]());

  const watched = () => ({
    withTenant: ((organization, work, options) =>
      db.database.withTenant(
        organization,
        (tx) => work(recording(tx, 'gh_app', seen)),
        options,
      )) as TestDatabase['database']['withTenant'],
    withSystem: ((reason, work) =>
      db.database.withSystem(reason, (tx) =>
        work(recording(tx, 'gh_system', seen)),
      )) as TestDatabase['database']['withSystem'],
  });

  async function plans(role: Seen['role'], { statement, values }: Seen): Promise<Record<string, unknown>[]> {
    await admin.query('begin');
    try {
      await admin.query(`set local role ${role}`);
      await admin.query(`select set_config('gh.org', $1, true)`, [
        role === 'gh_app' ? fleet.organizationId : '',
      ]);
      // Named statements are planned for their values at first, and later perhaps for any.
      const custom = await admin.query(`explain (format json) ${statement.text}`, values as unknown[]);
      const generic = await admin.query(`explain (generic_plan, format json) ${statement.text}`);
      return [custom, generic].map(({ rows }) => rows[0]['QUERY PLAN'][0].Plan);
    } finally {
      await admin.query('rollback');
    }
  }

  test('no hot statement reads a large table from end to end', async () => {
    const database = watched();
    const deps = {
      database,
      clock: { now: () => Date.now() },
      events: createEvents({}, () => undefined),
      notifications: { publish: () => undefined },
      sealer: {} as never,
      reevaluate: async () => undefined,
    };
    const principal: TenantPrincipal = {
      kind: 'administrator',
      id: fleet.userId,
      organizationId: fleet.organizationId,
      label: 'admin',
      role: 'org-admin',
      permissions: new Set(permissions),
      empoweredAt: 0,
    };
    const now = Date.now();
    await database.withTenant(fleet.organizationId, async (tx) => {
      await lockDevice(tx, device);
      await findDevice(tx, device);
      await loadFacts(tx, device);
      await recordReport(tx, {
        deviceId: device,
        counter: 1,
        bootId: 'b',
        sentAt: now,
        receivedAt: now,
        scans: [
          { scan: 'security', observedAt: now, facts: { 'passcode.set': false } },
          { scan: 'device-information', observedAt: now, facts: { 'device.serial-number': 'other' } },
        ],
      });
      await evaluateDevice(deps, tx, device, now);
      const { rows } = await admin.query('select device_id from devices limit 25');
      const many = rows.map((row): string => row.device_id);
      await recordReports(
        tx,
        many.map((deviceId) => ({
          deviceId,
          counter: 2,
          bootId: 'b',
          sentAt: now,
          receivedAt: now,
          scans: [{ scan: 'security', observedAt: now, facts: { 'passcode.set': false } }],
        })),
      );
      await evaluateDevices(deps, tx, many, now);
      await tellDevices(
        tx,
        many.map((deviceId) => ({ deviceId, languages: ['de'] })),
      );
      await takeCommands(deps, tx, device);
      await takeCommandsOfMany(deps, tx, many, {});
      const { rows: groups } = await admin.query('select group_id from groups');
      for (const [targetKind, targetId] of [
        ['organization', fleet.organizationId],
        ['group', groups[0].group_id],
        ['user', fleet.userId],
        ['device', device],
      ] as const) {
        await findReached(tx, { targetKind, targetId, platform: null }, '0', 25);
      }
    });
    await explainDevice(deps, principal, device);
    await explainDevice(deps, principal, device, { at: now }).catch(() => undefined);
    await getDevice(deps, principal, device);
    const lists: DeviceListQuery[] = [
      {},
      { sort: '-enrolled' },
      { sort: 'name' },
      { sort: '-name' },
      { search: 'sn-777' },
      { search: 'device 77' },
      { search: 'person77@' },
      { compliant: false },
      { userId: fleet.userId },
      { state: 'blocked' },
    ];
    for (const query of lists) {
      const first = await listDevices(deps, principal, query, { limit: 10, after: undefined });
      if (first.next) await listDevices(deps, principal, query, { limit: 10, after: first.next });
    }
    await listCommands(deps, principal, device, { limit: 10, after: undefined });
    await getCommand(deps, principal, device).catch(() => undefined);
    await evaluateDue(deps);
    await expireCommands(deps);

    const scans: string[] = [];
    const small = new Set([
      'organizations',
      // Few in any organization, and none in this one: the index is not worth its descent.
      'administrators',
      'policy_suites',
      'connection_schedules',
      'assignments',
      'compliance_rules',
      'rollouts',
      // Two versions in this test; looked up only for devices that a rollout holds back.
      'policy_versions',
      'compliance_rule_versions',
      'watch_lists',
      'groups',
    ]);
    for (const each of seen.values()) {
      // Reads of other statements' results and inserts of values have no plan worth reading.
      for (const plan of await plans(each.role, each)) {
        for (const table of scansOf(plan))
          if (!small.has(table)) scans.push(`${each.statement.name}: ${table}`);
      }
    }
    assert.ok(seen.size > 30, `${seen.size} statements were seen`);
    assert.deepEqual([...new Set(scans)], []);
  });
});

async function populate(admin: pg.Client, organization: string): Promise<void> {
  const statements = [
    `insert into users (organization_id, user_id, email, user_name)
     select $1, gen_random_uuid(), 'person' || n || '@big.example', 'person' || n from generate_series(1, ${fleetSize}) n`,
    `insert into groups (organization_id, group_id, name) values ($1, gen_random_uuid(), 'half')`,
    `insert into group_members (organization_id, group_id, user_id)
     select $1, g.group_id, u.user_id from groups g, users u where u.organization_id = $1 and u.user_no % 2 = 0`,
    `insert into devices (organization_id, device_id, user_id, platform, ownership, state, name)
     select $1, gen_random_uuid(), u.user_id, 'linux', 'corporate', 'registered', 'device ' || substr(u.user_name, 7)
     from users u where u.organization_id = $1 and u.user_name like 'person%'`,
    `insert into device_contacts (organization_id, device_id, last_check_in_at) select $1, device_id, now() from devices`,
    `insert into device_identifiers (organization_id, kind, value, device_id)
     select $1, k.kind, case k.kind when 'serial' then 'SN-' || substr(name, 8) when 'guid' then device_id::text
       else name || '.big.example' end, device_id
     from devices, (values ('serial'), ('guid'), ('host-name')) k (kind)`,
    `insert into device_facts (organization_id, device_id, scan, source, facts, observed_at)
     select $1, device_id, s.scan, 'agent', '{"passcode.set": true, "storage.encrypted": true, "integrity.compromised": false}', now()
     from devices, (values ('security'), ('device-information'), ('apps')) s (scan)`,
    `insert into fact_changes (organization_id, device_id, fact, source, observed_at)
     select $1, device_id, 'passcode.set', 'agent', now() from devices`,
    `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
       access_vpn, evaluation, policy_version, evaluated_at, next_change_at, guid)
     select $1, device_id, device_no, true, true, 'allow', 'allow', 'allow',
       '{"verdicts":[],"compliant":true,"nextChangeAt":null,"evaluatedAt":0}', 'v', now(), now() + interval '1 day', device_id::text
     from devices`,
    `insert into posture_changes (organization_id, device_id, registered, blocked, compliant, access_network, access_mail,
       access_vpn, evaluation, policy_version, changed_at)
     select $1, device_id, true, false, true, 'allow', 'allow', 'allow', evaluation, 'v', now() from device_posture`,
    `insert into compliance_exceptions (organization_id, exception_id, device_id, rule, reason, created_by)
     select $1, gen_random_uuid(), device_id, 'encryption', 'x', 'x' from devices`,
    `insert into compliance_rules (organization_id, rule_id, name, kind, content)
     select $1, gen_random_uuid(), 'rule ' || n, 'encryption', '{}' from generate_series(1, 200) n`,
    `insert into hardware_blocks (organization_id, block_id, kind, value, reason, blocked_by, created_at)
     select $1, gen_random_uuid(), 'serial', 'shut-out-' || n, 'x', 'x', now() from generate_series(1, ${fleetSize}) n`,
    `insert into group_devices (organization_id, group_id, device_id, since)
     select $1, g.group_id, d.device_id, now() from groups g, devices d where d.device_no % 2 = 0`,
    `insert into commands (organization_id, command_id, device_id, name, params, requested_by, expires_at, state)
     select $1, gen_random_uuid(), device_id, 'refresh-device', '{}', 'x', now() + interval '1 day', 'acknowledged' from devices`,
  ];
  for (const statement of statements)
    await admin.query(statement, statement.includes('$1') ? [organization] : []);
  await admin.query('analyze');
}
