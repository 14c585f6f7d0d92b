-- The mail gateway: mail servers and whose they are, the ActiveSync devices that come, their policy keys, wipes, traffic.

-- One row an organization that has anything to do with mail; without a row the defaults of the code hold.
create table mail_settings (
  organization_id uuid primary key,
  strangers text not null check (strangers in ('allow', 'quarantine', 'block')),
  enrol_by timestamptz,
  without_policy text not null check (without_policy in ('allow', 'block')),
  refresh_policy_hours integer check (refresh_policy_hours between 1 and 8760),
  maximum_devices integer not null check (maximum_devices between 1 and 100),
  instruct boolean not null,
  instruction text,
  -- by which the gateway finds the organization of a log-in; the operator's to give
  gateway_hosts text[] not null default '{}',
  windows_domains text[] not null default '{}',
  -- grows when policies of users changed: what devices without a link have is looked up again
  policy_epoch integer not null default 1,
  updated_at timestamptz not null
);
create index mail_settings_hosts on mail_settings using gin (gateway_hosts);
create index mail_settings_windows on mail_settings using gin (windows_domains);

create table mail_servers (
  organization_id uuid not null,
  server_id uuid not null,
  name text not null,
  version integer not null default 1,
  enabled boolean not null,
  url text not null,
  trust text, -- PEM; null: what the operating system trusts
  login_form text not null check (login_form in ('as-given', 'address', 'user-name', 'windows')),
  windows_domain text,
  protocol_versions text[], -- null: all that the server offers
  redirect_hosts text[] not null default '{}',
  autodiscover_url text,
  lockout_attempts integer not null check (lockout_attempts between 1 and 1000),
  lockout_minutes integer not null check (lockout_minutes between 1 and 1440),
  timeout_seconds integer not null check (timeout_seconds between 1 and 300),
  -- for clients that prove themselves by certificate: in which header the server is told the user, and what proves us to it
  user_header text,
  secret_header text,
  secret bytea, -- sealed
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, server_id)
);
create unique index mail_servers_name on mail_servers (organization_id, name);

-- Whose mail is where: a user's own first, then his groups', his domain's, the organization's; the higher priority among these.
create table mail_server_assignments (
  organization_id uuid not null,
  mail_assignment_id uuid not null,
  server_id uuid not null,
  target_kind text not null check (target_kind in ('user', 'group', 'domain', 'organization')),
  -- the id of the user or group, the domain, or nothing
  target text not null,
  priority integer not null default 0,
  created_at timestamptz not null,
  primary key (organization_id, mail_assignment_id),
  foreign key (organization_id, server_id) references mail_servers (organization_id, server_id) on delete cascade
);
create unique index mail_server_assignments_once on mail_server_assignments (organization_id, target_kind, target, server_id);
create index mail_server_assignments_server on mail_server_assignments (organization_id, server_id);

create table mail_devices (
  organization_id uuid not null,
  mail_device_id uuid not null,
  mail_device_no bigint generated always as identity,
  -- 'user:<id>', or 'login:<name>' for whom only the mail server knows: with the id of the device the name of the row (EAS-T02)
  account_key text collate "C" not null,
  user_id uuid,
  login text not null,
  device_key bytea not null check (length(device_key) between 2 and 200),
  device_key_text text collate "C" not null,
  device_type text not null,
  state text not null default 'unknown' check (state in ('unknown', 'allowed', 'quarantined', 'blocked')),
  state_reason text,
  state_by text,
  state_at timestamptz,
  -- the enrolled device that it is
  device_id uuid,
  linked_by text check (linked_by in ('automatic', 'administrator')),
  link_evidence text[] not null default '{}',
  suggestions jsonb not null default '[]',
  link_tried_at timestamptz,
  -- whose certificate it came with
  certificate_device_id uuid,
  protocol_version text,
  user_agent text,
  information jsonb not null default '{}',
  -- of one without a link: the policies of its user, as they were at that epoch
  policy_epoch integer not null default 0,
  policy_source text,
  -- the conversation under way: the key that the client has to acknowledge
  temporary_key bigint,
  temporary_version text,
  -- what it has acknowledged
  policy_key bigint,
  policy_version text,
  policy_acknowledged_at timestamptz,
  policy_outcome text check (policy_outcome in ('applied', 'partly', 'not-applied', 'managed-elsewhere')),
  -- a wipe was carried out, and nobody has let it in since
  wiped_at timestamptz,
  instructed_at timestamptz,
  first_seen_at timestamptz not null,
  primary key (organization_id, mail_device_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade,
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete set null (device_id)
);
create unique index mail_devices_key on mail_devices (organization_id, account_key, device_key);
create unique index mail_devices_no on mail_devices (organization_id, mail_device_no);
create index mail_devices_state on mail_devices (organization_id, state, mail_device_no);
create index mail_devices_user on mail_devices (organization_id, user_id) where user_id is not null;
create index mail_devices_device on mail_devices (organization_id, device_id) where device_id is not null;
create index mail_devices_text on mail_devices (organization_id, device_key_text);

-- What changes with every request, apart from the row that everybody else reads.
create table mail_device_traffic (
  organization_id uuid not null,
  mail_device_id uuid not null,
  last_seen_at timestamptz not null,
  last_command text not null,
  last_outcome text not null,
  requests bigint not null,
  bytes_in bigint not null,
  bytes_out bigint not null,
  -- when, and with what, the facts of the enrolled device were last stated
  stated_at timestamptz,
  stated_authorized boolean,
  primary key (organization_id, mail_device_id),
  foreign key (organization_id, mail_device_id) references mail_devices (organization_id, mail_device_id) on delete cascade
) with (fillfactor = 50);

create table mail_device_wipes (
  organization_id uuid not null,
  wipe_id uuid not null,
  mail_device_id uuid not null,
  kind text not null check (kind in ('account', 'device')),
  state text not null default 'ordered' check (state in ('ordered', 'fetched', 'done', 'failed', 'cancelled')),
  -- whoever ordered it, or the mail server whose intent it is
  ordered_by text not null,
  server_id uuid,
  reason text,
  ordered_at timestamptz not null,
  fetched_at timestamptz,
  finished_at timestamptz,
  primary key (organization_id, wipe_id),
  foreign key (organization_id, mail_device_id) references mail_devices (organization_id, mail_device_id) on delete cascade
);
-- One at a time.
create unique index mail_device_wipes_open on mail_device_wipes (organization_id, mail_device_id) where state in ('ordered', 'fetched');
create index mail_device_wipes_device on mail_device_wipes (organization_id, mail_device_id, ordered_at desc);

-- What policies mean for a mail client, by the version of all that applies to a device: made once, read with every request.
create table mail_policies (
  organization_id uuid not null,
  source_version text not null,
  policy_version text not null,
  document jsonb not null,
  -- of the program that made it: another one makes it anew
  format integer not null,
  made_at timestamptz not null,
  primary key (organization_id, source_version)
);
create index mail_policies_version on mail_policies (organization_id, policy_version);

create table mail_traffic (
  organization_id uuid not null,
  hour timestamptz not null,
  -- of a mail server, or all zeros for the stand-in
  server_id uuid not null,
  outcome text not null,
  requests bigint not null,
  bytes_in bigint not null,
  bytes_out bigint not null,
  primary key (organization_id, hour, server_id, outcome)
);
create index mail_traffic_hour on mail_traffic (hour);

create table mail_errors (
  organization_id uuid not null,
  error_no bigint generated always as identity,
  at timestamptz not null,
  server_id uuid,
  mail_device_id uuid,
  command text not null,
  outcome text not null,
  summary text not null,
  primary key (organization_id, error_no)
);
create index mail_errors_age on mail_errors (at);

-- The id for mail that a device reports over its management.
alter table device_identifiers drop constraint device_identifiers_kind_check;
alter table device_identifiers add constraint device_identifiers_kind_check
  check (kind in ('mac', 'serial', 'udid', 'imei', 'meid', 'guid', 'host-name', 'mail-id'));

-- What is asked for may concern mail devices: their ids stand where those of devices do.
alter table approval_requests drop constraint approval_requests_action_check;
alter table approval_requests add constraint approval_requests_action_check
  check (action in ('command', 'change-budget', 'mail-wipe'));
