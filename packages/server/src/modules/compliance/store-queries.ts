// Statements that store what evaluations of many devices came to: the row that all gates read and, where it is worth remembering, the
// same in the history. Both in one statement, so that an evaluation is sent and taken apart once.
import type { Standing } from '@gatehouse/core/compliance/standing.ts';
import { writeEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { Evaluation } from '@gatehouse/core/compliance/verdict.ts';
import type { Bar } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { DecisionColumns, StatedColumns } from './queries.ts';

/** What becomes of a posture. */
export interface DecisionNews extends DecisionColumns {
  readonly device_id: string;
  readonly evaluation: Evaluation;
  readonly evaluated_at: Date;
  readonly next_change_at: Date | null;
  readonly standing: Standing;
  readonly failing: readonly string[];
  readonly blocked: boolean;
  readonly bar: Bar | null;
  readonly remembered: boolean;
}

const decisionTypes = `device_id uuid, registered boolean, compliant boolean, access_network text, access_mail text,
       access_vpn text, access_apps text, access_content text, failure_reason text, remediation text, policy_version text,
       user_name text, evaluation jsonb, evaluated_at timestamptz, next_change_at timestamptz, standing text, failing text[],
       blocked boolean, bar jsonb, remembered boolean`;

const remember = `insert into posture_changes (organization_id, device_id, registered, blocked, bar, compliant, access_network,
       access_mail, access_vpn, access_apps, access_content, evaluation, policy_version, changed_at)
     select $1, r.device_id, r.registered, r.blocked, r.bar, r.compliant, r.access_network, r.access_mail, r.access_vpn,
       r.access_apps, r.access_content, r.evaluation, r.policy_version, r.evaluated_at
     from r where r.remembered`;

const setDecision = `registered = r.registered, compliant = r.compliant, access_network = r.access_network,
     access_mail = r.access_mail, access_vpn = r.access_vpn, access_apps = r.access_apps, access_content = r.access_content,
     failure_reason = r.failure_reason, remediation = r.remediation, policy_version = r.policy_version, user_name = r.user_name,
     evaluation = r.evaluation, evaluated_at = r.evaluated_at, next_change_at = r.next_change_at, standing = r.standing,
     failing = r.failing,
     access_changed_at = case when (p.access_network, p.access_mail, p.access_vpn) = (r.access_network, r.access_mail, r.access_vpn)
       then p.access_changed_at else r.evaluated_at end`;

const storeDecisions = sql(
  'compliance-store-decisions',
  `with r as materialized (select * from jsonb_to_recordset($2) as r (${decisionTypes})), remembered as (${remember})
   update device_posture p set ${setDecision}
   from r where p.organization_id = $1 and p.device_id = r.device_id`,
);

/** What gates are told of the facts stays as it is. */
export function writeDecisions(tx: TenantTx, rows: readonly DecisionNews[]): Promise<number> {
  return tx.run(storeDecisions, [tx.organizationId, JSON.stringify(rows.map(stored))]);
}

const storePostures = sql(
  'compliance-store-postures',
  `with r as materialized (
     select * from jsonb_to_recordset($2) as r (${decisionTypes}, disk_encrypted boolean, passcode_set boolean, compromised boolean,
       manufacturer text, model text, imei text, meid text, udid text, serial_number text, os_version text, phone_number text,
       host_name text, macs text[])
   ), remembered as (${remember})
   update device_posture p set ${setDecision}, disk_encrypted = r.disk_encrypted, passcode_set = r.passcode_set,
     compromised = r.compromised, manufacturer = r.manufacturer, model = r.model, imei = r.imei, meid = r.meid, udid = r.udid,
     serial_number = r.serial_number, os_version = r.os_version, phone_number = r.phone_number, host_name = r.host_name,
     macs = r.macs
   from r where p.organization_id = $1 and p.device_id = r.device_id`,
);

export function writePostures(
  tx: TenantTx,
  rows: readonly (DecisionNews & StatedColumns)[],
): Promise<number> {
  return tx.run(storePostures, [tx.organizationId, JSON.stringify(rows.map(stored))]);
}

function stored<News extends DecisionNews>(news: News) {
  return { ...news, evaluation: writeEvaluation(news.evaluation) };
}

const updatePolicyVersions = sql(
  'compliance-update-policy-versions',
  `update device_posture p set policy_version = r.policy_version, evaluated_at = r.evaluated_at
   from unnest((select $2::uuid[]), (select $3::text[]), (select $4::timestamptz[]))
     as r (device_id, policy_version, evaluated_at)
   where p.organization_id = $1 and p.device_id = r.device_id`,
);

/** Another policy that changes no verdict: no index holds what is written here, and the verdicts stay where they are. */
export function writePolicyVersions(
  tx: TenantTx,
  rows: readonly Pick<DecisionNews, 'device_id' | 'policy_version' | 'evaluated_at'>[],
): Promise<number> {
  return tx.run(updatePolicyVersions, [
    tx.organizationId,
    rows.map((row) => row.device_id),
    rows.map((row) => row.policy_version),
    rows.map((row) => row.evaluated_at),
  ]);
}
