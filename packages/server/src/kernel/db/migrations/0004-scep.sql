-- Certificates for devices that manage themselves by their operating system's own protocol: asked for by SCEP, with a
-- challenge that is used once.

alter table certificate_authorities drop constraint certificate_authorities_kind_check;
-- 'profile-signing' signs no certificates; it stands here because it is, like the others, a certificate of the organization
-- with a private key that only this server uses.
alter table certificate_authorities add constraint certificate_authorities_kind_check
  check (kind in ('device-root', 'device-issuing', 'audit', 'scep', 'profile-signing'));

alter table certificates drop constraint certificates_purpose_check;
alter table certificates add constraint certificates_purpose_check check (purpose in ('agent', 'wifi', 'connector', 'mdm'));

create table scep_challenges (
  organization_id uuid not null,
  challenge_id uuid not null,
  device_id uuid not null,
  enrollment_id uuid, -- no reference: what an enrolment is belongs to another module
  renewal_of bytea, -- serial of the certificate that the new one is to replace
  secret_hash bytea not null, -- SHA-256 of the secret; the secret itself is only in the profile that carries it
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- of the request that used it: the same one again is a device that lost the answer
  transaction_id text,
  request_hash bytea, -- SHA-256 of the certification request
  serial bytea, -- of what was issued
  primary key (organization_id, challenge_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index scep_challenges_device on scep_challenges (organization_id, device_id);
create index scep_challenges_expiry on scep_challenges (expires_at);
