-- Who said yes stays known when somebody stops the rest of a batch afterwards: until now the later decision took its place.
alter table approval_requests add column approved_by text, add column approved_at timestamptz;
update approval_requests set approved_by = decided_by, approved_at = decided_at where state in ('canary', 'done');
