-- Keys and passwords of devices in escrow, and what the inventory of devices needs that are asked instead of reporting.

-- One row for each value there ever was: until a device has confirmed the new one, nobody can tell which is in force.
create table device_escrow (
  organization_id uuid not null,
  escrow_id uuid not null,
  device_id uuid not null,
  kind text not null,
  sealed bytea not null,
  -- The command that the value was made for; null: the device told it by itself. No reference: the value outlives it.
  from_command uuid,
  created_at timestamptz not null,
  confirmed_at timestamptz, -- the device said that this is the one
  primary key (organization_id, escrow_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
create index device_escrow_device on device_escrow (organization_id, device_id, kind, escrow_id desc);
create unique index device_escrow_command on device_escrow (organization_id, from_command, kind) where from_command is not null;

-- Devices hand over their keys enveloped to a certificate of the organization that this server has the key of.
create table escrow_recipients (
  organization_id uuid not null,
  recipient_id uuid not null,
  certificate bytea not null,
  private_key bytea not null, -- sealed
  created_at timestamptz not null,
  primary key (organization_id, recipient_id)
);

-- What a command found when it was begun, so that its later steps are the same whatever happens meanwhile.
create table apple_command_plans (
  organization_id uuid not null,
  command_id uuid not null,
  plan jsonb not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, command_id),
  foreign key (organization_id, command_id) references commands (organization_id, command_id) on delete cascade
);

-- When each scan of a device is due; a device without a row has not been looked at.
create table apple_inventory (
  organization_id uuid not null,
  device_id uuid not null,
  next_due_at timestamptz not null,
  primary key (organization_id, device_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
) with (fillfactor = 80);
create index apple_inventory_due on apple_inventory (next_due_at);

-- The update that somebody has ordered for one device: it becomes part of what the device should have, until it has it.
create table apple_update_orders (
  organization_id uuid not null,
  device_id uuid not null,
  version text not null,
  update_by timestamptz not null,
  command_id uuid, -- no reference: the order outlives it
  created_at timestamptz not null,
  primary key (organization_id, device_id),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
);
