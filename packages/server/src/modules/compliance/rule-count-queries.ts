// How many devices each rule concerns now. `$1` is the organization.
import type { RuleKind } from '@gatehouse/core/compliance/rule-kind.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface RuleCountRow {
  /** The id of a rule, or the kind of one that policies bring about. */
  readonly rule: string;
  /** The assigned rule that demands it, or that tunes what policies demand. */
  readonly rule_id: string | null;
  readonly kind: RuleKind | null;
  readonly not_compliant: number;
  readonly in_grace: number;
  readonly unknown: number;
  readonly exempt: number;
  /** By how many stages are reached; none left out. */
  readonly at_stage: Readonly<Record<string, number>>;
}

/**
 * Whoever fails a rule about security without an exception is not compliant, so the partial index of those leads to them. Of
 * rules about cost, and of what is excepted, that is not so: these devices are looked for only where there are such rules.
 */
const countStatement = sql(
  'compliance-count-rules',
  `with failing as (
     select v from device_posture p
     cross join lateral jsonb_path_query(p.evaluation,
       '$.verdicts[*] ? (@.status != "compliant" && !(@.purpose == "cost") && !exists (@.exception))') v
     where p.organization_id = $1 and not p.compliant and p.registered
     union all
     select v from device_posture p
     cross join lateral jsonb_path_query(p.evaluation,
       '$.verdicts[*] ? (@.status != "compliant" && @.purpose == "cost" && !exists (@.exception))') v
     where p.organization_id = $1 and p.registered
       and exists (select 1 from compliance_rules where organization_id = $1 and enabled and content ->> 'purpose' = 'cost')
   ), counted as (
     select coalesce(v ->> 'id', v ->> 'rule') as rule, (v ->> 'ruleId')::uuid as rule_id, v ->> 'rule' as kind,
       count(*) filter (where v ->> 'status' = 'not-compliant')::int as not_compliant,
       count(*) filter (where v ->> 'status' = 'in-grace')::int as in_grace,
       count(*) filter (where v ->> 'status' = 'unknown')::int as unknown, 0 as exempt,
       coalesce((v ->> 'stage')::int, 0) as stage
     from failing group by 1, 2, 3, stage
     union all
     select e.rule, r.rule_id, r.kind, 0, 0, 0, count(distinct e.device_id)::int, null from compliance_exceptions e
     left join compliance_rules r on r.organization_id = $1 and r.rule_id::text = e.rule
     where e.organization_id = $1 and (e.expires_at is null or e.expires_at > $2) group by 1, 2, 3
   )
   select rule, rule_id, max(kind) as kind, sum(not_compliant)::int as not_compliant, sum(in_grace)::int as in_grace,
     sum(unknown)::int as unknown, sum(exempt)::int as exempt,
     coalesce(jsonb_object_agg(stage, not_compliant + in_grace + unknown) filter (where stage > 0), '{}') as at_stage
   from counted group by rule, rule_id order by 4 desc, 5 desc, 1`,
);

export function selectRuleCounts(tx: TenantTx, now: Date): Promise<RuleCountRow[]> {
  return tx.query<RuleCountRow>(countStatement, [tx.organizationId, now]);
}
