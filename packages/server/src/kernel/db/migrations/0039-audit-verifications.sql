-- What the last verification of an organization's audit record came to. One row each: the next replaces it.
create table audit_verifications (
  organization_id uuid not null references organizations (organization_id) on delete cascade,
  asked_at timestamptz not null,
  finished_at timestamptz,
  verified_to bigint not null default 0,
  signed_to bigint not null default 0,
  problem_count integer not null default 0,
  problems jsonb not null default '[]',
  primary key (organization_id)
);
