-- Resources: Wi-Fi, VPN, accounts, certificates, profiles … that are assigned as policies are (RES-01 … RES-17).

create table resources (
  organization_id uuid not null,
  resource_id uuid not null,
  kind text not null,
  name text not null,
  description text not null default '',
  version integer not null default 1,
  fields jsonb not null, -- what may be shown
  secrets bytea, -- sealed: { field: value }
  secret_names text[] not null default '{}', -- which secret fields have a value
  variables text[] not null default '{}', -- what must be known of a device before it can have this
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, resource_id)
);
create unique index resources_name on resources (organization_id, lower(name));

-- Secrets are not kept with old versions: what was replaced is gone.
create table resource_versions (
  organization_id uuid not null,
  resource_id uuid not null,
  version integer not null,
  fields jsonb not null,
  changed_secrets text[] not null default '{}',
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, resource_id, version),
  foreign key (organization_id, resource_id) references resources (organization_id, resource_id) on delete cascade
);

-- A VPN names the certificate that it uses: that one cannot be deleted, and its change is a change of the VPN.
create table resource_references (
  organization_id uuid not null,
  resource_id uuid not null,
  refers_to uuid not null,
  primary key (organization_id, resource_id, refers_to),
  foreign key (organization_id, resource_id) references resources (organization_id, resource_id) on delete cascade,
  foreign key (organization_id, refers_to) references resources (organization_id, resource_id)
);
create index resource_references_to on resource_references (organization_id, refers_to);

alter table assignments drop constraint assignments_item_kind_check;
alter table assignments add constraint assignments_item_kind_check check (item_kind in ('policy', 'schedule', 'resource'));
