-- Why a device is barred: one whose last certificate was revoked comes in again by enrolling, any other by an administrator's word.
alter table devices add column barred_cause text check (barred_cause in ('order', 'certificate'));
update devices set barred_cause = 'order' where barred_at is not null;
