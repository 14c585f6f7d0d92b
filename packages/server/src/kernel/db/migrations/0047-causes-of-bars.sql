-- What was barred before bars had causes was barred by order; an earlier migration said so without reaching the rows.
update devices set barred_cause = 'order' where barred_at is not null and barred_cause is null;
