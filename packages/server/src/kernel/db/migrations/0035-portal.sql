-- The portal: sessions of users, as those of administrators, and what they did to their own devices that is hard to undo.
create table user_sessions (
  organization_id uuid not null,
  session_id text not null,
  secret_hash bytea not null,
  csrf_hash bytea not null,
  user_id uuid not null,
  epoch integer not null,
  -- what the browser said it is, for the person to recognize it by
  browser text,
  -- when the password was last shown
  proved_at timestamptz,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organization_id, session_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);
create index user_sessions_id on user_sessions (session_id);
create index user_sessions_user on user_sessions (organization_id, user_id);
create index user_sessions_expiry on user_sessions (expires_at);

-- One device a day (POR-02); without a reference, for the device may be gone by then.
create table grave_deeds (
  organization_id uuid not null,
  command_id uuid not null,
  user_id uuid not null,
  device_id uuid not null,
  created_at timestamptz not null,
  primary key (organization_id, command_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);
create index grave_deeds_user on grave_deeds (organization_id, user_id, created_at);
create index grave_deeds_age on grave_deeds using brin (created_at);

-- Since when the device is its user's: whoever had it before is nobody's business (POR-03).
alter table devices add column user_since timestamptz not null default now();
update devices set user_since = created_at;
create function gh.note_user_since() returns trigger language plpgsql as $$
begin
  new.user_since := now();
  return new;
end $$;
create trigger devices_user_since before update of user_id on devices
  for each row when (new.user_id is distinct from old.user_id) execute function gh.note_user_since();
