-- The language in which an administrator is written to; null: not said, and so English.
alter table administrators add column language text
  check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' and length(language) <= 35);
