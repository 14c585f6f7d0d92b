-- What enrolments write, worked off step by step for all devices of a moment instead of device by device: what a statement costs
-- beside its rows is paid once. Rows are reached by their key, whatever the planner knows of tables that were small a minute ago.

drop function gh.apple_introduce(uuid, uuid, text, text, text, text, text, text, text, jsonb, text, timestamptz, text, text);
drop function gh.apple_keep_tokens(uuid, text, integer, timestamptz, text, text, text, text, boolean, jsonb, text, text, jsonb);

-- Nobody looks a channel up by the id that its sealed values are bound to; ids are random, and made by the server alone.
drop index gh.apple_channels_id;

-- Devices say who they are, each once, in the order in which everybody takes locks. `done` is false for one whose hardware is that
-- of a device which an administrator has blocked, for whoever was shut out stays out under any new name: nothing is written for it.
create function gh.apple_introduce(asks jsonb) returns table (device uuid, done boolean)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
begin
  return query
  with asked as materialized (
    select o.*, exists (
        select 1 from (values ('udid', o.claimed_udid), ('serial', o.claimed_serial)) claimed (kind, value)
        cross join lateral (
          select k.device_id from gh.device_identifiers k
          where k.organization_id = org and k.kind = claimed.kind and k.value = claimed.value offset 0
        ) i
        cross join lateral (
          select d.state from gh.devices d where d.organization_id = org and d.device_id = i.device_id offset 0
        ) d
        where d.state = 'blocked'
      ) as shut_out
    from jsonb_to_recordset(asks) as o (device uuid, id uuid, kind text, enrollment text, udid text, ref text, topic text,
      product text, version text, said jsonb, certificate text, at timestamptz, claimed_udid text, claimed_serial text)
  ), introduced as (
    insert into gh.apple_channels as c (organization_id, device_id, channel_id, kind, enrollment_kind, udid, enrollment_ref, topic,
      product, os_version, introduction, certificate, authenticated_at)
    select org, a.device, a.id, a.kind, a.enrollment, a.udid, a.ref, a.topic, a.product, a.version, a.said,
      decode(a.certificate, 'hex'), a.at
    from asked a where not a.shut_out
    on conflict (organization_id, device_id, channel) do update set introduction = excluded.introduction,
      product = excluded.product, os_version = excluded.os_version, topic = excluded.topic, certificate = excluded.certificate,
      authenticated_at = excluded.authenticated_at, udid = excluded.udid, enrollment_ref = excluded.enrollment_ref,
      kind = excluded.kind, enrollment_kind = excluded.enrollment_kind
  )
  select a.device, not a.shut_out from asked a;
end $$;

-- Where channels can be reached by push, with audit entry and event for those that this makes ready; each device once, in one
-- order. `done` is null where the values were sealed under a data key that is not the current one any more, and must be sealed
-- anew; false where there is no such channel.
create function gh.apple_keep_tokens(asks jsonb) returns table (device uuid, done boolean)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
  held integer[];
begin
  -- Held until the commit, so that no key is retired while values are written under it.
  select array_agg(k.version) into held from (
    select version from gh.data_keys where organization_id = org and class = 'escrow' and state = 'active' for share
  ) k;
  return query
  with asked as materialized (
    select o.*, o.key_version = any (held) as holds
    from jsonb_to_recordset(asks) as o (device uuid, channel text, key_version integer, at timestamptz, topic text, magic text,
      token text, unlock text, awaiting boolean, entry jsonb, hash text, event text, payload jsonb)
  ), kept as (
    update gh.apple_channels c set topic = a.topic, push_magic = decode(a.magic, 'hex'), push_token = decode(a.token, 'hex'),
      push_token_at = a.at, push_dead_at = null, unlock_token = coalesce(decode(a.unlock, 'hex'), c.unlock_token),
      awaiting_configuration = coalesce(a.awaiting, c.awaiting_configuration), enrolled_at = coalesce(c.enrolled_at, a.at)
    from asked a where a.holds and c.organization_id = org and c.device_id = a.device and c.channel = a.channel
    returning c.device_id, a.entry, a.hash, a.event, a.payload
  ), entries as (
    insert into gh.audit_entries (organization_id, content, content_hash)
    select org, entry, decode(hash, 'hex') from kept where entry is not null
  ), news as (
    insert into gh.events (organization_id, name, subject_id, payload)
    select org, event, device_id, payload from kept where entry is not null
  )
  select a.device, case when a.holds then k.device_id is not null end
  from asked a left join kept k on k.device_id = a.device;
end $$;

-- A new device says who it is, and then where it is reached: let in at the door, as gh.apple_arrivals has it, and written down, as
-- the functions above have it, with one statement for all who come in the same moment, each device once, in the order in which
-- everybody takes locks. `introductions` and `tokens` are what they bring, with the `place`, counted from nought, of whoever does.
--   first one row for each who is on record: place, standing, waits, heard
--   then one for each whose message was written, which has no standing
-- Written is only what leaves nothing to decide: the first words of a device under a certificate that holds, and the first tokens
-- for the very channel they were sealed for (`id`), under the name that it was introduced by. All else is left to the caller.
create function gh.apple_enter(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], times bigint[], introductions jsonb, tokens jsonb
) returns table (place integer, standing json, waits boolean, heard boolean) language plpgsql as $$
#variable_conflict use_column
declare
  -- The door does not wait for the disk; what is written does.
  durable constant text := current_setting('synchronous_commit');
  is_new boolean[] := '{}';
  ids text[] := '{}';
  known json;
  given jsonb;
begin
  for place, standing, waits, heard in
    select a.place - 1, a.standing, a.waits, a.heard
    from gh.apple_arrivals(fingerprints, devices, channels, keys, array_fill(false, array[cardinality(devices)]), times) a
  loop
    known := standing -> 7;
    if not (standing ->> 1)::boolean and standing ->> 4 in ('pending', 'registered') then
      if json_typeof(known) = 'null' then
        is_new[place] := true;
      elsif standing ->> 4 = 'pending' and not (known ->> 10)::boolean and coalesce(known ->> 4, known ->> 3) = keys[place + 1] then
        ids[place] := known ->> 0;
      end if;
    end if;
    return next;
  end loop;
  perform set_config('synchronous_commit', durable, true);

  select jsonb_agg(o.ask order by o.n) into given from jsonb_array_elements(introductions) with ordinality as o (ask, n)
    where is_new[(o.ask ->> 'place')::integer];
  if given is not null then
    return query
      select o.place, null::json, null::boolean, null::boolean
      from gh.apple_introduce(given) i join jsonb_to_recordset(given) as o (place integer, device uuid) on o.device = i.device
      where i.done;
  end if;
  select jsonb_agg(o.ask order by o.n) into given from jsonb_array_elements(tokens) with ordinality as o (ask, n)
    where ids[(o.ask ->> 'place')::integer] = o.ask ->> 'id';
  if given is not null then
    return query
      select o.place, null::json, null::boolean, null::boolean
      from gh.apple_keep_tokens(given) k join jsonb_to_recordset(given) as o (place integer, device uuid) on o.device = k.device
      where k.done;
  end if;
end $$;
