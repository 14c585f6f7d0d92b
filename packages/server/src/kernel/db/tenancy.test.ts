// Reads the database catalog: what the recipe for row-level security asks of every table, whoever added it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { loadMigrations, migrate } from './migrate.ts';
import { assertBoundRole } from './roles.ts';
import { systemRights, tablesNotBackedUp, tablesWithoutTenant } from './tenancy.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

describe('the database catalog', () => {
  let test_: TestDatabase;
  let admin: pg.Client;

  before(async () => {
    test_ = await openTestDatabase();
    admin = await test_.superuser();
  });
  after(() => test_[Symbol.asyncDispose]());

  const names = async (query: string) =>
    (await admin.query<{ name: string }>(query)).rows.map((row) => row.name);
  const tables = `pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'gh' and c.relkind in ('r', 'p')`;

  test('DAT-01 every tenant table has its organization, row-level security enabled and forced, and the restrictive policy for all commands', async () => {
    const unprotected = await names(`select c.relname as name from ${tables}
      where not (c.relrowsecurity and c.relforcerowsecurity
        and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and a.attnotnull)
        and exists (select 1 from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*'
          and p.polwithcheck is not null and 'gh_app'::regrole = any (p.polroles)))`);
    assert.deepEqual(unprotected.sort(), Object.keys(tablesWithoutTenant).sort());
  });

  test('DAT-01 primary keys and unique indexes begin with the organization, save slugs, which are public words', async () => {
    const offenders = await names(`select i.relname as name from pg_index x
      join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'gh'
      where x.indisunique and c.relname <> 'schema_migrations'
        and (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = x.indkey[0]) is distinct from 'organization_id'`);
    assert.deepEqual(offenders, ['organizations_slug']);
  });

  test('DAT-01 foreign keys carry the organization on both sides', async () => {
    const offenders = await names(`select f.conname as name from pg_constraint f
      join pg_namespace n on n.oid = f.connamespace and n.nspname = 'gh' where f.contype = 'f'
        and not ((select attname from pg_attribute where attrelid = f.conrelid and attnum = f.conkey[1]) = 'organization_id'
             and (select attname from pg_attribute where attrelid = f.confrelid and attnum = f.confkey[1]) = 'organization_id')`);
    assert.deepEqual(offenders, []);
  });

  test('DAT-01 there is no SECURITY DEFINER function, no view without the invoker’s rights and no materialized view', async () => {
    assert.deepEqual(
      await names(`select proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'gh' and (prosecdef or proleakproof)`),
      [],
    );
    assert.deepEqual(
      await names(`select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'gh' and (relkind = 'm' or (relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false)))`),
      [],
    );
  });

  test('DAT-01 the working roles own nothing and may not truncate, reference, add triggers or create anything', async () => {
    assert.deepEqual(
      await names(`select c.relname as name from pg_class c join pg_roles r on r.oid = c.relowner
        where r.rolname in ('gh_app', 'gh_system', 'gh_backup')`),
      [],
    );
    assert.deepEqual(
      await names(`select c.relname || ':' || a.privilege_type as name from ${tables}
        cross join lateral aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
        where r.rolname in ('gh_app', 'gh_system', 'gh_backup', 'public') and a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')`),
      [],
    );
    for (const role of ['gh_app', 'gh_system', 'gh_backup']) {
      const rights = await admin.query(
        `select has_schema_privilege($1, 'gh', 'create') or has_schema_privilege($1, 'public', 'create')
           or has_database_privilege($1, current_database(), 'temporary') as may,
           rolsuper or rolbypassrls as unbound from pg_roles where rolname = $1`,
        [role],
      );
      assert.deepEqual(rights.rows, [{ may: false, unbound: false }], role);
    }
  });

  test('DAT-01 the system role reaches no table beyond its list and holds no write right to tenant data', async () => {
    const rights = await names(`select c.relname || ':' || a.privilege_type as name from ${tables}
      cross join lateral aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee where r.rolname = 'gh_system' order by 1`);
    assert.deepEqual(
      rights.filter((right) => !right.endsWith(':SELECT')),
      [
        'alerts:DELETE',
        'data_keys:INSERT',
        'data_keys:UPDATE',
        'events:DELETE',
        'grave_deeds:DELETE',
        'idempotency_keys:DELETE',
        'jobs:DELETE',
        'jobs:UPDATE',
        'mail_errors:DELETE',
        'mail_probes:DELETE',
        'mail_traffic:DELETE',
        'nac_admissions:DELETE',
        'nac_sessions:DELETE',
        'organizations:INSERT',
        'passkey_challenges:DELETE',
        'scep_challenges:DELETE',
        'text_messages:DELETE',
        'throttles:DELETE',
        'user_sessions:DELETE',
        'webhook_deliveries:DELETE',
      ],
    );
  });

  test('DAT-08 the backup role reads one tenant at a time, writes nothing, and sees no secrets that would rise again', async () => {
    const rights = await names(`select distinct a.privilege_type as name from ${tables}
      cross join lateral aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee where r.rolname = 'gh_backup'`);
    assert.deepEqual(rights, ['SELECT']);
    const unread = await names(`select c.relname as name from ${tables}
      where not has_table_privilege('gh_backup', c.oid, 'select') order by 1`);
    assert.deepEqual(unread, Object.keys(tablesNotBackedUp).sort());
    const unbound = await names(`select c.relname as name from ${tables}
      where c.relname <> 'schema_migrations' and has_table_privilege('gh_backup', c.oid, 'select')
        and not exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polroles = array['gh_backup'::regrole::oid]
          and pg_get_expr(p.polqual, p.polrelid) like '%organization_id = ( SELECT %org()%')`);
    assert.deepEqual(unbound, []);
  });

  test('DAT-01 a role that row-level security does not bind is refused at the start', async () => {
    await assert.rejects(assertBoundRole(admin), /gatehouse is not bound by row-level security/);
    await admin.query('set role gh_owner');
    await assert.rejects(assertBoundRole(admin), /gh_owner is not bound by row-level security/);
    await admin.query('set role gh_app');
    await assertBoundRole(admin);
    await admin.query('reset role');
  });

  test('every table and column that the system role is given exists, for others would be left out in silence', async () => {
    const known = new Set(
      await names(`select c.relname || '.' || a.attname as name from ${tables}
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`),
    );
    const given = Object.entries(systemRights).flatMap(([table, rights]) =>
      [...rights.matchAll(/\(([^)]*)\)/g)].flatMap(([, columns = '']) =>
        ['organization_id', ...columns.split(', ')].map((column) => `${table}.${column}`),
      ),
    );
    assert.deepEqual(
      given.filter((each) => !known.has(each)),
      [],
    );
  });

  test('a database with a newer schema is refused', async () => {
    await admin.query(`insert into gh.schema_migrations (version, name) values (9999, 'from-the-future')`);
    await assert.rejects(migrate(test_.address), /schema version 9999, this Gatehouse knows/);
    await admin.query('delete from gh.schema_migrations where version = 9999');
    const report = await migrate(test_.address);
    assert.deepEqual(report.applied, []);
  });

  test('a right that changed without a migration is there after the next start', async () => {
    const may = async () => {
      const found = await admin.query(`select has_table_privilege('gh_backup', 'gh.users', 'select') as may,
        has_table_privilege('gh_backup', 'gh.users', 'insert') as more`);
      return found.rows;
    };
    await admin.query('revoke select on gh.users from gh_backup; grant insert on gh.users to gh_backup');
    await migrate(test_.address);
    assert.deepEqual(await may(), [{ may: false, more: true }], 'the template of this release is laid once');
    await admin.query(`comment on schema gh is 'tenancy template of an earlier release'`);
    assert.deepEqual((await migrate(test_.address)).applied, []);
    assert.deepEqual(await may(), [{ may: true, more: false }]);
  });

  test('a migration reaches the rows of every tenant, which bind its owner before and afterwards', async () => {
    const organizations = ['018f0000-0000-7000-8000-0000000000a1', '018f0000-0000-7000-8000-0000000000a2'];
    const text = `create table notes (organization_id uuid not null, said text not null)`;
    const [first, second] = [9_001, 9_002].map((version, index) => ({
      version,
      name: `notes-${version}`,
      text: index === 0 ? text : `update notes set said = upper(said)`,
    }));
    assert.ok(first && second);
    const known = loadMigrations();
    await migrate(test_.address, [...known, first]);
    for (const organization of organizations)
      await admin.query('insert into gh.notes values ($1, $2)', [organization, 'said']);
    await migrate(test_.address, [...known, first, second]);
    const said = await admin.query('select said from gh.notes');
    assert.deepEqual(said.rows, [{ said: 'SAID' }, { said: 'SAID' }]);
    await admin.query('set role gh_owner');
    assert.equal((await admin.query('select 1 from gh.notes')).rows.length, 0);
    await admin.query('reset role');
    await admin.query(`drop table gh.notes; delete from gh.schema_migrations where version > 9000`);
  });

  test('two servers that migrate at the same time do it once', async () => {
    const empty = await openTestDatabase({ empty: true });
    try {
      const reports = await Promise.all([
        migrate(empty.address),
        migrate(empty.address),
        migrate(empty.address),
      ]);
      assert.equal(
        reports.flatMap((report) => report.applied).filter((name) => name === 'foundation').length,
        1,
      );
    } finally {
      await empty[Symbol.asyncDispose]();
    }
  });
});
