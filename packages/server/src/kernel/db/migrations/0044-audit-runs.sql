-- What links the entries of the audit record stands beside them, of many entries in one row: an entry is written once and never touched
-- again, where every one of its indexes had to be written a second time to give it its number.

-- Where the chain of an organization stands.
create table audit_chains (
  organization_id uuid not null,
  seq bigint not null, -- of the last link
  hash bytea not null,
  -- every entry of a transaction before this one is linked; of the later ones those in runs that end at `later_seq` or behind it
  linked_before bigint not null,
  later_seq bigint not null,
  primary key (organization_id)
);

create table audit_runs (
  organization_id uuid not null,
  first_seq bigint not null,
  last_seq bigint not null,
  entry_ids bigint[] not null, -- in the order of the chain
  hashes bytea not null, -- 32 bytes each, in the same order
  least_entry bigint not null,
  greatest_entry bigint not null,
  last_transaction bigint not null,
  primary key (organization_id, last_seq)
);
-- Hashes cannot be compressed, and what is stored as it is can be read in parts.
alter table audit_runs alter column entry_ids set storage external, alter column hashes set storage external;
create index audit_runs_entry on audit_runs (organization_id, greatest_entry);

alter table audit_entries no force row level security;
insert into audit_runs
select organization_id, min(seq), max(seq), array_agg(entry_id order by seq), string_agg(hash, '' order by seq), min(entry_id),
  max(entry_id), 0
from audit_entries where seq is not null
group by organization_id, (seq - 1) / 1000;
insert into audit_chains
select distinct on (organization_id) organization_id, seq, hash, 1, seq + 1
from audit_entries where seq is not null order by organization_id, seq desc;

-- Entries are linked in the order of transactions, each as soon as it can be seen.
alter table audit_entries add column transaction bigint not null default 0;
update audit_entries set transaction = 1 where seq is null;
alter table audit_entries alter column transaction set default pg_current_xact_id()::text::bigint;
drop index audit_entries_seq;
drop index audit_entries_unsealed;
alter table audit_entries drop column seq, drop column prev_hash, drop column hash;
create index audit_entries_order on audit_entries (organization_id, transaction, entry_id);
