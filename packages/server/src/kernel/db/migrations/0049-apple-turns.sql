-- Polls and answers of one moment come in together: what a statement costs before its first row is the larger part of it, and a device
-- that polls is the next to answer. As gh.apple_answers, which it replaces, for those who answer; who polls waits for nobody, as in
-- gh.apple_polls: where another transaction holds the lock, nothing is noted and `heard` is false.
create function gh.apple_turns(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], polls boolean[], times bigint[], asks jsonb, answers jsonb,
  careful text[]
) returns table (place integer, standing json, waits boolean, heard boolean, refused boolean, state text, step integer,
  closer boolean, commands jsonb) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
  known record;
  free integer[];
  listening integer[] := '{}';
  late integer[] := '{}';
  taken jsonb := asks;
  given jsonb := answers;
begin
  -- Whoever is waited for is waited for first: nobody waits then who holds what is out of the order.
  perform 1 from unnest((select devices), (select polls)) as o (device, poll)
    cross join lateral (
      select 1 from gh.device_contacts k where k.organization_id = org and k.device_id = o.device for update
    ) locked
    where not o.poll;
  if true = any (polls) then
    select array_agg(o.place) into free from unnest((select devices), (select polls)) with ordinality as o (device, poll, place)
      cross join lateral (
        select 1 from gh.device_contacts k where k.organization_id = org and k.device_id = o.device for no key update skip locked
      ) locked
      where o.poll;
  end if;

  for known in select s.place, s.standing, s.alive, s.recent
    from gh.apple_standings(org, fingerprints, devices, channels, keys, times, true, false) s
  loop
    place := known.place - 1;
    standing := known.standing;
    waits := false;
    heard := known.alive and (not polls[known.place] or coalesce(known.place = any (free), false));
    return next;
    if heard then
      listening := listening || place;
      if polls[known.place] or not known.recent then
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
    if '' <> any (channels) then
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
drop function gh.apple_answers;
