-- Shared Signals: who is told of changes, what is still to be told, and the keys that sign it.

create table signal_keys (
  organization_id uuid not null,
  key_id text not null, -- RFC 7638 thumbprint
  public_key bytea not null, -- SPKI
  private_key bytea not null, -- sealed
  -- published before this, so that receivers know it by then
  signs_from timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, key_id)
);

create table signal_streams (
  organization_id uuid not null,
  stream_id uuid not null,
  description text not null default '',
  events_requested text[] not null,
  method text not null check (method in ('push', 'poll')),
  endpoint_url text, -- where to push
  authorization_header bytea, -- sealed
  status text not null default 'enabled' check (status in ('enabled', 'paused', 'disabled')),
  status_reason text,
  status_by text not null default 'receiver' check (status_by in ('receiver', 'transmitter', 'administrator')),
  subjects_locked boolean not null default false,
  created_by text not null,
  created_at timestamptz not null,
  -- when the receiver was last heard of: a poll, an accepted push
  last_contact_at timestamptz,
  verified_at timestamptz,
  failing_since timestamptz,
  failures integer not null default 0,
  last_failure text,
  retry_at timestamptz,
  primary key (organization_id, stream_id),
  check ((method = 'push') = (endpoint_url is not null))
);

-- Every device is told of but those that a receiver took out. What it asked for is kept, not whom it may mean.
create table signal_removed_subjects (
  organization_id uuid not null,
  stream_id uuid not null,
  subject_hash bytea not null,
  primary key (organization_id, stream_id, subject_hash),
  foreign key (organization_id, stream_id) references signal_streams (organization_id, stream_id) on delete cascade
);

create table signal_events (
  organization_id uuid not null,
  stream_id uuid not null,
  event_no bigint generated always as identity, -- the order in which they are told
  jti uuid not null,
  subject_id uuid, -- the device; null: the stream itself
  event_type text not null,
  -- subject, claims and transaction; the token around them is made when it is sent, and is the same each time
  content jsonb not null,
  issued_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'parked')),
  problem text, -- why it is parked
  locked_until timestamptz,
  primary key (organization_id, stream_id, event_no),
  foreign key (organization_id, stream_id) references signal_streams (organization_id, stream_id) on delete cascade
);
create unique index signal_events_jti on signal_events (organization_id, stream_id, jti);
create index signal_events_waiting on signal_events (organization_id, stream_id, event_no) where state = 'waiting';
create index signal_events_subject on signal_events (organization_id, stream_id, subject_id, event_no)
  where state = 'waiting';
