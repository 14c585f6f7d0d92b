-- Apple push: each organization's certificate, who has been called and when again, and what stands in the way.

-- One is in use; one may be asked for beside it. What was in use before stays on record without its key.
create table apple_push_certificates (
  organization_id uuid not null,
  certificate_id uuid not null,
  state text not null check (state in ('requested', 'active', 'replaced')),
  private_key bytea, -- sealed
  key_fingerprint text not null, -- SHA-256 of the public key
  request bytea, -- DER of the request that Apple gets to see
  signed_request text, -- the same, signed by a vendor, as it is uploaded to Apple
  certificate bytea,
  topic text,
  account text, -- under whose Apple account it was made: with any other it cannot be renewed
  not_before timestamptz,
  not_after timestamptz,
  warned_days integer, -- the last warning was for so many days before the end
  created_at timestamptz not null,
  activated_at timestamptz,
  primary key (organization_id, certificate_id),
  check (state <> 'active' or (certificate is not null and topic is not null and not_after is not null and private_key is not null))
);
create unique index apple_push_certificates_active on apple_push_certificates (organization_id) where state = 'active';
create unique index apple_push_certificates_requested on apple_push_certificates (organization_id) where state = 'requested';
create index apple_push_certificates_end on apple_push_certificates (not_after) where state = 'active';

-- Channels that were called and are called again, ever less often, for as long as something waits for them.
create table apple_wakes (
  organization_id uuid not null,
  device_id uuid not null,
  channel text not null,
  attempts integer not null,
  pushed_at timestamptz not null,
  next_push_at timestamptz not null,
  outcome text, -- of the last push
  primary key (organization_id, device_id, channel),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
) with (fillfactor = 80);
create index apple_wakes_due on apple_wakes (organization_id, next_push_at);
create index apple_wakes_next on apple_wakes (next_push_at);

-- What keeps an organization's pushes from working, for as long as it does.
create table apple_push_problems (
  organization_id uuid not null,
  kind text not null,
  detail text not null,
  since timestamptz not null,
  primary key (organization_id, kind)
);
