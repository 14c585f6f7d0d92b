-- Hardware that is shut out stays out whatever has become of the device it was known by: an Apple device that says who it is, is
-- refused like one that an administrator has blocked. A device that is under management still renews its identity: its wipe may
-- have to reach it yet.

create or replace function gh.apple_introduce(asks jsonb) returns table (device uuid, done boolean)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  org constant uuid := gh.org();
begin
  return query
  with asked as materialized (
    select o.*, exists (
        select 1 from (values ('udid', o.claimed_udid), ('serial', o.claimed_serial)) claimed (kind, value)
        cross join lateral (
          select k.device_id from gh.device_identifiers k
          where k.organization_id = org and k.kind = claimed.kind and k.value = claimed.value offset 0
        ) i
        cross join lateral (
          select d.state from gh.devices d where d.organization_id = org and d.device_id = i.device_id offset 0
        ) d
        where d.state = 'blocked'
      ) or exists (
        select 1 from (values ('udid', o.claimed_udid), ('serial', o.claimed_serial)) claimed (kind, value)
        cross join lateral (
          select b.block_id from gh.hardware_blocks b
          where b.organization_id = org and b.kind = claimed.kind and b.value = claimed.value offset 0
        ) b
        where not exists (
          select 1 from gh.devices d where d.organization_id = org and d.device_id = o.device and d.state in ('registered', 'wiping')
        )
      ) as shut_out
    from jsonb_to_recordset(asks) as o (device uuid, id uuid, kind text, enrollment text, udid text, ref text, topic text,
      product text, version text, said jsonb, certificate text, at timestamptz, claimed_udid text, claimed_serial text)
  ), introduced as (
    insert into gh.apple_channels as c (organization_id, device_id, channel_id, kind, enrollment_kind, udid, enrollment_ref, topic,
      product, os_version, introduction, certificate, authenticated_at)
    select org, a.device, a.id, a.kind, a.enrollment, a.udid, a.ref, a.topic, a.product, a.version, a.said,
      decode(a.certificate, 'hex'), a.at
    from asked a where not a.shut_out
    on conflict (organization_id, device_id, channel) do update set introduction = excluded.introduction,
      product = excluded.product, os_version = excluded.os_version, topic = excluded.topic, certificate = excluded.certificate,
      authenticated_at = excluded.authenticated_at, udid = excluded.udid, enrollment_ref = excluded.enrollment_ref,
      kind = excluded.kind, enrollment_kind = excluded.enrollment_kind
  )
  select a.device, not a.shut_out from asked a;
end $$;
