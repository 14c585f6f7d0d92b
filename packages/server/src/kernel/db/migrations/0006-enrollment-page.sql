-- The enrolment page: how users prove who they are there, what they agreed to, and where they stand on their way in.

-- ---------------------------------------------------------------- users' own credentials
create table user_credentials (
  organization_id uuid not null,
  user_id uuid not null,
  password_hash text not null, -- argon2id in PHC form
  changed_at timestamptz not null,
  primary key (organization_id, user_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);

-- one-time links by which a user chooses a password; only the hash of the secret is here
create table user_links (
  organization_id uuid not null,
  link_id text not null,
  user_id uuid not null,
  secret_hash bytea not null,
  created_by text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (organization_id, link_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);
create index user_links_user on user_links (organization_id, user_id);
create index user_links_expiry on user_links (organization_id, expires_at);

-- ---------------------------------------------------------------- terms
-- One row per version of a text in a language. A published row is never changed: people have agreed to it.
create table terms (
  organization_id uuid not null,
  terms_id uuid not null,
  kind text not null check (kind in ('acceptable-use', 'licence')),
  language text not null,
  version integer not null check (version > 0),
  title text not null,
  body text not null,
  state text not null default 'draft' check (state in ('draft', 'published', 'withdrawn')),
  created_by text not null,
  created_at timestamptz not null,
  published_at timestamptz,
  primary key (organization_id, terms_id)
);
create unique index terms_version on terms (organization_id, kind, language, version);
-- the one text that applies
create unique index terms_published on terms (organization_id, kind, language) where state = 'published';

create table terms_acceptances (
  organization_id uuid not null,
  acceptance_id uuid not null,
  terms_id uuid not null,
  kind text not null,
  version integer not null,
  language text not null,
  text_hash bytea not null, -- SHA-256 of what was shown
  -- no reference: who agreed to what outlives the user and the device
  user_id uuid not null,
  enrollment_id uuid not null,
  accepted_at timestamptz not null,
  primary key (organization_id, acceptance_id),
  foreign key (organization_id, terms_id) references terms (organization_id, terms_id)
);
create index terms_acceptances_user on terms_acceptances (organization_id, user_id, acceptance_id desc);
create index terms_acceptances_enrollment on terms_acceptances (organization_id, enrollment_id);
create index terms_acceptances_terms on terms_acceptances (organization_id, terms_id);

-- ---------------------------------------------------------------- invitations
create table invitations (
  organization_id uuid not null,
  invitation_id uuid not null,
  enrollment_id uuid not null,
  user_id uuid not null,
  delivery text not null check (delivery in ('mail', 'link')),
  language text not null,
  with_password_link boolean not null default false,
  state text not null check (state in ('waiting', 'sent', 'failed', 'given-out')),
  attempts integer not null default 0,
  problem text,
  created_by text not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (organization_id, invitation_id),
  foreign key (organization_id, enrollment_id) references enrollments (organization_id, enrollment_id) on delete cascade,
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade
);
create index invitations_enrollment on invitations (organization_id, enrollment_id);
create index invitations_user on invitations (organization_id, user_id, invitation_id desc);

-- ---------------------------------------------------------------- the page
-- Somebody who proved who they are on the page, and how far they have come.
create table enrollment_visits (
  organization_id uuid not null,
  visit_id text not null,
  secret_hash bytea not null,
  -- null: a device is staged for somebody who is not known yet (ENR-12)
  user_id uuid,
  -- null: signed in with a password, and has not said yet what device it is
  enrollment_id uuid,
  signed_in_by text not null check (signed_in_by in ('code', 'password')),
  language text not null,
  -- the profile that may be fetched once, and until when
  offer_expires_at timestamptz,
  offer_used_at timestamptz,
  offers integer not null default 0,
  device_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organization_id, visit_id),
  foreign key (organization_id, user_id) references users (organization_id, user_id) on delete cascade,
  foreign key (organization_id, enrollment_id) references enrollments (organization_id, enrollment_id) on delete cascade
);
create index enrollment_visits_user on enrollment_visits (organization_id, user_id);
create index enrollment_visits_enrollment on enrollment_visits (organization_id, enrollment_id);
create index enrollment_visits_expiry on enrollment_visits (organization_id, expires_at);

-- ---------------------------------------------------------------- enrolment profiles of Apple devices
-- What a profile said that may not change when it is sent again to renew the device's identity.
create table apple_enrollments (
  organization_id uuid not null,
  device_id uuid not null,
  topic text not null,
  server_url text not null,
  sign_message boolean not null,
  access_rights integer not null,
  capabilities text[] not null,
  handed_out_at timestamptz not null,
  renewal_asked_at timestamptz,
  primary key (organization_id, device_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
