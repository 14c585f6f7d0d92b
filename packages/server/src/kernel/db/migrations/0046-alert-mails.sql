-- Which kinds of alerts an administrator gets by mail, and when: a kind that is not named goes out at once.
-- alert_digest_no: up to which alert the last daily mail told.
alter table administrators
  add column alert_mails jsonb not null default '{}' check (jsonb_typeof(alert_mails) = 'object'),
  add column alert_digest_no bigint not null default 0;
