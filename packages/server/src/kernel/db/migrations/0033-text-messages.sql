-- Text messages of the last days by number: they cost money, and the number is one that a device states (TPL-04).
create table text_messages (
  organization_id uuid not null references organizations on delete cascade,
  message_id text not null,
  phone_number text not null,
  -- false: the number had had its share, and the message was not sent.
  granted boolean not null,
  created_at timestamptz not null,
  primary key (organization_id, message_id)
);
create index text_messages_number on text_messages (organization_id, phone_number, created_at) where granted;
create index text_messages_age on text_messages using brin (created_at);
