-- Events in the order in which their transactions began to write: whoever reads on from a place then misses nothing that was
-- committed later than what it has read already, see kernel/outbox.ts. Webhooks and the console's stream read so.

alter table events add column transaction bigint not null default pg_current_xact_id()::text::bigint;
alter table events drop constraint events_pkey;
alter table events add primary key (organization_id, transaction, event_id);

create table webhooks (
  organization_id uuid not null,
  webhook_id uuid not null,
  name text not null,
  url text not null,
  events text[] not null,
  secret bytea not null, -- sealed
  previous_secret bytea, -- sealed; signs beside the new one for a while
  previous_until timestamptz,
  state text not null default 'enabled' check (state in ('enabled', 'disabled')),
  state_reason text,
  -- how far it has read the events
  position_transaction bigint not null,
  position_event bigint not null,
  failing_since timestamptz,
  failures integer not null default 0,
  last_failure text,
  retry_at timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  primary key (organization_id, webhook_id)
);

create table webhook_deliveries (
  organization_id uuid not null,
  webhook_id uuid not null,
  delivery_no bigint generated always as identity,
  delivery_id uuid not null,
  message_id text not null, -- the same for every delivery of one event
  event_name text not null,
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  locked_until timestamptz,
  last_status integer,
  last_failure text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, webhook_id, delivery_no),
  foreign key (organization_id, webhook_id) references webhooks (organization_id, webhook_id) on delete cascade
);
create unique index webhook_deliveries_id on webhook_deliveries (organization_id, delivery_id);
create index webhook_deliveries_due on webhook_deliveries (organization_id, webhook_id, next_attempt_at, delivery_no)
  where state = 'waiting';
create index webhook_deliveries_finished on webhook_deliveries (finished_at) where state <> 'waiting';
