-- What stands around each row of a request at Apple's door, made smaller: what a statement costs before its first row grows with all
-- that it might do, so what is done for few is a statement of its own, which the others do not begin.

-- Who comes and how it stands, for the functions that let in: see gh.apple_arrivals. As a query by itself it becomes part of theirs;
-- `users`: somebody comes on the channel of a user; `commands`: whether any are open is asked. `recent`: heard within a minute.
create function gh.apple_standings(
  org uuid, fingerprints bytea[], devices uuid[], channels text[], keys text[], times bigint[], users boolean, commands boolean
) returns table (place integer, device uuid, channel text, at timestamptz, standing json, waits boolean, alive boolean,
  recent boolean) language sql stable as $$
  select asked.place::integer, asked.device, asked.channel, asked.moment, s.standing, s.waits, s.alive, s.recent
  from (
    select a.*, timestamptz 'epoch' + a.at * interval '1 millisecond' as moment
    from unnest((select fingerprints), (select devices), (select channels), (select keys), (select times))
      with ordinality as a (fingerprint, device, channel, key, at, place)
  ) asked
  cross join lateral (
    select json_build_array(c.first_used_at is not null, c.revoked_at is not null, c.revocation_reason, encode(c.serial, 'hex'),
        d.state, d.platform, p.compliant,
        case when m.device_id is not null then json_build_array(m.channel_id, m.kind, m.enrollment_kind, m.udid,
          m.enrollment_ref, m.product, m.os_version, m.supervised, m.shared_ipad, encode(m.certificate, 'hex'),
          m.enrolled_at is not null, m.awaiting_configuration,
          (extract(epoch from m.declarative_at) * 1000)::bigint) end,
        case when o.device_id is not null then json_build_array(o.channel_id, o.kind,
          o.enrolled_at is not null, o.awaiting_configuration,
          (extract(epoch from o.declarative_at) * 1000)::bigint) end) as standing,
      commands and exists (select 1 from gh.commands w where w.organization_id = org and w.device_id = asked.device
        and w.channel = asked.channel and w.finished_at is null) as waits,
      c.first_used_at is not null and c.revoked_at is null and d.state = 'registered'
        and coalesce(m.enrollment_ref, m.udid) = asked.key
        and case when asked.channel = '' then m.enrolled_at else o.enrolled_at end is not null
        and (p.compliant or k.last_check_in_at > asked.moment - interval '1 hour') as alive,
      coalesce(k.last_check_in_at > asked.moment - interval '1 minute', false) as recent
    from gh.certificates c
    join gh.devices d on d.organization_id = org and d.device_id = c.device_id
    join gh.device_contacts k on k.organization_id = org and k.device_id = c.device_id
    join gh.device_posture p on p.organization_id = org and p.device_id = c.device_id
    left join gh.apple_channels m on m.organization_id = org and m.device_id = c.device_id and m.channel = ''
    left join gh.apple_channels o on users and o.organization_id = org and o.device_id = c.device_id
      and o.channel = nullif(asked.channel, '')
    where c.organization_id = org and c.fingerprint = asked.fingerprint and c.device_id = asked.device
    offset 0
  ) s
$$;

create or replace function gh.apple_arrivals(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], polls boolean[], times bigint[]
) returns table (place integer, standing json, waits boolean, heard boolean) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
  -- What is set while a variable gets its value needs no statement.
  lazily constant text := set_config('synchronous_commit', 'off', true);
begin
  if '' = all (channels) then
    return query
    with found as materialized (
      select s.*, s.alive and (polls[s.place] or not s.recent) as due
      from gh.apple_standings(org, fingerprints, devices, channels, keys, times, false, true) s
    ), free as materialized (
      select found.at, k.spot from found
      cross join lateral (
        select c.ctid as spot from gh.device_contacts c where c.organization_id = org and c.device_id = found.device
        for no key update skip locked
      ) k
      where found.due
    ), noted as (
      update gh.device_contacts c set last_check_in_at = greatest(c.last_check_in_at, free.at)
      from free where c.organization_id = org and c.ctid = free.spot
      returning c.device_id
    )
    select found.place, found.standing, found.waits, found.alive and (not found.due or noted.device_id is not null)
    from found left join noted on noted.device_id = found.device;
    return;
  end if;
  return query
  with found as materialized (
    select s.*, s.alive and (polls[s.place] or not s.recent) as due
    from gh.apple_standings(org, fingerprints, devices, channels, keys, times, true, true) s
  ), free as materialized (
    select found.at, k.spot from found
    cross join lateral (
      select c.ctid as spot from gh.device_contacts c where c.organization_id = org and c.device_id = found.device
      for no key update skip locked
    ) k
    where found.due
  ), noted as (
    update gh.device_contacts c set last_check_in_at = greatest(c.last_check_in_at, free.at)
    from free where c.organization_id = org and c.ctid = free.spot
    returning c.device_id
  ), users_noted as (
    update gh.apple_channels o set last_seen_at = found.at
    from found where found.due and found.channel <> '' and o.organization_id = org and o.device_id = found.device
      and o.channel = found.channel
  )
  select found.place, found.standing, found.waits, found.alive and (not found.due or noted.device_id is not null)
  from found left join noted on noted.device_id = found.device;
end $$;

-- What gh.exchange_commands does when it holds the locks, for functions that have taken them.
create function gh.exchange_under_locks(org uuid, asks jsonb, answers jsonb, careful text[])
returns table (place integer, refused boolean, state text, step integer, closer boolean, commands jsonb)
language plpgsql as $$
#variable_conflict use_column
declare
  done integer[] := '{}';
begin
  if answers <> '[]' then
    with met as materialized (
      select o.*, c.ctid as spot
      from jsonb_to_recordset(answers) as o (place integer, device uuid, channel text, at timestamptz, command uuid, name text,
        step integer, state text, result jsonb, entry jsonb, hash text, event text, payload jsonb)
      cross join lateral (
        select k.ctid, k.device_id, k.channel, k.name, k.state, k.step from gh.commands k
        where k.organization_id = org and k.command_id = o.command offset 0
      ) c
      where c.device_id = o.device and c.channel = o.channel and c.state = 'delivered' and c.name = o.name and c.step = o.step
    ), changed as (
      update gh.commands c set
        state = coalesce(m.state, 'delivered'),
        step = case when m.state is null then m.step + 1 else c.step end,
        deferred_at = case when m.state = 'queued' then m.at end,
        finished_at = case when m.state = 'acknowledged' then m.at end,
        result = m.result,
        -- What is sealed is needed no more once nobody waits for the command.
        sealed_params = case when m.state = 'acknowledged' then null else c.sealed_params end
      from met m where c.organization_id = org and c.ctid = m.spot and c.state = 'delivered'
      returning m.place, m.device, m.entry, m.hash, m.event, m.payload
    ), entries as (
      insert into gh.audit_entries (organization_id, content, content_hash)
      select org, entry, decode(hash, 'hex') from changed where entry is not null
    ), news as (
      insert into gh.events (organization_id, name, subject_id, payload)
      select org, event, device, payload from changed where entry is not null
    )
    select array_agg(place) into done from changed;
    done := coalesce(done, '{}');
    if cardinality(done) < jsonb_array_length(answers) then
      return query
      select o.place, true, c.state, c.step, false, null::jsonb
      from jsonb_to_recordset(answers) as o (place integer, device uuid, channel text, command uuid)
      left join lateral (
        select k.device_id, k.channel, k.state, k.step from gh.commands k
        where k.organization_id = org and k.command_id = o.command offset 0
      ) c on c.device_id = o.device and c.channel = o.channel
      where o.place <> all (done);
    end if;
  end if;

  -- Whoever answered in vain is handed nothing.
  if jsonb_path_exists(asks, '$[*] ? (@.anew == true)') then
    with put_off as materialized (
      select found.spot from jsonb_to_recordset(asks) as o (place integer, device uuid, channel text, anew boolean, answers boolean)
      cross join lateral (
        select k.ctid as spot from gh.commands k
        where k.organization_id = org and k.device_id = o.device and k.channel = o.channel and k.finished_at is null
          and k.deferred_at is not null
        offset 0
      ) found
      where o.anew and (not o.answers or o.place = any (done))
    )
    update gh.commands c set deferred_at = null from put_off p where c.organization_id = org and c.ctid = p.spot;
  end if;
  return query
  with waiting as materialized (
    select o.place, o.at, c.*
    from jsonb_to_recordset(asks) as o (place integer, device uuid, channel text, at timestamptz, most integer, fresh boolean,
      answers boolean)
    cross join lateral (
      select k.ctid as spot, k.command_id, k.command_no, k.priority, k.name, k.params, k.step, k.origin, k.expires_at,
        k.state = 'queued' as is_fresh,
        k.sealed_params is not null or (k.state = 'queued' and k.name = any (careful)) as is_closer
      from gh.commands k
      where k.organization_id = org and k.device_id = o.device and k.channel = o.channel and k.finished_at is null
        and (k.state = 'queued' or (k.state = 'delivered' and not o.fresh)) and k.deferred_at is null and k.expires_at > o.at
      order by k.priority, k.command_no limit o.most
    ) c
    where o.most > 0 and (not o.answers or o.place = any (done))
  ), handed as (
    select w.place, bool_or(w.is_closer) as closer,
      jsonb_agg(jsonb_build_object('id', w.command_id, 'name', w.name, 'params', w.params, 'step', w.step, 'origin', w.origin,
        'expiresAt', (extract(epoch from w.expires_at) * 1000)::bigint) order by w.priority, w.command_no) as commands
    from waiting w group by w.place
  ), given as (
    update gh.commands c set state = 'delivered', delivered_at = w.at
    from waiting w
    where w.is_fresh and c.organization_id = org and c.ctid = w.spot and c.state = 'queued'
      and not exists (select 1 from handed h where h.place = w.place and h.closer)
  )
  select h.place, false, null::text, null::integer, h.closer, case when not h.closer then h.commands end from handed h
  union all select null, false, null, cardinality(done), false, null;
end $$;

create or replace function gh.exchange_commands(asks jsonb, answers jsonb, careful text[])
returns table (place integer, refused boolean, state text, step integer, closer boolean, commands jsonb)
language plpgsql as $$
declare
  org constant uuid := gh.org();
begin
  perform 1 from jsonb_to_recordset(asks) as o (device uuid)
    cross join lateral (
      select 1 from gh.device_contacts k where k.organization_id = org and k.device_id = o.device for update
    ) locked;
  return query select * from gh.exchange_under_locks(org, asks, answers, careful);
end $$;

-- The locks are held when the door is asked, so a contact is noted for all whose last is older than a minute, and for nobody else is
-- a row looked for. Nothing is asked that the exchange tells anyway: `waits` is false.
create or replace function gh.apple_answers(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], times bigint[], asks jsonb, answers jsonb, careful text[]
) returns table (place integer, standing json, waits boolean, heard boolean, refused boolean, state text, step integer,
  closer boolean, commands jsonb) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
  users constant boolean := '' <> any (channels);
  known record;
  listening integer[] := '{}';
  late integer[] := '{}';
  taken jsonb := asks;
  given jsonb := answers;
begin
  perform 1 from unnest((select devices)) as o (device)
    cross join lateral (
      select 1 from gh.device_contacts k where k.organization_id = org and k.device_id = o.device for update
    ) locked;

  for known in select s.place, s.standing, s.alive, s.recent
    from gh.apple_standings(org, fingerprints, devices, channels, keys, times, true, false) s
  loop
    place := known.place - 1;
    standing := known.standing;
    waits := false;
    heard := known.alive;
    return next;
    if heard then
      listening := listening || place;
      if not known.recent then
        late := late || known.place;
      end if;
    end if;
  end loop;
  if listening = '{}' then
    return;
  end if;
  if late <> '{}' then
    update gh.device_contacts c
    set last_check_in_at = greatest(c.last_check_in_at, timestamptz 'epoch' + times[o.place] * interval '1 millisecond')
    from unnest((select late)) as o (place) where c.organization_id = org and c.device_id = devices[o.place];
    if users then
      update gh.apple_channels c set last_seen_at = timestamptz 'epoch' + times[o.place] * interval '1 millisecond'
      from unnest((select late)) as o (place)
      where channels[o.place] <> '' and c.organization_id = org and c.device_id = devices[o.place] and c.channel = channels[o.place];
    end if;
  end if;

  if cardinality(listening) < cardinality(devices) then
    select coalesce(jsonb_agg(o.ask order by o.n), '[]') into taken
      from jsonb_array_elements(asks) with ordinality as o (ask, n) where (o.ask ->> 'place')::integer = any (listening);
    select coalesce(jsonb_agg(o.answer order by o.n), '[]') into given
      from jsonb_array_elements(answers) with ordinality as o (answer, n) where (o.answer ->> 'place')::integer = any (listening);
  end if;
  return query
    select x.place, null::json, null::boolean, null::boolean, x.refused, x.state, x.step, x.closer, x.commands
    from gh.exchange_under_locks(org, taken, given, careful) x;
end $$;

-- Who comes without an answer; of those who poll and are heard, what waits for them is handed over as gh.exchange_commands has it.
--   first one row for each who is on record: place, standing, waits, heard
--   then one for each who is handed something or must be looked at closely, which has no standing
-- A contact that is noted holds the device's lock, and whose was not noted is not heard: nobody is waited for here. Only a hand-over
-- waits for the disk.
create function gh.apple_polls(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], polls boolean[], times bigint[], careful text[]
) returns table (place integer, standing json, waits boolean, heard boolean, closer boolean, commands jsonb)
language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  durable text := current_setting('synchronous_commit');
  asks jsonb := '[]';
begin
  for place, standing, waits, heard in
    select a.place - 1, a.standing, a.waits, a.heard
    from gh.apple_arrivals(fingerprints, devices, channels, keys, polls, times) a
  loop
    if waits and heard and polls[place + 1] then
      asks := asks || jsonb_build_object('place', place, 'device', devices[place + 1], 'channel', channels[place + 1], 'at',
        timestamptz 'epoch' + times[place + 1] * interval '1 millisecond', 'most', 1, 'fresh', false, 'anew', true, 'answers', false);
    end if;
    return next;
  end loop;
  if asks <> '[]' then
    durable := set_config('synchronous_commit', durable, true);
    return query
      select x.place, null::json, null::boolean, null::boolean, x.closer, x.commands
      from gh.exchange_under_locks(gh.org(), asks, '[]', careful) x where x.place is not null;
  end if;
end $$;

-- An entry less with each call: for whom somebody is to be called is asked organization by organization.
drop index apple_wakes_next;
