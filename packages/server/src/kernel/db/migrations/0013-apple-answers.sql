-- What an Apple device says of a command, at the door and in the queue with one statement: who comes, as gh.apple_arrivals has it,
-- and of those who may speak the answer and the next command, as gh.exchange_commands has it. `asks` and `answers` stand in the
-- order in which everybody takes locks, as the arrays do, each device once; their `place` counts from nought.
--   first one row for each who is on record: place, standing, waits, heard
--   then the rows of the exchange, which have no standing
-- Whoever was not heard took no part in the exchange, and is looked at closely by the caller.
-- The locks come first and in order, because what is noted at the door is held as well: whoever waited only then could keep others
-- from a row for which they wait in order.
create function gh.apple_answers(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], times bigint[], asks jsonb, answers jsonb, careful text[]
) returns table (place integer, standing json, waits boolean, heard boolean, refused boolean, state text, step integer,
  closer boolean, commands jsonb) language plpgsql as $$
#variable_conflict use_column
declare
  -- The door does not wait for the disk; a recorded answer does.
  durable constant text := current_setting('synchronous_commit');
  listening integer[] := '{}';
  taken jsonb := asks;
  given jsonb := answers;
begin
  perform 1 from unnest((select devices)) as o (device)
    cross join lateral (
      select 1 from gh.device_contacts k where k.organization_id = gh.org() and k.device_id = o.device for update
    ) locked;

  for place, standing, waits, heard in
    select a.place - 1, a.standing, a.waits, a.heard
    from gh.apple_arrivals(fingerprints, devices, channels, keys, array_fill(false, array[cardinality(devices)]), times) a
  loop
    if heard then
      listening := listening || place;
    end if;
    return next;
  end loop;
  if listening = '{}' then
    return;
  end if;
  perform set_config('synchronous_commit', durable, true);

  if cardinality(listening) < cardinality(devices) then
    select coalesce(jsonb_agg(o.ask order by o.n), '[]') into taken
      from jsonb_array_elements(asks) with ordinality as o (ask, n) where (o.ask ->> 'place')::integer = any (listening);
    select coalesce(jsonb_agg(o.answer order by o.n), '[]') into given
      from jsonb_array_elements(answers) with ordinality as o (answer, n) where (o.answer ->> 'place')::integer = any (listening);
  end if;
  return query
    select x.place, null::json, null::boolean, null::boolean, x.refused, x.state, x.step, x.closer, x.commands
    from gh.exchange_commands(taken, given, careful) x;
end $$;
