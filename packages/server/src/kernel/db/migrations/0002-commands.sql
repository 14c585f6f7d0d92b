-- The command queue for all platforms: channels of a device, priorities, commands that replace one another while they wait,
-- devices that say "not now"; and the exchange, by which a device answers and is handed its next commands in one round trip.

-- Row-level security binds the owner too; the migrator lays the template over the table again when this is done.
alter table commands no force row level security;

alter table commands
  add column channel text not null default '', -- '' is the device itself, else one of its users
  add column origin text not null default 'administrator', -- or 'system'
  add column priority integer not null default 100, -- lower first, then in the order in which they were queued
  add column coalesce_key text, -- while it waits, another one under the same key replaces it instead of following it
  add column deferred_at timestamptz, -- the device said "not now"; not handed over again in the same conversation
  add column step integer not null default 0, -- how many of the messages that make up the command are done
  add column error_chain jsonb, -- what the device said went wrong, in its platform's own words
  add column sealed_result bytea; -- sealed: results that concern a person, such as a place

-- Where a device was has been written in plain sight so far, and cannot be sealed from here.
update commands set result = null where name = 'locate-device' and result is not null;

-- A command is open until it has finished. No index asks the state: handing a command over, putting it off and going through
-- its steps change nothing that an index holds, and stay within the page.
drop index commands_open;
create index commands_open on commands (organization_id, device_id, channel, priority, command_no) where finished_at is null;
-- Not `finished_at is null` either: a query for one device's open commands could then be answered from this index too, and
-- while few are open the planner thinks that as good as any; the plan stays when a whole fleet has been sent something.
drop index commands_expiry;
create index commands_expiry on commands (expires_at) where coalesce(finished_at, 'infinity') = 'infinity';
-- Nothing looks for a command by its number but among those of its device.
drop index commands_no;
alter table commands set (fillfactor = 80);
