-- The exchange of all devices that come in the same moment, worked off step by step for all of them instead of device by device:
-- what a statement costs beside its rows is paid once.

-- Of each device its answer, if any, and its next hand-over; under the devices' locks, as everything that happens to a device.
-- `asks` names each device once, in the order in which everybody takes locks: { place, device, channel, at, most, fresh, anew };
-- `answers` are those of them that answer: { place, device, channel, at, command, name, step, state, result, entry, hash, event,
-- payload }. What needs more than this knows (an answer that does not meet its command handed over and waiting for it, a hand-over
-- that must be looked at closely) is left as it is, and told:
--   refused  nothing was changed for this device; state and step tell where its command stands, null when it has none
--   closer   the answer, if any, is recorded; the hand-over is left to the caller
-- Of a device that is handed nothing there is nothing to tell: a last row, which names no place, counts the answers recorded.
-- A command is looked up by its key or by its place among the open ones of its device, and then changed by the place of its row,
-- so that no plan made for a small fleet reads a large one. Each step reads what those before it have written.
create function gh.exchange_commands(asks jsonb, answers jsonb, careful text[])
returns table (place integer, refused boolean, state text, step integer, closer boolean, commands jsonb)
language plpgsql as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
  done integer[] := '{}';
begin
  perform 1 from jsonb_to_recordset(asks) as o (device uuid)
    cross join lateral (
      select 1 from gh.device_contacts k where k.organization_id = org and k.device_id = o.device for update
    ) locked;

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
