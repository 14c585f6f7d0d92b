-- What a change would do, kept so that saving it can be bound to it; and rows of decisions that a change of policy rewrites whole.

create table simulations (
  organization_id uuid not null,
  simulation_id uuid not null,
  change jsonb not null,
  base_version integer, -- of what changes, when it was simulated
  horizon_hours integer not null,
  fleet integer not null, -- devices under management then
  counts jsonb not null,
  listed integer not null, -- devices of which the outcome is kept
  created_by text not null,
  created_at timestamptz not null,
  primary key (organization_id, simulation_id)
);
create index simulations_time on simulations (organization_id, created_at desc, simulation_id desc);

create table simulation_devices (
  organization_id uuid not null,
  simulation_id uuid not null,
  device_no bigint not null,
  device_id uuid not null,
  effects text[] not null,
  outcome jsonb not null,
  primary key (organization_id, simulation_id, device_no),
  foreign key (organization_id, simulation_id) references simulations (organization_id, simulation_id) on delete cascade
);

-- A decision with its verdicts has some two kilobytes: up to four it stays as it is in its row, because compressing a hundred
-- thousand of them costs more than the room.
alter table device_posture set (toast_tuple_target = 4080, fillfactor = 85);
alter table posture_changes set (toast_tuple_target = 4080);
