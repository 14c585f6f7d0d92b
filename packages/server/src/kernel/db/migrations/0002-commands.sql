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

-- The whole of a device's answer and of the next hand-over, as one statement in one round trip. Under the device's lock, as
-- everything that happens to a device. What needs more than this knows (an answer that does not meet its command handed over
-- and waiting for it, a hand-over that must be looked at closely) is left as it is, and told:
--   { recorded: false, state, step }  nothing was changed, because the command is not in the state that the answer is for
--   { closer: true }                  the answer, if any, is recorded; the hand-over is left to the caller
-- Otherwise { recorded, commands }.
create function gh.exchange_commands(
  device uuid, on_channel text, at timestamptz,
  answered uuid, answered_name text, answered_step integer, into_state text, told jsonb,
  entry jsonb, entry_hash bytea, event_name text, event_payload jsonb,
  most integer, fresh_only boolean, anew boolean, careful text[]
) returns jsonb language plpgsql as $$
declare
  org constant uuid := gh.org();
  was record;
  waiting gh.commands[];
  item gh.commands;
  fresh uuid[] := '{}';
  given jsonb := '[]';
begin
  perform 1 from gh.device_contacts where organization_id = org and device_id = device for update;
  if answered is not null then
    update gh.commands set
      state = coalesce(into_state, 'delivered'),
      step = case when into_state is null then answered_step + 1 else step end,
      deferred_at = case when into_state = 'queued' then at end,
      finished_at = case when into_state = 'acknowledged' then at end,
      result = told,
      -- What is sealed is needed no more once nobody waits for the command.
      sealed_params = case when into_state = 'acknowledged' then null else sealed_params end
    where organization_id = org and command_id = answered and device_id = device and channel = on_channel
      and state = 'delivered' and name = answered_name and step = answered_step;
    if not found then
      select c.state, c.step into was from gh.commands c
      where c.organization_id = org and c.command_id = answered and c.device_id = device and c.channel = on_channel;
      return jsonb_build_object('recorded', false, 'state', was.state, 'step', was.step);
    end if;
    if entry is not null then
      insert into gh.audit_entries (organization_id, content, content_hash) values (org, entry, entry_hash);
      insert into gh.events (organization_id, name, subject_id, payload) values (org, event_name, device, event_payload);
    end if;
  end if;
  if anew then
    update gh.commands set deferred_at = null
    where organization_id = org and device_id = device and channel = on_channel and finished_at is null
      and deferred_at is not null;
  end if;
  if most > 0 then
    waiting := array(
      select c from gh.commands c
      where c.organization_id = org and c.device_id = device and c.channel = on_channel and c.finished_at is null
        and (c.state = 'queued' or (c.state = 'delivered' and not fresh_only)) and c.deferred_at is null
        and c.expires_at > at
      order by c.priority, c.command_no limit most);
    foreach item in array waiting loop
      if item.sealed_params is not null or (item.state = 'queued' and item.name = any (careful)) then
        return jsonb_build_object('recorded', answered is not null, 'closer', true);
      end if;
      if item.state = 'queued' then
        fresh := fresh || item.command_id;
      end if;
      given := given || jsonb_build_object('id', item.command_id, 'name', item.name, 'params', item.params,
        'step', item.step, 'origin', item.origin, 'expiresAt', (extract(epoch from item.expires_at) * 1000)::bigint);
    end loop;
    if fresh <> '{}' then
      -- Through a sub-query: a list whose length is known would be a reason to plan each execution anew.
      update gh.commands set state = 'delivered', delivered_at = at
      where organization_id = org and command_id = any ((select fresh)::uuid[]) and state = 'queued';
    end if;
  end if;
  return jsonb_build_object('recorded', answered is not null, 'commands', given);
end $$;
