-- Apple devices: with whom the server speaks, on which channel, and what must be kept to be able to.

-- A device has a channel of its own ('') and one for each of its users that may be managed.
create table apple_channels (
  organization_id uuid not null,
  device_id uuid not null,
  channel text not null default '',
  channel_id uuid not null, -- names the row for what is sealed in it
  kind text not null check (kind in ('device', 'user', 'shared-ipad-user', 'user-enrolment', 'user-enrolment-user')),
  -- how the device came under management: by a person, by Setup Assistant, or in user enrolment
  enrollment_kind text not null default 'device' check (enrollment_kind in ('device', 'automated', 'user')),
  -- what the device calls itself in each message: a UDID, or in user enrolment what that enrolment gave it
  udid text,
  enrollment_ref text,
  user_id text,
  user_short_name text,
  user_long_name text,
  -- ---- push
  topic text,
  push_magic bytea, -- sealed
  push_token bytea,
  push_token_at timestamptz,
  push_dead_at timestamptz, -- since when the push service says that the token leads nowhere
  -- ---- escrow
  unlock_token bytea, -- sealed
  bootstrap_token bytea, -- sealed
  bootstrap_token_at timestamptz,
  -- ---- what it is, as it last said; the inventory keeps it up to date
  product text,
  os_version text,
  supervised boolean not null default false,
  shared_ipad boolean not null default false,
  awaiting_configuration boolean not null default false,
  declarative_at timestamptz, -- since when it speaks declarative management
  -- ---- the enrolment
  introduction jsonb, -- what Authenticate said; its facts are recorded when the device registers
  certificate bytea, -- SHA-256 of the one that the enrolment was made with
  authenticated_at timestamptz,
  enrolled_at timestamptz, -- the TokenUpdate that followed; null: it must not be given anything
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz, -- of users' channels; the device's own is in device_contacts
  primary key (organization_id, device_id, channel),
  foreign key (organization_id, device_id) references devices (organization_id, device_id) on delete cascade
) with (fillfactor = 80);
create unique index apple_channels_id on apple_channels (organization_id, channel_id);
create index apple_channels_udid on apple_channels (organization_id, udid) where channel = '' and udid is not null;
-- For the scheduled look: whose token is dead and who keeps silent.
create index apple_channels_dead on apple_channels (push_dead_at) where push_dead_at is not null and channel = '';

-- What must be known at the door for each request of an Apple device: whether its certificate holds at this moment, where the
-- device stands, who it is on the channel it speaks for, and whether anything waits there. As many as arrive at once, in one
-- statement; see gather.ts for why, and gh.note_quiet_contacts for how the rows are reached.
-- `heard`: the contact is written. That is so for every request of a device that is under management and known under the name
-- it gives, save one whose long silence may be what a policy objects to: being heard again then changes what it may do, and is
-- looked at closely, as is one whose row somebody else is changing. Within a conversation, after the poll that began it, it is
-- written once a minute. `waits`: a command is open on the channel.
-- Tables are small when a server is new, and a plan is kept: without the setting it would read them whole when they no longer are.
-- What is lost of this with the machine's power is when a device was last heard, so nobody waits for the disk.
create function gh.apple_arrivals(
  fingerprints bytea[], devices uuid[], channels text[], keys text[], polls boolean[], times bigint[]
) returns table (place integer, standing json, waits boolean, heard boolean) language plpgsql set enable_seqscan = off as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  return query
  with found as materialized (
    select asked.place, asked.device, asked.channel, asked.at, s.standing, s.waits, s.alive,
      s.alive and (asked.poll or not s.recent) as due
    from unnest((select fingerprints), (select devices), (select channels), (select keys), (select polls),
      (select times)) with ordinality as asked (fingerprint, device, channel, key, poll, at, place)
    cross join lateral (
      select json_build_array(c.first_used_at is not null, c.revoked_at is not null, c.revocation_reason, encode(c.serial, 'hex'),
          d.state, d.platform, p.compliant,
          case when m.device_id is not null then json_build_array(m.channel_id, m.kind, m.enrollment_kind, m.udid,
            m.enrollment_ref, m.product, m.os_version, m.supervised, m.shared_ipad, encode(m.certificate, 'hex'),
            m.enrolled_at is not null, m.awaiting_configuration,
            (extract(epoch from m.declarative_at) * 1000)::bigint) end,
          case when o.device_id is not null and asked.channel <> '' then json_build_array(o.channel_id, o.kind,
            o.enrolled_at is not null, o.awaiting_configuration,
            (extract(epoch from o.declarative_at) * 1000)::bigint) end) as standing,
        exists (select 1 from gh.commands w where w.organization_id = gh.org() and w.device_id = asked.device
          and w.channel = asked.channel and w.finished_at is null) as waits,
        c.first_used_at is not null and c.revoked_at is null and d.state = 'registered'
          and coalesce(m.enrollment_ref, m.udid) = asked.key and o.enrolled_at is not null
          and (p.compliant or k.last_check_in_at > timestamptz 'epoch' + (asked.at - 3600000) * interval '1 millisecond')
          as alive,
        coalesce(k.last_check_in_at > timestamptz 'epoch' + (asked.at - 60000) * interval '1 millisecond', false) as recent
      from gh.certificates c
      join gh.devices d on d.organization_id = gh.org() and d.device_id = c.device_id
      join gh.device_contacts k on k.organization_id = gh.org() and k.device_id = c.device_id
      join gh.device_posture p on p.organization_id = gh.org() and p.device_id = c.device_id
      left join gh.apple_channels m on m.organization_id = gh.org() and m.device_id = c.device_id and m.channel = ''
      left join gh.apple_channels o on o.organization_id = gh.org() and o.device_id = c.device_id and o.channel = asked.channel
      where c.organization_id = gh.org() and c.fingerprint = asked.fingerprint and c.device_id = asked.device
      offset 0
    ) s
  ), free as materialized (
    select found.at, k.spot from found
    cross join lateral (
      select c.ctid as spot from gh.device_contacts c where c.organization_id = gh.org() and c.device_id = found.device
      for no key update skip locked
    ) k
    where found.due
  ), noted as (
    update gh.device_contacts c
    set last_check_in_at = greatest(c.last_check_in_at, timestamptz 'epoch' + free.at * interval '1 millisecond')
    from free where c.organization_id = gh.org() and c.ctid = free.spot
    returning c.device_id
  ), users_noted as (
    update gh.apple_channels o set last_seen_at = timestamptz 'epoch' + found.at * interval '1 millisecond'
    from found where found.due and found.channel <> '' and o.organization_id = gh.org() and o.device_id = found.device
      and o.channel = found.channel
  )
  select found.place::integer, found.standing, found.waits, found.alive and (not found.due or noted.device_id is not null)
  from found left join noted on noted.device_id = found.device;
end $$;

-- A device says who it is, with what must follow: false when its hardware is that of a device which an administrator has blocked,
-- for whoever was shut out stays out under any new name.
create function gh.apple_introduce(
  device uuid, new_id uuid, said_kind text, said_enrollment text, said_udid text, said_ref text, said_topic text, said_product text,
  said_version text, said jsonb, fingerprint text, at timestamptz, claimed_udid text, claimed_serial text
) returns boolean language plpgsql set enable_seqscan = off as $$
begin
  if exists (
    select 1 from gh.device_identifiers i join gh.devices d on d.organization_id = gh.org() and d.device_id = i.device_id
    where i.organization_id = gh.org() and i.kind = 'udid' and i.value = claimed_udid and d.state = 'blocked'
    union all
    select 1 from gh.device_identifiers i join gh.devices d on d.organization_id = gh.org() and d.device_id = i.device_id
    where i.organization_id = gh.org() and i.kind = 'serial' and i.value = claimed_serial and d.state = 'blocked'
  ) then
    return false;
  end if;
  insert into gh.apple_channels as c (organization_id, device_id, channel_id, kind, enrollment_kind, udid, enrollment_ref, topic,
    product, os_version, introduction, certificate, authenticated_at)
  values (gh.org(), device, new_id, said_kind, said_enrollment, said_udid, said_ref, said_topic, said_product, said_version, said,
    decode(fingerprint, 'hex'), at)
  on conflict (organization_id, device_id, channel) do update set introduction = excluded.introduction,
    product = excluded.product, os_version = excluded.os_version, topic = excluded.topic, certificate = excluded.certificate,
    authenticated_at = excluded.authenticated_at, udid = excluded.udid, enrollment_ref = excluded.enrollment_ref,
    kind = excluded.kind, enrollment_kind = excluded.enrollment_kind;
  return true;
end $$;

-- Where a channel can be reached by push, with audit entry and event when that makes it ready. Null when what is sealed was sealed
-- under a data key that is not the current one any more: then it must be sealed anew.
create function gh.apple_keep_tokens(
  device uuid, on_channel text, key_version integer, at timestamptz, new_topic text, magic text, token text, unlock text,
  awaiting boolean, entry jsonb, entry_hash text, event_name text, event_payload jsonb
) returns boolean language plpgsql set enable_seqscan = off as $$
begin
  perform 1 from gh.data_keys
  where organization_id = gh.org() and class = 'escrow' and version = key_version and state = 'active' for share;
  if not found then
    return null;
  end if;
  update gh.apple_channels set topic = new_topic, push_magic = decode(magic, 'hex'), push_token = decode(token, 'hex'),
    push_token_at = at, push_dead_at = null, unlock_token = coalesce(decode(unlock, 'hex'), unlock_token),
    awaiting_configuration = coalesce(awaiting, awaiting_configuration), enrolled_at = coalesce(enrolled_at, at)
  where organization_id = gh.org() and device_id = device and channel = on_channel;
  if not found then
    return false;
  end if;
  if entry is not null then
    insert into gh.audit_entries (organization_id, content, content_hash) values (gh.org(), entry, decode(entry_hash, 'hex'));
    insert into gh.events (organization_id, name, subject_id, payload) values (gh.org(), event_name, device, event_payload);
  end if;
  return true;
end $$;
