import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { SystemTx, TenantTx } from '../../kernel/db/database.ts';
import type { Sql } from '../../kernel/db/sql.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { newId } from '../../kernel/ids.ts';
import * as certificates from '../certificates/queries.ts';
import { selectStandings } from '../certificates/standing-queries.ts';
import { createTestFleet } from '../devices/test-fleet.ts';
import * as enrollments from './queries.ts';
import * as visits from './visit-queries.ts';

const fleetSize = 20_000;

/** Every relation that a plan reads, with how it finds its rows. */
function readsOf(plan: Record<string, unknown>): { table: string; how: string; by: string }[] {
  const below = (plan['Plans'] as Record<string, unknown>[] | undefined) ?? [];
  const own = [
    {
      table: String(plan['Relation Name']),
      how: String(plan['Node Type']),
      by: String(plan['Index Cond'] ?? ''),
    },
  ];
  return [...(plan['Relation Name'] === undefined ? [] : own), ...below.flatMap(readsOf)];
}

describe(`statements of enrolments and certificates at ${fleetSize} devices`, () => {
  let db: TestDatabase;
  let admin: pg.Client;
  let organizationId: string;
  let userId: string;
  let deviceId: string;
  let serial: string;

  before(async () => {
    db = await openTestDatabase();
    admin = await db.superuser();
    ({ organizationId, userId } = await createTestFleet(db, 'big'));
    const fill = (text: string) => admin.query(text, [organizationId]);
    await fill(
      `insert into devices (organization_id, device_id, platform, state)
       select $1, gen_random_uuid(), 'linux', 'registered' from generate_series(1, ${fleetSize})`,
    );
    await fill('insert into device_contacts (organization_id, device_id) select $1, device_id from devices');
    await fill(
      `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
         access_vpn, evaluation, policy_version, evaluated_at, guid)
       select $1, device_id, device_no, true, true, 'allow', 'allow', 'allow', '{}', 'v', now(), device_id::text from devices`,
    );
    await fill(
      `insert into certificate_authorities (organization_id, authority_id, kind, certificate, private_key, not_before, not_after)
       values ($1, gen_random_uuid(), 'device-issuing', '', '', now(), now())`,
    );
    await fill(
      `insert into certificates (organization_id, serial, authority_id, purpose, device_id, fingerprint, public_key_fingerprint,
         certificate, not_before, not_after, created_at)
       select $1, uuid_send(gen_random_uuid()), a.authority_id, 'agent', d.device_id, uuid_send(gen_random_uuid()),
         uuid_send(gen_random_uuid()), '', now(), now(), now() - d.device_no * interval '1 second'
       from devices d, certificate_authorities a`,
    );
    await fill(
      `insert into commands (organization_id, command_id, device_id, name, params, requested_by, expires_at, state)
       select $1, gen_random_uuid(), device_id, 'refresh-device', '{}', 'x', now(),
         case when device_no % 10 = 0 then 'queued' else 'acknowledged' end from devices`,
    );
    await fill(
      `insert into enrollments (organization_id, enrollment_id, platform, ownership, locator, state, device_id, created_by, expires_at)
       select $1, gen_random_uuid(), 'linux', 'corporate', uuid_send(gen_random_uuid()), 'completed', device_id, 'x', now()
       from devices`,
    );
    await fill(
      `insert into enrollment_sessions (organization_id, session_id, enrollment_id, transcript)
       select $1, gen_random_uuid(), enrollment_id, '' from enrollments`,
    );
    await fill(
      `insert into device_identifiers (organization_id, kind, value, device_id)
       select $1, 'serial', 'SN-' || device_no, device_id from devices`,
    );
    await fill(
      `insert into hardware_blocks (organization_id, block_id, kind, value, reason, blocked_by, created_at)
       select $1, gen_random_uuid(), 'serial', 'STOLEN-' || device_no, '', '', now() from devices`,
    );
    await fill(
      `insert into enrollment_visits (organization_id, visit_id, secret_hash, user_id, enrollment_id, signed_in_by, language, created_at, expires_at)
       select $1, encode(locator, 'hex'), '', null, enrollment_id, 'code', 'en', now(), now() + interval '1 hour' from enrollments`,
    );
    await admin.query('analyze');
    const { rows } = await admin.query(
      'select device_id, encode(serial, $1) as serial from certificates limit 1',
      ['hex'],
    );
    ({ device_id: deviceId, serial } = rows[0]);
  });
  after(() => db[Symbol.asyncDispose]());

  /** The statements that some work sends, without sending them. */
  async function sent(
    work: (tx: TenantTx & SystemTx) => Promise<unknown>,
  ): Promise<{ statement: Sql; values: readonly unknown[] }[]> {
    const statements: { statement: Sql; values: readonly unknown[] }[] = [];
    const note = async (statement: Sql, values: readonly unknown[] = []) => {
      statements.push({ statement, values });
      return [];
    };
    const tx = {
      organizationId,
      query: note,
      one: async (statement: Sql, values: readonly unknown[]) => (await note(statement, values))[0],
      run: async (statement: Sql, values: readonly unknown[]) => (await note(statement, values)).length,
    };
    await work(tx as never);
    return statements;
  }

  async function plans(role: string, { statement, values }: { statement: Sql; values: readonly unknown[] }) {
    await admin.query('begin');
    try {
      await admin.query(`set local role ${role}`);
      await admin.query(`select set_config('gh.org', $1, true)`, [role === 'gh_app' ? organizationId : '']);
      const custom = await admin.query(`explain (format json) ${statement.text}`, values as unknown[]);
      const generic = await admin.query(`explain (generic_plan, format json) ${statement.text}`);
      return [custom, generic].map(({ rows }) => rows[0]['QUERY PLAN'][0].Plan as Record<string, unknown>);
    } finally {
      await admin.query('rollback');
    }
  }

  test('every statement finds its rows by an index', async () => {
    const id = newId();
    const now = Date.now();
    const direct = (statement: Sql, ...values: unknown[]) => ({
      statement,
      values: [organizationId, ...values],
    });
    const tenant = [
      direct(selectStandings, [randomBytes(32)], [deviceId]),
      direct(enrollments.selectByLocator, randomBytes(16)),
      direct(enrollments.selectSession, id),
      direct(visits.selectVisit, 'x'),
      ...(await sent(async (tx) => {
        await certificates.selectUnused(tx, deviceId, serial);
        await certificates.confirmUse(tx, serial, now);
        await certificates.revokeOne(tx, serial, now, 'x');
        await certificates.revokeOfDevice(tx, deviceId, now, 'x', null);
        await certificates.selectCertificate(tx, serial);
        for (const before of [null, { place: '2026-01-01T00:00:00Z', serial }]) {
          await certificates.listCertificateRows(tx, { deviceId: null, before }, 50);
          await certificates.listCertificateRows(tx, { deviceId, before }, 50);
        }
        await enrollments.countOfUser(tx, userId, now);
        await enrollments.lockEnrollment(tx, id);
        await enrollments.claimEnrollment(tx, id, randomBytes(32), now);
        await enrollments.completeOfDevice(tx, deviceId);
        await enrollments.cancelOpen(tx, id);
        await enrollments.cancelOpenOfUser(tx, userId);
        await enrollments.findBlockedHardware(tx, 'serial', 'X');
        await enrollments.selectIdentifiers(tx, deviceId, 'serial');
        for (const user of [null, userId]) {
          await enrollments.listRows(tx, { now, userId: user, state: null, before: null, limit: 50 });
          await enrollments.listRows(tx, { now, userId: user, state: 'completed', before: id, limit: 50 });
        }
        await enrollments.selectEnrollment(tx, id);
        await enrollments.claimForProfile(tx, id, now);
        await enrollments.rekeyOpen(
          tx,
          id,
          { locator: randomBytes(16), serverKey: randomBytes(32), deviceKey: randomBytes(32) },
          now,
        );
        await visits.insertVisit(tx, {
          id: 'x',
          secretHash: randomBytes(32),
          userId: null,
          enrollmentId: id,
          signedInBy: 'code',
          language: 'en',
          createdAt: new Date(now),
          expiresAt: new Date(now),
        });
        await visits.makeOfferTo(tx, 'x', new Date(now), 1);
        await visits.claimOffer(tx, 'x', new Date(now));
        await visits.setVisitDevice(tx, 'x', deviceId);
        await visits.deleteVisit(tx, 'x');
      })),
    ];
    const system = await sent((tx) => enrollments.selectOverdueOrganizations(tx, now));
    const small = new Set(['certificate_authorities', 'organizations', 'users']);
    const slow: string[] = [];
    for (const [role, statements] of [
      ['gh_app', tenant],
      ['gh_system', system],
    ] as const) {
      for (const each of statements) {
        for (const plan of await plans(role, each)) {
          for (const { table, how } of readsOf(plan)) {
            if (how === 'Seq Scan' && !small.has(table)) slow.push(`${each.statement.name}: ${table}`);
          }
        }
      }
    }
    assert.deepEqual([...new Set(slow)], []);
  });

  test('the statement before each request of a device finds every row by the device or the certificate’s fingerprint', async () => {
    for (const plan of await plans('gh_app', {
      statement: selectStandings,
      values: [organizationId, [randomBytes(32)], [deviceId]],
    })) {
      const reads = readsOf(plan);
      assert.equal(reads.length, 6);
      for (const { table, by } of reads) {
        // There is one user here.
        if (table !== 'users') assert.match(by, /device_id|fingerprint/, `${table}: ${by}`);
      }
    }
  });
});
