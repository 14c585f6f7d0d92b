-- The decision for a station as a table of one row: as such it becomes part of the statement that asks for many stations, while
-- a function that gives a value is planned and begun anew for each of them. And it says `case`, because under row-level security
-- a `coalesce` of columns is held back until every identifier of the organization has been read.

create function network_decisions(certificate text, address text) returns table (decision text) language sql stable as $$
  select coalesce((array['allow', 'quarantine', 'deny'])[max(case p.access_network when 'allow' then 1 when 'quarantine' then 2 else 3 end)],
    'unknown')
  from gh.device_identifiers i
  join gh.device_posture p on p.organization_id = gh.org() and p.device_id = i.device_id and p.registered
  where i.organization_id = gh.org() and i.kind = case when certificate is null then 'mac' else 'guid' end
    and i.value = case when certificate is null then address else certificate end
$$;
drop function network_decision(text, text);
