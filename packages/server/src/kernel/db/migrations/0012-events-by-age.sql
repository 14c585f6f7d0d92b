-- Events are looked for by their age once a day, when the old ones go. They lie in the table in the order of their age, so a few
-- bytes for each stretch of it say where to look; an entry for each event costs every change of state.

drop index events_time;
create index events_by_age on events using brin (created_at);
