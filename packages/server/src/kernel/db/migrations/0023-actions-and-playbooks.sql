-- What compliance rules did to devices, the procedures for lost and stolen ones, and hardware that may not come back.

-- The language in which a person is written to; null: the organization's, English by default.
alter table users add column language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' and length(language) <= 35);

create table remediation_actions (
  organization_id uuid not null,
  action_id uuid not null,
  action_no bigint generated always as identity,
  device_id uuid not null,
  -- the verdict's id: a rule of its own or a kind; and what it was called and said then
  rule text not null,
  rule_id uuid,
  rule_version integer,
  rule_name text,
  summary text,
  remedy text,
  stage integer not null,
  kind text not null,
  detail jsonb not null default '{}',
  -- done; ordered: a command waits or went; held: waits for a second person; refused: may not be done to this device; skipped: the
  -- device had recovered; failed; undone: taken back because it recovered
  state text not null check (state in ('done', 'ordered', 'held', 'refused', 'skipped', 'failed', 'undone')),
  note text,
  command_id uuid,
  approval_id uuid,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (organization_id, action_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create unique index remediation_actions_no on remediation_actions (organization_id, action_no);
create index remediation_actions_device on remediation_actions (organization_id, device_id, action_no desc);
create index remediation_actions_age on remediation_actions using brin (created_at);

-- Shut out by an administrator or a procedure: no gate opens, though the device may still be talked to.
alter table devices add column barred_at timestamptz;
alter table devices add column barred_by text;
alter table devices add column barred_reason text;
-- In the secured group: what the organization gave it is taken away, and it stays under management.
alter table devices add column secured_at timestamptz;

-- Hardware that may not enrol until an administrator says so, whatever becomes of the device's own row (GAP-09, LST-08).
create table hardware_blocks (
  organization_id uuid not null,
  block_id uuid not null,
  block_no bigint generated always as identity,
  kind text not null check (kind in ('serial', 'udid', 'imei', 'meid', 'mac')),
  value text not null,
  -- the device that it was known by; it may be gone
  device_id uuid,
  reason text not null,
  blocked_by text not null,
  created_at timestamptz not null,
  primary key (organization_id, block_id)
);
create unique index hardware_blocks_no on hardware_blocks (organization_id, block_no);
create unique index hardware_blocks_value on hardware_blocks (organization_id, kind, value);
create index hardware_blocks_device on hardware_blocks (organization_id, device_id);

create table playbook_runs (
  organization_id uuid not null,
  run_id uuid not null,
  run_no bigint generated always as identity,
  device_id uuid not null,
  playbook text not null,
  option integer,
  ownership text not null,
  state text not null check (state in ('running', 'waiting', 'done', 'stopped', 'failed')),
  reason text not null,
  details jsonb not null default '{}',
  started_by text not null,
  started_at timestamptz not null,
  -- when the step that waits goes on by itself
  due_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  note text,
  primary key (organization_id, run_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create unique index playbook_runs_no on playbook_runs (organization_id, run_no);
-- One procedure a device at a time.
create unique index playbook_runs_open on playbook_runs (organization_id, device_id) where state in ('running', 'waiting');
create index playbook_runs_device on playbook_runs (organization_id, device_id, run_no desc);
create index playbook_runs_due on playbook_runs (due_at) where state in ('running', 'waiting');

create table playbook_steps (
  organization_id uuid not null,
  run_id uuid not null,
  step_no integer not null,
  kind text not null,
  state text not null check (state in ('to-do', 'waiting', 'done', 'skipped', 'failed', 'stopped', 'undone')),
  note text,
  command_id uuid,
  approval_id uuid,
  started_at timestamptz,
  ended_at timestamptz,
  primary key (organization_id, run_id, step_no),
  foreign key (organization_id, run_id) references playbook_runs (organization_id, run_id) on delete cascade
);
create index playbook_steps_command on playbook_steps (organization_id, command_id) where state = 'waiting';
create index playbook_steps_approval on playbook_steps (organization_id, approval_id) where state = 'waiting';
