-- Passkeys of administrators. The public key is no secret; what is private never leaves its owner's device.
create table passkeys (
  organization_id uuid not null,
  passkey_id uuid not null,
  administrator_id uuid not null,
  credential_id bytea not null check (octet_length(credential_id) between 16 and 1023),
  public_key bytea not null check (octet_length(public_key) <= 4096),
  counter bigint not null check (counter >= 0),
  transports text[] not null default '{}',
  name text not null,
  backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (organization_id, passkey_id),
  unique (organization_id, credential_id),
  foreign key (organization_id, administrator_id) references administrators (organization_id, administrator_id) on delete cascade
);
create index passkeys_administrator on passkeys (organization_id, administrator_id);

-- Challenges that were used, until they would have expired.
create table passkey_challenges (
  organization_id uuid not null,
  challenge_hash bytea not null,
  expires_at timestamptz not null,
  primary key (organization_id, challenge_hash)
);

-- When a second factor was shown last in this session; a session of before shows it again where that matters.
alter table sessions add proven_at timestamptz;
