-- A saved change that reaches the fleet in rings: whoever is in no ring that was reached yet has the version before.

create table rollouts (
  organization_id uuid not null,
  rollout_id uuid not null,
  item_kind text not null check (item_kind in ('policy', 'rule')),
  item_id uuid not null,
  from_version integer not null,
  state text not null check (state in ('preparing', 'running', 'halted', 'done', 'aborted')),
  rings jsonb not null,
  ring integer not null, -- how many rings are reached
  reached_percent integer not null,
  reached_groups uuid[] not null,
  expected jsonb not null, -- by ring: devices that may become non-compliant in all rings up to it, as simulated
  tolerance integer not null,
  soak_minutes integer not null,
  not_compliant integer not null, -- counted at the last look
  next_at timestamptz not null,
  started_at timestamptz not null,
  created_by text not null,
  primary key (organization_id, rollout_id)
);
create unique index rollouts_active on rollouts (organization_id, item_id) where state in ('preparing', 'running', 'halted');
create index rollouts_time on rollouts (organization_id, started_at desc);
