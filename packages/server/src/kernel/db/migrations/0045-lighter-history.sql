-- A change of a policy writes history for a whole fleet. Each row was held against its device and entered into three indexes; one for
-- both its orders is enough, and no device can go while somebody who evaluates it holds its contact.
alter table posture_changes drop constraint posture_changes_organization_id_device_id_fkey;
create function gh.forget_posture_changes() returns trigger language plpgsql as $$
begin
  delete from gh.posture_changes where organization_id = old.organization_id and device_id = old.device_id;
  return null;
end $$;
create trigger forget_posture_changes after delete on devices for each row execute function gh.forget_posture_changes();

drop index posture_changes_device;
drop index posture_changes_time;
create index posture_changes_time on posture_changes (organization_id, device_id, changed_at desc, change_id desc);
