-- Devices found by an expression: smart groups, and watch lists that tell of who enters and leaves (MON-03, MON-04).

alter table groups add column expression text; -- null: people choose the members; else: the devices of which it holds
create index groups_smart on groups (organization_id) where expression is not null;

-- Of smart groups; those of other groups follow from their users.
create table group_devices (
  organization_id uuid not null,
  group_id uuid not null,
  device_id uuid not null,
  since timestamptz not null,
  primary key (organization_id, group_id, device_id),
  foreign key (organization_id, group_id) references groups (organization_id, group_id) on delete cascade,
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index group_devices_device on group_devices (organization_id, device_id);

create table watch_lists (
  organization_id uuid not null,
  watch_list_id uuid not null,
  name text not null,
  description text not null default '',
  expression text not null,
  tell_entry boolean not null,
  tell_exit boolean not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, watch_list_id)
);
create unique index watch_lists_name on watch_lists (organization_id, lower(name));

create table watch_list_devices (
  organization_id uuid not null,
  watch_list_id uuid not null,
  device_id uuid not null,
  since timestamptz not null,
  primary key (organization_id, watch_list_id, device_id),
  foreign key (organization_id, watch_list_id) references watch_lists (organization_id, watch_list_id) on delete cascade,
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index watch_list_devices_device on watch_list_devices (organization_id, device_id);
