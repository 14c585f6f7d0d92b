-- What is remembered of a decision says why the device was barred then: {cause, reason}; null: it was not.
alter table posture_changes add column bar jsonb;
