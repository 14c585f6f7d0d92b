// The database roles. gh_owner owns the tables and is blinded by FORCE; gh_app, gh_system and gh_backup own nothing, and
// gh_backup may only read, one tenant at a time (docs/adr/0006).
import type pg from 'pg';

const roles = [
  ['gh_owner', 'nologin'],
  ['gh_app', 'login'],
  ['gh_system', 'login'],
  ['gh_backup', 'nologin'],
] as const;

/** Creates the roles and the schema where they are missing. Needs a login that may create roles, or finds them made. */
export async function ensureRoles(client: pg.Client): Promise<void> {
  // Roles belong to the whole cluster: two databases on one server may be set up at the same time.
  await client.query('select pg_advisory_lock(7023116)');
  try {
    for (const [role, login] of roles) {
      const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
      if (found.rowCount === 0) {
        await client.query(
          `create role ${role} ${login} nosuperuser nobypassrls nocreatedb nocreaterole noinherit`,
        );
      }
      // From PostgreSQL 16 on, who creates a role is its member and still may not become it.
      await client.query(
        `do $$ begin
           if not pg_has_role(current_user, '${role}',
             case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then execute 'grant ${role} to current_user'; end if;
         end $$`,
      );
    }
    await client.query(`do $$ begin
      execute format('revoke temporary, create on database %I from public', current_database());
      execute format('grant connect on database %I to gh_app, gh_system', current_database());
    end $$`);
    await client.query('revoke all on schema public from public');
    await client.query('create schema if not exists gh authorization gh_owner');
    await client.query('grant usage on schema gh to gh_app, gh_system, gh_backup');
  } finally {
    await client.query('select pg_advisory_unlock(7023116)');
  }
}

/** Refuses a role that row-level security does not bind (pitfall 1 of the recipe). */
export async function assertBoundRole(client: pg.Client | pg.PoolClient): Promise<void> {
  const result = await client.query<{ rolname: string; unbound: boolean }>(
    `select rolname, rolsuper or rolbypassrls or rolname = 'gh_owner' as unbound from pg_roles where rolname = current_user`,
  );
  const role = result.rows[0];
  if (!role || role.unbound) {
    throw new Error(
      `The database role ${role?.rolname ?? '?'} is not bound by row-level security; refusing to work with it`,
    );
  }
}
