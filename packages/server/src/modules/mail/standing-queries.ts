// Everything that decides on one request for mail, in one statement for all requests of a moment: the person behind the log-in, the
// mail device, its wipe and policy key, the enrolled device that it is with the stored decision, and the mail server.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { Evaluation } from '@gatehouse/core/compliance/verdict.ts';
import type { BarCause } from '@gatehouse/core/devices/device.ts';
import type {
  MailDeviceState,
  MailWipeKind,
  PolicyOutcome,
  StrangerTreatment,
} from '@gatehouse/core/mail/mail-device.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';

/**
 * A short name may be the left part of an address in one of the organization's domains, the first of these that has such a user
 * (ENR-14). Each question is looked up by itself, over indexes, and comes as one JSON array. Keys that are put together are made
 * behind a fence (`offset 0`): under row-level security no index is searched by an expression that is not leakproof.
 */
export const selectMailStandings = tenantStatement(
  'mail-select-standings',
  `select asked.place::int, s.standing
   from unnest((select $2::text[]), (select $3::bytea[])) with ordinality as asked (login, device_key, place)
   cross join lateral (
     select json_build_array(
       case when u.user_id is not null then json_build_array(u.user_id, u.email, u.display_name, u.language, u.state,
         date_part('epoch', c.changed_at)) end,
       case when m.mail_device_id is not null then json_build_array(m.mail_device_id, m.state, date_part('epoch', m.first_seen_at),
         m.policy_key, m.policy_version, date_part('epoch', m.policy_acknowledged_at), m.policy_outcome,
         m.wiped_at is not null, w.wipe_id, w.kind) end,
       case when m.mail_device_id is null then (select count(*) from mail_devices n
         where n.organization_id = t.org and n.account_key = k.account_key) end,
       case when l.device_id is not null then json_build_array(l.device_id, l.access_mail, l.registered, l.blocked,
         case when l.access_mail <> 'allow' then l.evaluation end, l.policy_version, l.barred) end,
       case when o.strangers is not null then json_build_array(o.strangers, date_part('epoch', o.enrol_by), o.without_policy,
         o.refresh_policy_hours, o.maximum_devices) end,
       p.policy_version, v.server_id, v.version) as standing
     from (select 1) as one
     left join mail_settings o on o.organization_id = t.org
     left join lateral (
       select f.* from (
         select u.user_id, u.email, u.email_key, u.display_name, u.language, u.state, 0 as place from users u
         where u.organization_id = t.org and u.email_key = asked.login
         union all
         select u.user_id, u.email, u.email_key, u.display_name, u.language, u.state, 1 from users u
         where u.organization_id = t.org and u.user_name_key = asked.login
         union all
         select u.user_id, u.email, u.email_key, u.display_name, u.language, u.state, 1 + d.place from organizations g
         cross join lateral (
           select asked.login || '@' || e.name as address, e.place from jsonb_array_elements_text(
             case when strpos(asked.login, '@') = 0 then g.settings -> 'mailDomains' end) with ordinality as e (name, place)
           offset 0) d
         join users u on u.organization_id = t.org and u.email_key = d.address
         where g.organization_id = t.org
       ) f order by f.place limit 1) u on true
     cross join lateral (
       select coalesce('user:' || u.user_id::text, 'login:' || asked.login) as account_key, u.user_id::text as user_key,
         split_part(coalesce(u.email_key, asked.login), '@', 2) as domain
       offset 0) k
     left join user_credentials c on c.organization_id = t.org and c.user_id = u.user_id
     left join mail_devices m on m.organization_id = t.org and m.device_key = asked.device_key
       and m.account_key = k.account_key
     left join mail_device_wipes w on w.organization_id = t.org and w.mail_device_id = m.mail_device_id
       and w.state in ('ordered', 'fetched')
     left join lateral (
       select d.device_id, p.access_mail, p.registered, d.state = 'blocked' or d.barred_at is not null as blocked,
         case when d.state <> 'blocked' and d.barred_at is not null then coalesce(d.barred_cause, 'order') end as barred, p.evaluation,
         p.policy_version
       from devices d join device_posture p on p.organization_id = t.org and p.device_id = d.device_id
       where d.organization_id = t.org and d.device_id = m.device_id
         and (m.linked_by = 'administrator' or d.user_id = m.user_id)
       offset 0) l on true
     left join mail_policies p on p.organization_id = t.org and p.format = 1 and p.source_version = case
       when l.device_id is not null then l.policy_version
       when m.policy_epoch = coalesce(o.policy_epoch, 1) then m.policy_source end
     left join lateral (
       select s.server_id, s.version from (
         select a.server_id, a.priority, 0 as rank from mail_server_assignments a
         where a.organization_id = t.org and a.target_kind = 'user' and a.target = k.user_key
         union all
         select a.server_id, a.priority, 1 from (
           select g.group_id::text as target from group_members g where g.organization_id = t.org and g.user_id = u.user_id offset 0) g
         join mail_server_assignments a on a.organization_id = t.org and a.target_kind = 'group' and a.target = g.target
         union all
         select a.server_id, a.priority, 2 from mail_server_assignments a
         where a.organization_id = t.org and a.target_kind = 'domain'
           and a.target = k.domain
         union all
         select a.server_id, a.priority, 3 from mail_server_assignments a
         where a.organization_id = t.org and a.target_kind = 'organization' and a.target = ''
       ) a join mail_servers s on s.organization_id = t.org and s.server_id = a.server_id and s.enabled
       order by a.rank, a.priority desc, s.name limit 1) v on true
     offset 0
   ) s`,
);

type Seconds = number;

export type StandingColumns = readonly [
  user:
    | readonly [
        userId: string,
        email: string,
        displayName: string,
        language: string | null,
        state: 'active' | 'disabled',
        passwordSetAt: Seconds | null,
      ]
    | null,
  mailDevice:
    | readonly [
        mailDeviceId: string,
        state: MailDeviceState,
        firstSeenAt: Seconds,
        policyKey: number | null,
        policyVersion: string | null,
        acknowledgedAt: Seconds | null,
        outcome: PolicyOutcome | null,
        wiped: boolean,
        wipeId: string | null,
        wipeKind: MailWipeKind | null,
      ]
    | null,
  mailDeviceCount: number | null,
  link:
    | readonly [
        deviceId: string,
        access: Access,
        registered: boolean,
        blocked: boolean,
        evaluation: Evaluation | null,
        /** Of all that applies to the device, as it was last evaluated. */
        policyVersion: string,
        barred: BarCause | null,
      ]
    | null,
  settings:
    | readonly [
        strangers: StrangerTreatment,
        enrolBy: Seconds | null,
        withoutPolicy: 'allow' | 'block',
        refreshPolicyHours: number | null,
        maximumDevices: number,
      ]
    | null,
  policyVersion: string | null,
  serverId: string | null,
  serverVersion: number | null,
];
