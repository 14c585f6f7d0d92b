-- The entrance of new Apple devices, with less around each of them: who comes is asked as gh.apple_answers asks it, because those who
-- are new have no contact to be noted; what may be written is passed on as it came, and not put together anew; and whose it was is
-- told by the place of the device, and not by reading everything once more.
create or replace function gh.apple_enter(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], times bigint[], introductions jsonb, tokens jsonb
) returns table (place integer, standing json, waits boolean, heard boolean) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
  durable constant text := current_setting('synchronous_commit');
  known record;
  channel json;
  is_new boolean[] := '{}';
  ids text[] := '{}';
  is_late boolean := false;
  given jsonb;
begin
  for known in
    select s.place, s.standing, s.alive, s.recent
    from gh.apple_standings(gh.org(), fingerprints, devices, channels, keys, times, true, false) s
  loop
    place := known.place - 1;
    standing := known.standing;
    waits := false;
    heard := known.alive and known.recent;
    is_late := is_late or known.alive and not known.recent;
    channel := standing -> 7;
    if not (standing ->> 1)::boolean and standing ->> 4 in ('pending', 'registered') then
      if json_typeof(channel) = 'null' then
        is_new[place] := true;
      elsif standing ->> 4 = 'pending' and not (channel ->> 10)::boolean
        and coalesce(channel ->> 4, channel ->> 3) = keys[place + 1] then
        ids[place] := channel ->> 0;
      end if;
    end if;
    return next;
  end loop;

  given := introductions;
  for n in reverse jsonb_array_length(given) - 1 .. 0 loop
    if is_new[(given -> n -> 'place')::integer] is not true then
      given := given - n;
    end if;
  end loop;
  if given <> '[]' then
    return query
      select array_position(devices, i.device) - 1, null::json, null::boolean, null::boolean
      from gh.apple_introduce(given) i where i.done;
  end if;
  given := tokens;
  for n in reverse jsonb_array_length(given) - 1 .. 0 loop
    if ids[(given -> n -> 'place')::integer] is distinct from given -> n ->> 'id' then
      given := given - n;
    end if;
  end loop;
  if given <> '[]' then
    return query
      select array_position(devices, k.device) - 1, null::json, null::boolean, null::boolean
      from gh.apple_keep_tokens(given) k where k.done;
  end if;

  -- Somebody is not new: that contact is noted as it is for everybody else.
  if is_late then
    perform 1 from gh.apple_arrivals(fingerprints, devices, channels, keys, array_fill(false, array[cardinality(devices)]), times);
    perform set_config('synchronous_commit', durable, true);
  end if;
end $$;
