-- Check-ins that bring nothing new, as many as arrive at once: one statement, one commit.

drop function gh.note_quiet_contact(uuid, timestamptz, bigint, integer, text);

-- Returns the devices whose check-in counted. A row that somebody else is changing is left out instead of being waited for: a
-- device that is looked at closely at this moment must not hold up all others, and two statements cannot wait for each other.
-- Each device is looked up by itself, and its row then changed by its place, so that no plan made for a small fleet reads a
-- large one; arrays are read through a sub-query, because their length would otherwise be a reason to plan each call anew.
create function gh.note_quiet_contacts(
  devices uuid[], times bigint[], counters bigint[], skews integer[], policies text[]
) returns setof uuid language plpgsql as $$
begin
  return query
  with free as materialized (
    select k.* from unnest((select devices), (select times), (select counters), (select skews), (select policies))
      as asked (device, at, counter, skew, policy)
    cross join lateral (
      select asked.*, c.ctid as place from gh.device_contacts c
      where c.organization_id = gh.org() and c.device_id = asked.device and c.report_counter < asked.counter
      for no key update skip locked
    ) k
  )
  update gh.device_contacts c set
    last_check_in_at = greatest(c.last_check_in_at, timestamptz 'epoch' + free.at * interval '1 millisecond'),
    report_counter = free.counter, clock_skew_seconds = free.skew, acknowledged_policy_version = free.policy
  from free where c.organization_id = gh.org() and c.ctid = free.place
  returning c.device_id;
end $$;

-- Each request of a device is let in by its certificate's fingerprint. Beside the unique index, because a hash index costs less
-- by every estimate: with statistics from before a mass enrolment, PostgreSQL held all indexes of the table for equally good.
create index certificates_by_fingerprint on certificates using hash (fingerprint);
