// What the gates of the network have been told of one device. `$1` is always the organization.
import type { NetworkDecision } from '@gatehouse/core/network-access/reply-rules.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface TellingRow {
  readonly kind: 'session' | 'ise';
  readonly name: string;
  readonly told_at: Date | null;
  readonly waiting: boolean;
  readonly problem: string | null;
}

const selectTellings = sql(
  'network-tellings-of-device',
  `with mine as (
     select s.session_id from device_identifiers i join nac_sessions s on s.organization_id = $1 and s.guid = i.value
     where i.organization_id = $1 and i.device_id = $2 and i.kind = 'guid'
     union
     select s.session_id from device_identifiers i
     join nac_sessions s on s.organization_id = $1 and s.mac = i.value and s.guid is null
     where i.organization_id = $1 and i.device_id = $2 and i.kind = 'mac'
   )
   (select 'session' as kind, n.name, s.told_at, s.due_at is not null as waiting, n.problem
    from mine m join nac_sessions s on s.organization_id = $1 and s.session_id = m.session_id
    join nas_clients n on n.organization_id = $1 and n.nas_id = s.nas_id
    where s.expires_at > $3 order by n.name, s.session_id limit 20)
   union all
   (select 'ise', e.name, max(t.told_at), bool_or(t.due_at is not null), e.problem
    from device_identifiers i
    join ise_tellings t on t.organization_id = $1 and t.mac = i.value and t.device_id = $2
    join ise_servers e on e.organization_id = $1 and e.ise_id = t.ise_id
    where i.organization_id = $1 and i.device_id = $2 and i.kind = 'mac' and e.enabled
    group by e.ise_id, e.name, e.problem order by e.name limit 20)`,
);

/** Its sessions at network devices, and its addresses at each ISE. */
export function tellingsOfDevice(tx: TenantTx, deviceId: string, now: Date): Promise<TellingRow[]> {
  return tx.query(selectTellings, [tx.organizationId, deviceId, now]);
}

export interface AnswerRow {
  readonly decision: NetworkDecision;
  readonly rule: string | null;
  readonly answered_at: Date;
}

const selectAnswer = sql(
  'network-last-answer-of-device',
  `select a.decision, a.rule, a.answered_at from device_identifiers i
   join nac_admissions a on a.organization_id = $1 and a.station = i.value
   where i.organization_id = $1 and i.device_id = $2 and i.kind in ('mac', 'guid')
   order by a.answered_at desc limit 1`,
);

/** What a RADIUS server was last answered about it. */
export function findLastAnswer(tx: TenantTx, deviceId: string): Promise<AnswerRow | undefined> {
  return tx.one(selectAnswer, [tx.organizationId, deviceId]);
}
