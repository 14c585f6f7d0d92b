// Row-level security by template: after each migration the template is laid over every table, so none can be forgotten.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type pg from 'pg';

/** What gh_system may do across tenants, by table. Whatever is not listed it cannot touch. */
export const systemRights: Record<string, string> = {
  organizations: 'select, insert',
  data_keys: 'select, insert, update',
  administrators: 'select (organization_id, administrator_id, email, created_at)',
  api_tokens: 'select, update (last_used_at)',
  sessions: 'select',
  user_sessions: 'select (organization_id, session_id, secret_hash, expires_at), delete',
  grave_deeds: 'select (organization_id, created_at), delete',
  setup_links: 'select',
  certificate_authorities: 'select (organization_id, authority_id, certificate, kind, state)',
  enrollments: 'select (organization_id, enrollment_id, locator, state, expires_at)',
  jobs: 'select, update, delete',
  events: 'select, delete',
  idempotency_keys: 'select, delete',
  passkey_challenges: 'select (organization_id, expires_at), delete',
  throttles: 'select, delete',
  apple_channels: 'select (organization_id, device_id, channel, push_dead_at)',
  commands: 'select (organization_id, command_id, finished_at, expires_at)',
  device_posture: 'select (organization_id, device_id, next_change_at)',
  audit_entries: 'select (organization_id, transaction, entry_id, created_at)',
  audit_chains: 'select (organization_id, seq, linked_before)',
  audit_checkpoints: 'select',
  certificates: 'select (organization_id, not_after, revoked_at)',
  scep_challenges: 'select (organization_id, expires_at), delete',
  apple_inventory: 'select (organization_id, device_id, next_due_at)',
  apple_items: 'select (organization_id, device_id, next_attempt_at)',
  apple_declaration_sets: 'select (organization_id, device_id, next_attempt_at)',
  apple_contents: 'select (organization_id, created_at)',
  apple_push_certificates: 'select (organization_id, state, not_after, warned_days)',
  apple_wakes: 'select (organization_id, next_push_at)',
  nac_sessions: 'select (organization_id, session_id, due_at, expires_at), delete',
  nac_admissions: 'select (organization_id, answered_at), delete',
  ise_tellings: 'select (organization_id, due_at, claimed_until)',
  alerts: 'select (organization_id, alert_id, created_at), delete',
  playbook_runs: 'select (organization_id, run_id, state, due_at)',
  approval_requests: 'select (organization_id, approval_id, state, expires_at)',
  webhooks: 'select (organization_id, webhook_id, state, retry_at, position_transaction, position_event)',
  webhook_deliveries: 'select (organization_id, webhook_id, state, next_attempt_at, finished_at), delete',
  signal_streams: 'select (organization_id, stream_id, method, status, retry_at)',
  signal_events: 'select (organization_id, stream_id, state, subject_id)',
  mail_servers: 'select (organization_id, server_id)',
  mail_probe_plans: 'select (organization_id, server_id, next_at)',
  mail_probes:
    'select (organization_id, probe_id, server_id, state, created_at, locked_until, finished_at), delete',
  mail_settings: 'select (organization_id, gateway_hosts, windows_domains)',
  mail_traffic: 'select (organization_id, hour), delete',
  mail_errors: 'select (organization_id, at), delete',
  text_messages: 'select (organization_id, created_at), delete',
};

/** Tables of this schema that hold no tenant data, each with its reason. */
export const tablesWithoutTenant: Record<string, string> = {
  schema_migrations: 'the migrator’s own record',
};

/** Tables whose rows live shortly and must not rise again with a restore; gh_backup may not even read them (DAT-07). */
export const tablesNotBackedUp: Record<string, string> = {
  sessions: 'everybody signs in anew after a restore',
  user_sessions: 'everybody signs in anew after a restore',
  grave_deeds: 'they count a day of the server as it was',
  setup_links: 'a link that was used since must not open again',
  enrollment_sessions: 'a handshake under way is begun anew',
  enrollment_visits: 'a way in that was under way on the enrolment page is begun anew',
  user_links: 'a link that was used since must not open again',
  scep_challenges: 'a challenge that was used since must not be good again',
  nac_sessions: 'who is on the network now is learnt anew from accounting',
  nac_admissions: 'what was answered before says nothing about sessions of today',
  ise_tellings: 'they are about changes of the server as it was',
  passkey_challenges: 'a challenge is good for five minutes of the server as it was',
  throttles: 'they fill up again in minutes',
  device_selections: 'they are good for a day, for the fleet as it was',
  text_messages: 'they count a day of the server as it was',
  idempotency_keys: 'they guard requests that were sent to the server as it was',
};

/** Names this template: a database carries the name of the one that was laid over all its tables, as the comment on the schema. */
export function templateName(): string {
  const source = readFileSync(new URL(import.meta.url));
  return `tenancy template ${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;
}

/** @param which `unbound`: only tables that it was not laid over yet, or was lifted from. */
export async function applyTenancyTemplate(
  client: pg.Client,
  which: 'all' | 'unbound' = 'all',
): Promise<void> {
  const tables = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array(select a.attname::text from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'gh' and c.relkind in ('r', 'p') and ($1 or not c.relforcerowsecurity) order by 1`,
    [which === 'all'],
  );
  for (const { name, columns } of tables.rows) {
    if (name in tablesWithoutTenant) continue;
    await client.query(`
      alter table gh.${name} enable row level security;
      alter table gh.${name} force row level security;
      drop policy if exists tenant on gh.${name};
      drop policy if exists tenant_permit on gh.${name};
      drop policy if exists system_permit on gh.${name};
      drop policy if exists backup_read on gh.${name};
      create policy tenant on gh.${name} as restrictive for all to gh_app
        using (organization_id = (select gh.org())) with check (organization_id = (select gh.org()));
      create policy tenant_permit on gh.${name} for all to gh_app using (true) with check (true);
      revoke all on gh.${name} from public, gh_app, gh_system, gh_backup;
      grant select, insert, update, delete on gh.${name} to gh_app;`);
    if (!(name in tablesNotBackedUp)) {
      await client.query(`create policy backup_read on gh.${name} for select to gh_backup
          using (organization_id = (select gh.org()));
        grant select on gh.${name} to gh_backup`);
    }
    const rights = systemRights[name];
    if (rights !== undefined) {
      await client.query(`create policy system_permit on gh.${name} for all to gh_system using (true) with check (true);
        grant ${rightsOver(rights, columns)} on gh.${name} to gh_system`);
    }
  }
  await client.query('grant usage on all sequences in schema gh to gh_app');
  if (which === 'all') await client.query(`comment on schema gh is '${templateName()}'`);
}

/** For a migration, which sees the rows of all tenants; `applyTenancyTemplate` binds the owner again in the same transaction. */
export async function liftTenancy(client: pg.Client): Promise<void> {
  await client.query(`do $$ declare forced text; begin
    for forced in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'gh' and c.relforcerowsecurity loop
      execute format('alter table gh.%I no force row level security', forced);
    end loop; end $$`);
}

/** Between two migrations a table lacks columns that a later one brings. */
function rightsOver(rights: string, columns: readonly string[]): string {
  return rights.replaceAll(
    /\(([^)]*)\)/g,
    (_, names: string) =>
      `(${names
        .split(', ')
        .filter((name) => columns.includes(name))
        .join(', ')})`,
  );
}
