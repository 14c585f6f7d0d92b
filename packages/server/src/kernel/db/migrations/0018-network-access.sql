-- The gate of the network by push and by RADIUS: the network devices of an organization, the sessions learnt from accounting,
-- what a RADIUS server is answered, and the Cisco ISE servers that are told of changes.

-- Network devices that a change is told to (RFC 5176), and whose accounting is believed (RAD-03).
create table nas_clients (
  organization_id uuid not null,
  nas_id uuid not null,
  name text not null,
  address text collate "C" not null, -- as the device names itself in NAS-IP-Address; canonical text
  port integer not null check (port between 1 and 65535),
  secret bytea not null, -- sealed
  secret_weak boolean not null, -- shorter than 16 characters, as somebody else chose it (RAD-02)
  template text not null,
  tell text not null check (tell in ('reauthenticate', 'disconnect')),
  message_authenticator boolean not null,
  interim_seconds integer not null check (interim_seconds between 60 and 86400),
  most_per_second integer not null check (most_per_second between 1 and 1000),
  enabled boolean not null,
  answered_at timestamptz,
  problem text, -- what the last exchange came to, when it was no success
  problem_at timestamptz,
  created_at timestamptz not null,
  primary key (organization_id, nas_id)
);
create unique index nas_clients_address on nas_clients (organization_id, address);

-- Who is on the network where, as accounting says. A session that has to be told of a change waits here: the newest change wins.
create table nac_sessions (
  organization_id uuid not null,
  session_id uuid not null,
  nas_id uuid not null,
  session_key text collate "C" not null, -- Acct-Session-Id, or what stands in for it
  guid text collate "C", -- of the client certificate
  mac text collate "C",
  attributes jsonb not null, -- [name, value] pairs that tell the network device which session is meant
  started_at timestamptz not null,
  expires_at timestamptz not null,
  due_at timestamptz, -- to be told then
  changed_at timestamptz, -- the change that is to be told
  revision integer not null default 0, -- grows with every change
  attempts integer not null default 0,
  told_at timestamptz,
  primary key (organization_id, session_id),
  foreign key (organization_id, nas_id) references nas_clients (organization_id, nas_id) on delete cascade
) with (fillfactor = 80);
create unique index nac_sessions_key on nac_sessions (organization_id, nas_id, session_key);
create index nac_sessions_mac on nac_sessions (organization_id, mac);
create index nac_sessions_guid on nac_sessions (organization_id, guid) where guid is not null;
create index nac_sessions_due on nac_sessions (organization_id, due_at) where due_at is not null;
create index nac_sessions_next on nac_sessions (due_at) where due_at is not null;
create index nac_sessions_end on nac_sessions (expires_at);

-- Which decision holds for a station: of the device of its certificate, or else the worst of those under management that claim its
-- address. `unknown`: there is none.
create function network_decision(certificate text, address text) returns text language sql stable as $$
  select coalesce((array['allow', 'quarantine', 'deny'])[max(case p.access_network when 'allow' then 1 when 'quarantine' then 2 else 3 end)],
    'unknown')
  from gh.device_identifiers i
  join gh.device_posture p on p.organization_id = gh.org() and p.device_id = i.device_id and p.registered
  where i.organization_id = gh.org() and i.kind = case when certificate is null then 'mac' else 'guid' end
    and i.value = coalesce(certificate, address)
$$;

-- What was last answered about a station. A change that comes between the answer and the session's first report is found by it,
-- and a session that came back by itself need not be told.
create table nac_admissions (
  organization_id uuid not null,
  station text collate "C" not null, -- hardware address, or the certificate's GUID where there is none
  decision text not null check (decision in ('allow', 'quarantine', 'deny', 'unknown')),
  rule text, -- that answered
  answered_at timestamptz not null,
  primary key (organization_id, station)
) with (fillfactor = 80);
create index nac_admissions_end on nac_admissions (answered_at);

-- What RADIUS servers are answered, and how patiently changes are told.
create table network_access_settings (
  organization_id uuid not null,
  replies jsonb not null, -- rules in order; the first that fits answers
  quiet_seconds integer not null check (quiet_seconds between 0 and 3600), -- between two tellings of one session
  version integer not null,
  primary key (organization_id)
);

-- Cisco ISE servers that are told of changes through their REST interfaces.
create table ise_servers (
  organization_id uuid not null,
  ise_id uuid not null,
  name text not null,
  mnt_url text, -- of the monitoring node; null: no change of authorization
  psn text, -- the policy service node that is named in it; null: it is asked for
  coa text not null check (coa in ('none', 'reauthenticate', 'disconnect')),
  coa_option integer not null check (coa_option between 0 and 2),
  again_seconds integer check (again_seconds between 5 and 86400), -- told once more, when ISE may have answered from its cache
  ers_url text, -- of the administration node; null: no quarantine by ANC
  anc_policy text,
  user_name text not null,
  password bytea not null, -- sealed
  trust text, -- PEM of the authorities that its certificate may come from; null: those that everybody trusts
  enabled boolean not null,
  answered_at timestamptz,
  problem text,
  problem_at timestamptz,
  created_at timestamptz not null,
  primary key (organization_id, ise_id)
);
create unique index ise_servers_name on ise_servers (organization_id, lower(name));

-- Endpoints that an ISE is to be told of, or was told of a short while ago.
create table ise_tellings (
  organization_id uuid not null,
  ise_id uuid not null,
  mac text collate "C" not null,
  device_id uuid not null,
  due_at timestamptz,
  changed_at timestamptz not null,
  revision integer not null,
  attempts integer not null default 0,
  told_at timestamptz,
  again boolean not null default false, -- what is due is the second time
  claimed_until timestamptz, -- it is being told: what follows waits for what came of it
  quarantined boolean, -- by ANC, as far as we know
  primary key (organization_id, ise_id, mac),
  foreign key (organization_id, ise_id) references ise_servers (organization_id, ise_id) on delete cascade,
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
) with (fillfactor = 80);
create index ise_tellings_due on ise_tellings (organization_id, due_at) where due_at is not null;
create index ise_tellings_next on ise_tellings (due_at) where due_at is not null;
create index ise_tellings_device on ise_tellings (organization_id, device_id);
