-- What one person may not destroy alone, and what administrators are told of.

create table alerts (
  organization_id uuid not null,
  alert_id uuid not null,
  alert_no bigint generated always as identity,
  kind text not null,
  severity text not null check (severity in ('info', 'warning', 'critical')),
  -- a sentence of our own words: no secret, and nothing that a device or a person wrote
  summary text not null,
  subject_kind text,
  subject_id uuid,
  detail jsonb not null default '{}',
  -- what happens again under an open alert of the same key is counted there, and nobody is sent a second mail
  same_as text,
  occurrences integer not null default 1,
  created_at timestamptz not null,
  last_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  primary key (organization_id, alert_id)
);
create unique index alerts_no on alerts (organization_id, alert_no);
create unique index alerts_same on alerts (organization_id, same_as) where acknowledged_at is null and same_as is not null;
create index alerts_subject on alerts (organization_id, subject_id, alert_no desc) where subject_id is not null;
create index alerts_age on alerts using brin (created_at);

-- A request for what takes two people, or for the rest of a batch whose first device goes ahead. What it asks for never changes.
create table approval_requests (
  organization_id uuid not null,
  approval_id uuid not null,
  approval_no bigint generated always as identity,
  action text not null check (action in ('command', 'change-budget')),
  command text,
  -- of a command those parameters that the audit record may show; of a change of the budget what it shall be
  params jsonb not null default '{}',
  -- sealed; the other parameters with the salt of their commitment
  sealed_params bytea,
  commitment text not null,
  device_ids uuid[] not null default '{}',
  -- under which right it was asked for
  permission text not null,
  -- of everything that makes up the request: whoever approves names it
  hash text not null,
  -- of what is asked for alone; null where that cannot be compared, because of sealed parameters
  same_as text,
  reason text,
  -- why it is held: budget-spent, second-person-required, waits-for-first-device
  held text not null,
  -- what the system acted upon, when no person asked: the rule and its stage
  cause jsonb,
  requested_by text not null,
  -- who stands behind the token or account that asked
  asked_by text not null,
  state text not null default 'pending'
    check (state in ('pending', 'canary', 'done', 'rejected', 'withdrawn', 'expired')),
  canary_command_id uuid,
  outcomes jsonb not null default '[]',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  decision_reason text,
  overridden boolean not null default false,
  finished_at timestamptz,
  primary key (organization_id, approval_id)
);
create unique index approval_requests_no on approval_requests (organization_id, approval_no);
-- What is asked for again while it waits is the same request.
create unique index approval_requests_open on approval_requests (organization_id, requested_by, same_as) where state = 'pending';
create index approval_requests_canary on approval_requests (organization_id, canary_command_id) where state = 'canary';
create index approval_requests_due on approval_requests (expires_at) where state in ('pending', 'canary');
create index approval_requests_overridden on approval_requests (organization_id, decided_at) where overridden;

-- The limits of destruction from a moment on; without a row the defaults hold.
create table destructive_limits (
  organization_id uuid not null,
  approval_id uuid not null,
  minimum_budget integer not null check (minimum_budget between 1 and 1000),
  fleet_percent numeric(5, 2) not null check (fleet_percent between 0 and 25),
  window_minutes integer not null check (window_minutes between 60 and 10080),
  second_person text not null check (second_person in ('above-budget', 'always')),
  canary_above integer not null check (canary_above between 1 and 1000),
  effective_at timestamptz not null,
  primary key (organization_id, approval_id),
  foreign key (organization_id, approval_id) references approval_requests (organization_id, approval_id)
);
create index destructive_limits_time on destructive_limits (organization_id, effective_at desc);

-- Under which approval it was spent; null: within the budget.
alter table destructive_spending add column approval_id uuid;
