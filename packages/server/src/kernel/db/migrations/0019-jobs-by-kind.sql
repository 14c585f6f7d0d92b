-- Due jobs are found by kind, so that a batch of one kind is taken at once and a heap of one kind does not hold up another.

drop index jobs_due;
create index jobs_due on jobs (organization_id, kind, run_at, job_id) where state = 'ready';

-- Who wants to hear of an event that most organizations have nobody for: a stream, a webhook, a device of the network. The
-- jobs of such a reaction are added only where somebody stands here.
create table job_receivers (
  organization_id uuid not null,
  kind text not null,
  receiver text not null,
  primary key (organization_id, kind, receiver)
);
