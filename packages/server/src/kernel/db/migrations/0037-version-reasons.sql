-- Why a version of a suite or a resource was made, in the words of whoever made it.
alter table policy_versions add column reason text not null default '';
alter table resource_versions add column reason text not null default '';
