-- Looks from outside at mail servers: where to look, and what was seen.

create table mail_probe_plans (
  organization_id uuid not null,
  server_id uuid not null,
  -- beside the address that the gateway uses
  hosts text[] not null default '{}',
  domains text[] not null default '{}',
  accepted_ways text[] not null default '{}',
  every_minutes integer check (every_minutes between 15 and 10080), -- null: only when asked for
  -- whether the mail server lets this server's addresses in, so that looking from here proves little
  let_in boolean not null default true,
  next_at timestamptz,
  updated_at timestamptz not null,
  primary key (organization_id, server_id),
  foreign key (organization_id, server_id) references mail_servers (organization_id, server_id) on delete cascade
);
create index mail_probe_plans_due on mail_probe_plans (next_at) where next_at is not null;

create table mail_probes (
  organization_id uuid not null,
  probe_id uuid not null,
  probe_no bigint generated always as identity,
  server_id uuid not null,
  state text not null check (state in ('waiting', 'done')),
  source text not null check (source in ('server', 'report')),
  vantage text not null check (vantage in ('outside', 'gateway')),
  place text,
  verdict text check (verdict in ('open', 'closed', 'unclear')),
  open_ways text[] not null default '{}',
  accepted_ways text[] not null default '{}',
  sights jsonb not null default '[]',
  requested_by text not null,
  locked_until timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (organization_id, probe_id),
  foreign key (organization_id, server_id) references mail_servers (organization_id, server_id) on delete cascade
);
create unique index mail_probes_no on mail_probes (organization_id, probe_no);
create index mail_probes_server on mail_probes (organization_id, server_id, probe_no);
-- One at a time; who asks meanwhile gets that one.
create unique index mail_probes_waiting on mail_probes (organization_id, server_id) where state = 'waiting';
create index mail_probes_due on mail_probes (created_at) where state = 'waiting';
create index mail_probes_age on mail_probes (finished_at) where state = 'done';
