-- How an organization looks to its people. The logo is found by the hash of its content, so its address can be kept for ever.
create table branding (
  organization_id uuid not null references organizations (organization_id) on delete cascade,
  name text,
  accent text check (accent ~ '^#[0-9a-f]{6}$'),
  texts jsonb not null default '{}',
  logo bytea check (octet_length(logo) <= 524288),
  logo_hash bytea,
  logo_type text check (logo_type in ('image/png', 'image/jpeg', 'image/webp')),
  logo_width integer,
  logo_height integer,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (organization_id)
);
