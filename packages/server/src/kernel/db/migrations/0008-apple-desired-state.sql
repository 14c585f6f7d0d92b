-- What Apple devices should have, what they have, and how it differs.

-- What profiles, declarations and assets hold, once for all devices that get the same. Named by a keyed hash: a plain one of a
-- content with a short password in it could be guessed.
create table apple_contents (
  organization_id uuid not null,
  token text not null,
  content bytea not null, -- sealed
  content_type text,
  created_at timestamptz not null default now(),
  primary key (organization_id, token)
);

-- The key of that hash. It stays: with another one every device would be sent everything again.
create table apple_token_keys (
  organization_id uuid not null,
  key_id text not null,
  key bytea not null, -- sealed
  created_at timestamptz not null default now(),
  primary key (organization_id, key_id)
);

create table apple_items (
  organization_id uuid not null,
  device_id uuid not null,
  channel text not null default '', -- as in apple_channels
  form text not null check (form in ('profile', 'declaration', 'provisioning-profile', 'asset')),
  identifier text not null,
  kind text, -- of declarations
  source_kind text not null, -- settings, resource, management; foreign: somebody else's
  source_id uuid,
  source_name text not null,
  wanted text, -- token of the content that the device should have; null: it should not have this
  wanted_since timestamptz,
  served text, -- of declarations: what the device was last told there is
  installed text, -- token of the content that the device said it has; '': it has one that is not ours to name
  state text not null check (state in ('pending', 'installed', 'failed', 'withheld', 'removing', 'foreign')),
  reason text,
  since timestamptz not null, -- of the state
  attempts integer not null default 0,
  next_attempt_at timestamptz, -- null: nothing is to be tried by itself
  command_id uuid, -- the last one that was queued for it
  primary key (organization_id, device_id, channel, form, identifier),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index apple_items_due on apple_items (next_attempt_at) where next_attempt_at is not null;
create index apple_items_wanted on apple_items (organization_id, wanted) where wanted is not null;
create index apple_items_served on apple_items (organization_id, served) where served is not null;

-- One row per channel that speaks declarations.
create table apple_declaration_sets (
  organization_id uuid not null,
  device_id uuid not null,
  channel text not null default '',
  token text not null, -- names what the channel should have
  changed_at timestamptz not null,
  told text, -- the token that the device last asked for the items of
  reason text, -- why it could not be told
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  command_id uuid,
  status jsonb, -- what the device reports, merged
  status_at timestamptz,
  unread bytea, -- a report that could not be used, as it came
  unread_at timestamptz,
  primary key (organization_id, device_id, channel),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index apple_declaration_sets_due on apple_declaration_sets (next_attempt_at) where next_attempt_at is not null;
