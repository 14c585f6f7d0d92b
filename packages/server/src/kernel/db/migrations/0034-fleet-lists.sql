-- What lists and the overview find, order and count devices by; lists of devices that are kept; views that people save.

-- Texts as people look for them: without regard to case, accents and the kind of apostrophe. The same as core/devices/search-words.ts.
create function gh.search_key(value text) returns text immutable parallel safe language sql
  as $$ select translate(regexp_replace(lower(normalize(value, NFKD)), '[\u0300-\u036f]', '', 'g'), '’‘ʼ`´', '''''''''''') $$;

-- The one word for a device's compliance. Rules that only guard money do not count.
create function gh.standing_of(evaluation jsonb) returns text immutable parallel safe language sql as $$
  select case
    when not jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status != "compliant")')
      then case when jsonb_path_exists(evaluation, '$.verdicts[*]') then 'ok' else 'unchecked' end
    when jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status == "not-compliant" && !exists(@.exception ? (@ != null)) && !(@.purpose == "cost"))')
      then 'bad'
    when jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status == "unknown" && !exists(@.exception ? (@ != null)) && !(@.purpose == "cost") && exists(@.evidence[*] ? (@.stale == true)))')
      then 'stale'
    when jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status == "unknown" && !exists(@.exception ? (@ != null)) && !(@.purpose == "cost"))')
      then 'unknown'
    when jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status == "in-grace" && !exists(@.exception ? (@ != null)) && !(@.purpose == "cost"))')
      then 'grace'
    when jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status != "compliant" && exists(@.exception ? (@ != null)))')
      then 'exempt'
    else 'ok'
  end $$;

-- The rules that a device does not meet now: the kind, or the id of an assigned rule.
create function gh.failing_of(evaluation jsonb) returns text[] immutable parallel safe language sql as $$
  select case when jsonb_path_exists(evaluation, '$.verdicts[*] ? (@.status != "compliant")')
    then array(select coalesce(v ->> 'id', v ->> 'rule') from jsonb_array_elements(evaluation -> 'verdicts') as v
      where v ->> 'status' <> 'compliant' and jsonb_typeof(coalesce(v -> 'exception', 'null')) = 'null')
    else '{}'::text[] end $$;

-- 17.10 after 17.9: each number as six digits.
create function gh.version_key(version text) returns text immutable parallel safe language sql
  as $$ select regexp_replace(regexp_replace(coalesce(version, ''), '([0-9]+)', '00000\1', 'g'), '0*([0-9]{6})', '\1', 'g') $$;

alter table devices
  add column search_key text collate "C" generated always as (gh.search_key(name)) stored;
alter table users
  add column search_key text collate "C"
    generated always as (gh.search_key(display_name || ' ' || email || ' ' || user_name || ' ' || coalesce(employee_id, ''))) stored;
alter table device_posture
  add column standing text collate "C" generated always as (gh.standing_of(evaluation)) stored,
  add column failing text[] generated always as (gh.failing_of(evaluation)) stored,
  add column os_key text collate "C" generated always as (gh.version_key(os_version)) stored,
  -- when a gate last began to answer otherwise
  add column access_changed_at timestamptz;

create or replace view device_overview with (security_invoker = true) as
  select d.organization_id, d.device_id, d.device_no, d.platform, d.ownership, d.state, d.name, d.name_key, d.asset_number,
    d.created_at, d.registered_at, d.unmanaged_at, d.user_id, u.email, u.display_name, u.user_name,
    c.last_check_in_at, c.clock_skew_seconds, c.acknowledged_policy_version,
    p.device_no as posture_no, p.registered, p.compliant, p.access_network, p.access_mail, p.access_vpn, p.failure_reason, p.remediation,
    p.policy_version, p.evaluated_at, p.next_change_at, p.manufacturer, p.model, p.serial_number, p.os_version, p.host_name,
    p.imei, p.meid, p.udid, p.guid, p.macs,
    p.standing, p.failing, p.os_key, p.access_changed_at, d.search_key, u.search_key as user_search_key
  from devices d
  join device_contacts c on c.organization_id = d.organization_id and c.device_id = d.device_id
  join device_posture p on p.organization_id = d.organization_id and p.device_id = d.device_id
  left join users u on u.organization_id = d.organization_id and u.user_id = d.user_id;
grant select on device_overview to gh_app;

-- A list of devices as it was at a moment: what somebody pasted, or what a search found before it is acted upon (ADM-19).
create table device_selections (
  organization_id uuid not null,
  selection_id uuid not null,
  created_by text not null,
  device_ids uuid[] not null,
  -- SHA-256 over the ids in their order: what was looked at is what is acted upon
  hash text not null,
  not_found text[] not null default '{}',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organization_id, selection_id)
);
create index device_selections_age on device_selections (organization_id, expires_at);

create table saved_views (
  organization_id uuid not null,
  view_id uuid not null,
  owner text not null,
  owner_name text not null,
  name text not null,
  shared boolean not null,
  query text not null,
  columns text[] not null,
  sort text not null,
  created_at timestamptz not null,
  primary key (organization_id, view_id)
);
create index saved_views_owner on saved_views (organization_id, owner);

-- How the fleet stood at the last look of each day.
create table fleet_days (
  organization_id uuid not null,
  day date not null,
  standings jsonb not null, -- devices by standing
  network_shut integer not null,
  mail_shut integer not null,
  vpn_shut integer not null,
  taken_at timestamptz not null,
  primary key (organization_id, day)
);
