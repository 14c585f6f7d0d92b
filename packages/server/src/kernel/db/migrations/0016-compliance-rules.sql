-- Compliance rules that are assigned as policies are (CMP-04 … CMP-19), and exceptions from rules for single devices.

create table compliance_rules (
  organization_id uuid not null,
  rule_id uuid not null,
  name text not null,
  description text not null default '',
  version integer not null default 1,
  enabled boolean not null default true,
  kind text not null,
  content jsonb not null, -- core RuleContent: demand, weight, gates, stages
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, rule_id)
);
create unique index compliance_rules_name on compliance_rules (organization_id, lower(name));

-- Not tied to the rule: what a device was judged by must be told when the rule is long gone.
create table compliance_rule_versions (
  organization_id uuid not null,
  rule_id uuid not null,
  version integer not null,
  name text not null,
  enabled boolean not null,
  content jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, rule_id, version)
);

create table compliance_exceptions (
  organization_id uuid not null,
  exception_id uuid not null,
  device_id uuid not null,
  rule text not null, -- the id of a rule, or a kind: then the rule of that kind that policies bring about
  reason text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (organization_id, exception_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index compliance_exceptions_device on compliance_exceptions (organization_id, device_id);

alter table assignments drop constraint assignments_item_kind_check;
alter table assignments add constraint assignments_item_kind_check
  check (item_kind in ('policy', 'schedule', 'resource', 'rule'));

-- Until now every rule counted for every gate, so the gates for apps and content answered as the network did.
alter table device_posture add column access_apps text not null default 'deny'
  check (access_apps in ('allow', 'quarantine', 'deny'));
alter table device_posture add column access_content text not null default 'deny'
  check (access_content in ('allow', 'quarantine', 'deny'));
update device_posture set access_apps = access_network, access_content = access_network;
alter table posture_changes add column access_apps text not null default 'deny';
alter table posture_changes add column access_content text not null default 'deny';
update posture_changes set access_apps = access_network, access_content = access_network;
