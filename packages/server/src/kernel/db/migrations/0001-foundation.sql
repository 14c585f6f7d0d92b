-- The foundation schema. Every tenant table leads its primary key, its unique indexes and its foreign keys with
-- organization_id; the row-level security template is applied by the migrator after each migration (see tenancy.ts).
-- Runs as gh_owner with search_path = gh.

create function gh.org() returns uuid stable parallel safe language sql
  as $$ select nullif(current_setting('gh.org', true), '')::uuid $$;

-- ---------------------------------------------------------------- organizations
create table organizations (
  organization_id uuid primary key,
  slug text not null,
  name text not null,
  settings jsonb not null default '{}',
  epoch integer not null default 1,
  created_at timestamptz not null default now()
);
-- Slugs name an organization in addresses before a tenant is known; they are public words, not tenant data.
create unique index organizations_slug on organizations (slug);

-- ---------------------------------------------------------------- sealed values
create table data_keys (
  organization_id uuid not null,
  class text not null,
  version integer not null,
  master_key_id text not null,
  wrapped bytea not null,
  state text not null default 'active' check (state in ('active', 'retiring')),
  created_at timestamptz not null default now(),
  primary key (organization_id, class, version)
);

-- ---------------------------------------------------------------- audit
create table audit_entries (
  organization_id uuid not null,
  entry_id bigint generated always as identity,
  content jsonb not null,
  content_hash bytea not null,
  seq bigint,
  prev_hash bytea,
  hash bytea,
  created_at timestamptz not null default now(),
  primary key (organization_id, entry_id)
);
create unique index audit_entries_seq on audit_entries (organization_id, seq) where seq is not null;
create index audit_entries_unsealed on audit_entries (organization_id, entry_id) where seq is null;
create index audit_entries_time on audit_entries (organization_id, created_at desc, entry_id desc);
create index audit_entries_actor
  on audit_entries (organization_id, (content -> 'actor' ->> 'id'), created_at desc, entry_id desc);
create index audit_entries_target
  on audit_entries (organization_id, (content -> 'target' ->> 'id'), created_at desc, entry_id desc);

-- Personal values beside the entry; the entry commits to SHA-256(salt | value), so erasing a row keeps the chain valid.
create table audit_values (
  organization_id uuid not null,
  entry_id bigint not null,
  name text not null,
  salt bytea not null,
  value text not null,
  primary key (organization_id, entry_id, name),
  foreign key (organization_id, entry_id) references audit_entries (organization_id, entry_id) on delete cascade
);
create table audit_checkpoints (
  organization_id uuid not null,
  seq bigint not null,
  head_hash bytea not null,
  token text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, seq)
);
-- The keys that sign checkpoints. A retired key's public half stays: old checkpoints must remain verifiable.
create table audit_keys (
  organization_id uuid not null,
  key_id text not null, -- RFC 7638 thumbprint
  public_key bytea not null, -- SubjectPublicKeyInfo
  private_key bytea not null, -- sealed PKCS#8
  created_at timestamptz not null default now(),
  primary key (organization_id, key_id)
);

-- ---------------------------------------------------------------- events and jobs
create table events (
  organization_id uuid not null,
  event_id bigint generated always as identity,
  name text not null,
  subject_id uuid,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, event_id)
);
create index events_time on events (created_at);

create table jobs (
  organization_id uuid not null,
  job_id bigint generated always as identity,
  kind text not null,
  job_key text,
  payload jsonb not null,
  run_at timestamptz not null default now(),
  attempts integer not null default 0,
  max_attempts integer not null default 12,
  last_error text,
  state text not null default 'ready' check (state in ('ready', 'running', 'dead')),
  locked_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (organization_id, job_id)
);
-- One waiting job per key: a newcomer replaces payload and time of the one that waits.
create unique index jobs_key on jobs (organization_id, kind, job_key) where job_key is not null and state = 'ready';
create index jobs_due on jobs (organization_id, run_at, job_id) where state = 'ready';
create index jobs_next on jobs (run_at) where state = 'ready';
create index jobs_leases on jobs (locked_until) where state = 'running';

-- ---------------------------------------------------------------- roles, administrators, tokens, sessions
create table roles (
  organization_id uuid not null,
  role_id uuid not null,
  name text not null,
  description text not null default '',
  permissions text[] not null,
  empowered_at timestamptz not null default now(), -- when it last gained a permission (ADM-06)
  created_at timestamptz not null default now(),
  primary key (organization_id, role_id)
);
create unique index roles_name on roles (organization_id, lower(name));

create table administrators (
  organization_id uuid not null,
  administrator_id uuid not null,
  email text not null,
  display_name text not null default '',
  -- a built-in role's name, or custom:<role_id>
  role text not null,
  state text not null default 'invited' check (state in ('invited', 'active', 'disabled')),
  password_hash text,
  password_version integer not null default 0,
  totp_secret bytea, -- sealed
  totp_pending bytea, -- sealed; shown but not yet confirmed
  totp_last_step bigint,
  failed_sign_ins integer not null default 0, -- wrong passwords from unknown browsers since the last success
  -- accounts whose power grew less than a day ago may not destroy anything (ADM-06)
  empowered_at timestamptz not null default now(),
  created_by uuid,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  primary key (organization_id, administrator_id)
);
create unique index administrators_email on administrators (organization_id, lower(email));
-- A network access controller signs in by e-mail address alone; the account then says which tenant it is (ISE-06).
create index administrators_email_anywhere on administrators (lower(email));

create table setup_links (
  organization_id uuid not null,
  link_id text not null,
  administrator_id uuid not null,
  secret_hash bytea not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (organization_id, link_id),
  foreign key (organization_id, administrator_id) references administrators (organization_id, administrator_id) on delete cascade
);
create index setup_links_id on setup_links (link_id);

create table api_tokens (
  organization_id uuid not null,
  token_id text not null,
  secret_hash bytea not null,
  name text not null default '',
  role text not null,
  -- the administrator whose power the token may never exceed; null when made on the server's own machine
  administrator_id uuid,
  made_by text, -- the token that made this one; it falls with it
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organization_id, token_id),
  foreign key (organization_id, administrator_id) references administrators (organization_id, administrator_id) on delete cascade
);
create index api_tokens_id on api_tokens (token_id);

create table sessions (
  organization_id uuid not null,
  session_id text not null,
  secret_hash bytea not null,
  csrf_hash bytea not null,
  administrator_id uuid not null,
  factors text[] not null,
  epoch integer not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (organization_id, session_id),
  foreign key (organization_id, administrator_id) references administrators (organization_id, administrator_id) on delete cascade
);
create index sessions_id on sessions (session_id);
create index sessions_administrator on sessions (organization_id, administrator_id);

-- Sign-in buckets (GCRA): theoretical arrival time per key; keys are hashes.
create table throttles (
  organization_id uuid not null,
  bucket bytea not null,
  arrival timestamptz not null,
  primary key (organization_id, bucket)
);

create table idempotency_keys (
  organization_id uuid not null,
  actor text not null,
  route text not null,
  idempotency_key text not null,
  body_hash bytea not null,
  status integer,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (organization_id, actor, route, idempotency_key)
);
create index idempotency_keys_time on idempotency_keys (created_at);

-- ---------------------------------------------------------------- users and groups
create table users (
  organization_id uuid not null,
  user_id uuid not null,
  user_no bigint generated always as identity,
  email text not null,
  user_name text not null,
  -- Columns and not expressions in the indexes: lower() is not leakproof, so under row-level security no look-up could use it.
  email_key text collate "C" generated always as (lower(email)) stored,
  user_name_key text collate "C" generated always as (lower(user_name)) stored,
  display_name text not null default '',
  employee_id text,
  state text not null default 'active' check (state in ('active', 'disabled')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create unique index users_email on users (organization_id, email_key);
create unique index users_user_name on users (organization_id, user_name_key);
create unique index users_no on users (organization_id, user_no);

create table groups (
  organization_id uuid not null,
  group_id uuid not null,
  name text not null,
  description text not null default '',
  created_at timestamptz not null default now(),
  primary key (organization_id, group_id)
);
create unique index groups_name on groups (organization_id, lower(name));

create table group_members (
  organization_id uuid not null,
  group_id uuid not null,
  user_id uuid not null,
  primary key (organization_id, group_id, user_id),
  foreign key (organization_id, group_id) references groups (organization_id, group_id) on delete cascade,
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);
create index group_members_user on group_members (organization_id, user_id);

-- ---------------------------------------------------------------- certificates
create table certificate_authorities (
  organization_id uuid not null,
  authority_id uuid not null,
  kind text not null check (kind in ('device-root', 'device-issuing', 'audit')),
  certificate bytea not null,
  private_key bytea not null, -- sealed PKCS#8
  state text not null default 'active' check (state in ('active', 'retiring', 'retired')),
  not_before timestamptz not null,
  not_after timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, authority_id)
);
create index certificate_authorities_kind on certificate_authorities (organization_id, kind, state);

create table certificates (
  organization_id uuid not null,
  serial bytea not null,
  authority_id uuid not null,
  purpose text not null check (purpose in ('agent', 'wifi', 'connector')),
  device_id uuid,
  fingerprint bytea not null, -- SHA-256 of the DER certificate
  public_key_fingerprint bytea not null, -- SHA-256 of the SubjectPublicKeyInfo
  certificate bytea not null,
  not_before timestamptz not null,
  not_after timestamptz not null,
  first_used_at timestamptz,
  revoked_at timestamptz,
  revocation_reason text,
  created_at timestamptz not null default now(),
  primary key (organization_id, serial),
  foreign key (organization_id, authority_id) references certificate_authorities (organization_id, authority_id)
);
create unique index certificates_fingerprint on certificates (organization_id, fingerprint);
create unique index certificates_public_key on certificates (organization_id, public_key_fingerprint);
create index certificates_device on certificates (organization_id, device_id);
create index certificates_revoked on certificates (organization_id, authority_id, revoked_at, serial) where revoked_at is not null;
create index certificates_time on certificates (organization_id, created_at desc, serial desc);

-- ---------------------------------------------------------------- enrolments and devices
create table enrollments (
  organization_id uuid not null,
  enrollment_id uuid not null,
  user_id uuid,
  platform text not null,
  ownership text not null,
  locator bytea not null,
  server_key bytea, -- sealed; erased after the first answered check-in
  device_key bytea, -- sealed
  state text not null default 'open' check (state in ('open', 'used', 'completed', 'cancelled', 'expired')),
  key_fingerprint bytea, -- SHA-256 of the SubjectPublicKeyInfo that used the code
  answer jsonb,
  device_id uuid,
  created_by text not null,
  on_behalf boolean not null default false,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  expires_at timestamptz not null,
  primary key (organization_id, enrollment_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);
create unique index enrollments_locator on enrollments (organization_id, locator);
create index enrollments_user on enrollments (organization_id, user_id, state);
create index enrollments_device on enrollments (organization_id, device_id) where device_id is not null;
create index enrollments_ending on enrollments (expires_at) where state in ('open', 'used');

create table enrollment_sessions (
  organization_id uuid not null,
  session_id uuid not null,
  enrollment_id uuid not null,
  transcript bytea not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, session_id),
  foreign key (organization_id, enrollment_id) references enrollments (organization_id, enrollment_id) on delete cascade
);
create index enrollment_sessions_enrollment on enrollment_sessions (organization_id, enrollment_id);

create table devices (
  organization_id uuid not null,
  device_id uuid not null,
  device_no bigint generated always as identity, -- stable order for paging
  user_id uuid,
  platform text not null,
  ownership text not null default 'unspecified' check (ownership in ('corporate', 'personal', 'unspecified')),
  -- pending until certificate + first answered check-in (ENR-19)
  state text not null default 'pending' check (state in ('pending', 'registered', 'wiping', 'unmanaged', 'blocked')),
  name text not null default '',
  -- A column and not an expression in the index: lower() is not leakproof, so under row-level security no look-up could use it.
  name_key text collate "C" generated always as (lower(name)) stored,
  asset_number text,
  enrollment_id uuid,
  created_at timestamptz not null default now(),
  registered_at timestamptz,
  unmanaged_at timestamptz,
  primary key (organization_id, device_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id)
);
create unique index devices_no on devices (organization_id, device_no);
create index devices_user on devices (organization_id, user_id, device_no);
create index devices_name on devices (organization_id, name_key, device_no);
create index devices_asset on devices (organization_id, asset_number) where asset_number is not null;
create index devices_state on devices (organization_id, state, device_no);

-- What changes with every check-in, apart from the row that everybody else reads; kept narrow and HOT.
create table device_contacts (
  organization_id uuid not null,
  device_id uuid not null,
  last_check_in_at timestamptz,
  boot_id text,
  previous_boot_id text, -- a machine never goes back to it; whoever does is another one with the same key (DEV-08)
  report_counter bigint not null default 0,
  clock_skew_seconds integer,
  acknowledged_policy_version text,
  primary key (organization_id, device_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
) with (fillfactor = 70);
-- No index holds what a check-in changes, so that its update stays within the page.

-- The whole of a check-in that brings nothing new, as one statement in one round trip; true when it counted.
create function gh.note_quiet_contact(
  device uuid, at timestamptz, counter bigint, skew integer, policy text
) returns boolean language plpgsql as $$
begin
  update gh.device_contacts set last_check_in_at = greatest(last_check_in_at, at), report_counter = counter,
    clock_skew_seconds = skew, acknowledged_policy_version = policy
  where organization_id = gh.org() and device_id = device and report_counter < counter;
  return found;
end $$;

-- Claimed identifiers, normalised: never unique, never proof (idea 9; DEV-11).
create table device_identifiers (
  organization_id uuid not null,
  kind text not null check (kind in ('mac', 'serial', 'udid', 'imei', 'meid', 'guid', 'host-name')),
  value text collate "C" not null, -- compared by code point, so that a prefix is a range whatever the database's locale
  device_id uuid not null,
  primary key (organization_id, kind, value, device_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index device_identifiers_device on device_identifiers (organization_id, device_id);

-- One row per device, source and scan: { "fact.name": value }.
create table device_facts (
  organization_id uuid not null,
  device_id uuid not null,
  scan text not null,
  source text not null,
  facts jsonb not null,
  truncated boolean not null default false,
  observed_at timestamptz not null,
  received_at timestamptz not null default now(),
  primary key (organization_id, device_id, scan, source),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);

create table fact_changes (
  organization_id uuid not null,
  change_id bigint generated always as identity,
  device_id uuid not null,
  fact text not null,
  source text not null,
  before jsonb,
  after jsonb,
  observed_at timestamptz not null,
  primary key (organization_id, change_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index fact_changes_device on fact_changes (organization_id, device_id, change_id desc);

-- ---------------------------------------------------------------- commands
create table commands (
  organization_id uuid not null,
  command_id uuid not null,
  command_no bigint generated always as identity, -- order of delivery
  device_id uuid not null,
  name text not null,
  params jsonb not null,
  sealed_params bytea, -- sealed: what the audit log may not show
  state text not null default 'queued'
    check (state in ('queued', 'delivered', 'acknowledged', 'failed', 'expired', 'cancelled')),
  reason text,
  result jsonb,
  requested_by text not null,
  -- under which permission it was asked for; null: the command's own. Asked for again before a wipe is handed over (JOB-02)
  permission text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz not null,
  primary key (organization_id, command_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create unique index commands_no on commands (organization_id, command_no);
create index commands_open on commands (organization_id, device_id, command_no) where state in ('queued', 'delivered');
-- Not by state: a query for one device's open commands could then be answered from this index too, and while few are open the
-- planner thinks that as good as any; the plan stays when a whole fleet has been sent something.
create index commands_expiry on commands (expires_at) where finished_at is null;
create index commands_device on commands (organization_id, device_id, command_no desc);

-- Destructive commands spent, for the budget (idea 8).
create table destructive_spending (
  organization_id uuid not null,
  spending_id bigint generated always as identity,
  command_id uuid not null,
  actor text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, spending_id)
);
create index destructive_spending_time on destructive_spending (organization_id, created_at);

-- ---------------------------------------------------------------- policies
create table policy_suites (
  organization_id uuid not null,
  policy_id uuid not null,
  name text not null,
  description text not null default '',
  version integer not null default 1,
  settings jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, policy_id)
);
create unique index policy_suites_name on policy_suites (organization_id, lower(name));

create table policy_versions (
  organization_id uuid not null,
  policy_id uuid not null,
  version integer not null,
  settings jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, policy_id, version),
  foreign key (organization_id, policy_id) references policy_suites (organization_id, policy_id) on delete cascade
);

create table connection_schedules (
  organization_id uuid not null,
  schedule_id uuid not null,
  name text not null,
  version integer not null default 1,
  schedule jsonb not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, schedule_id)
);
create unique index connection_schedules_name on connection_schedules (organization_id, lower(name));

-- What is given to whom: a policy suite or a schedule to the organization, a group, a user or a device.
create table assignments (
  organization_id uuid not null,
  assignment_id uuid not null,
  item_kind text not null check (item_kind in ('policy', 'schedule')),
  item_id uuid not null,
  target_kind text not null check (target_kind in ('organization', 'group', 'user', 'device')),
  target_id uuid not null,
  platform text, -- null: every platform
  priority integer not null default 0,
  created_at timestamptz not null default now(),
  primary key (organization_id, assignment_id)
);
create unique index assignments_once on assignments (organization_id, item_kind, target_kind, target_id, item_id);
create index assignments_item on assignments (organization_id, item_id);

-- ---------------------------------------------------------------- the one decision
-- One stored row per device: verdict, access, why, and what the gates report. Everybody reads this row.
create table device_posture (
  organization_id uuid not null,
  device_id uuid not null,
  device_no bigint not null,
  registered boolean not null,
  compliant boolean not null,
  access_network text not null check (access_network in ('allow', 'quarantine', 'deny')),
  access_mail text not null check (access_mail in ('allow', 'quarantine', 'deny')),
  access_vpn text not null check (access_vpn in ('allow', 'quarantine', 'deny')),
  failure_reason text,
  remediation text,
  evaluation jsonb not null, -- core Evaluation: verdicts with evidence
  policy_version text not null, -- of the resolved settings
  evaluated_at timestamptz not null,
  next_change_at timestamptz,
  -- the facts that the network asks for, copied so that one row answers
  user_name text,
  user_name_key text collate "C" generated always as (lower(user_name)) stored,
  disk_encrypted boolean,
  passcode_set boolean,
  compromised boolean,
  manufacturer text,
  model text,
  imei text,
  meid text,
  udid text,
  serial_number text,
  os_version text,
  phone_number text,
  guid text not null,
  host_name text,
  macs text[] not null default '{}',
  primary key (organization_id, device_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create unique index device_posture_no on device_posture (organization_id, device_no);
create index device_posture_bad on device_posture (organization_id, device_no) where not compliant;
-- What a network access controller asks for at each poll: devices under management that it must not admit.
create index device_posture_shut on device_posture (organization_id, device_no)
  where registered and access_network <> 'allow';
create index device_posture_good on device_posture (organization_id, device_no) where registered and compliant;
create index device_posture_registered on device_posture (organization_id, device_no) where registered;
create index device_posture_user on device_posture (organization_id, user_name_key, device_no);
create index device_posture_due on device_posture (next_change_at) where next_change_at is not null;

-- A device as lists and searches show it.
create view device_overview with (security_invoker = true) as
  select d.organization_id, d.device_id, d.device_no, d.platform, d.ownership, d.state, d.name, d.name_key, d.asset_number,
    d.created_at, d.registered_at, d.unmanaged_at, d.user_id, u.email, u.display_name, u.user_name,
    c.last_check_in_at, c.clock_skew_seconds, c.acknowledged_policy_version,
    p.device_no as posture_no, p.registered, p.compliant, p.access_network, p.access_mail, p.access_vpn, p.failure_reason, p.remediation,
    p.policy_version, p.evaluated_at, p.next_change_at, p.manufacturer, p.model, p.serial_number, p.os_version, p.host_name,
    p.imei, p.meid, p.udid, p.guid, p.macs
  from devices d
  join device_contacts c on c.organization_id = d.organization_id and c.device_id = d.device_id
  join device_posture p on p.organization_id = d.organization_id and p.device_id = d.device_id
  left join users u on u.organization_id = d.organization_id and u.user_id = d.user_id;
grant select on device_overview to gh_app;

create table posture_changes (
  organization_id uuid not null,
  change_id bigint generated always as identity,
  device_id uuid not null,
  registered boolean not null,
  blocked boolean not null,
  compliant boolean not null,
  access_network text not null,
  access_mail text not null,
  access_vpn text not null,
  evaluation jsonb not null,
  policy_version text not null,
  changed_at timestamptz not null,
  primary key (organization_id, change_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index posture_changes_device on posture_changes (organization_id, device_id, change_id desc);
create index posture_changes_time on posture_changes (organization_id, device_id, changed_at desc);
