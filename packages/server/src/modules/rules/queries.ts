// Statements over compliance rules and their versions. `$1` is always the organization.
import type { RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import type { RuleKind } from '@gatehouse/core/compliance/rule-kind.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export interface RuleRow {
  readonly rule_id: string;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly kind: RuleKind;
  readonly content: RuleContent;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const columns = 'rule_id, name, description, version, enabled, kind, content, created_at, updated_at';

const insertStatement = sql(
  'rules-insert',
  `insert into compliance_rules (organization_id, rule_id, name, description, enabled, kind, content, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict do nothing returning ${columns}`,
);

/** @returns undefined when a rule of that name exists. */
export function insertRule(
  tx: TenantTx,
  rule: Pick<RuleRow, 'rule_id' | 'name' | 'description' | 'enabled' | 'content'>,
  at: Date,
): Promise<RuleRow | undefined> {
  const { rule_id, name, description, enabled, content } = rule;
  const values = [
    tx.organizationId,
    rule_id,
    name,
    description,
    enabled,
    content.kind,
    JSON.stringify(content),
    at,
  ];
  return tx.one<RuleRow>(insertStatement, values);
}

const insertVersionStatement = sql(
  'rules-insert-version',
  `insert into compliance_rule_versions (organization_id, rule_id, version, name, enabled, content, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export function insertVersion(tx: TenantTx, rule: RuleRow, by: string, at: Date): Promise<number> {
  const { rule_id, version, name, enabled, content } = rule;
  const values = [tx.organizationId, rule_id, version, name, enabled, JSON.stringify(content), by, at];
  return tx.run(insertVersionStatement, values);
}

const selectOne = sql(
  'rules-select',
  `select ${columns} from compliance_rules where organization_id = $1 and rule_id = $2`,
);
const lockStatement = sql(
  'rules-lock',
  `select ${columns} from compliance_rules where organization_id = $1 and rule_id = $2 for update`,
);

export function findRule(tx: TenantTx, ruleId: string): Promise<RuleRow | undefined> {
  return tx.one<RuleRow>(selectOne, [tx.organizationId, ruleId]);
}

export function lockRule(tx: TenantTx, ruleId: string): Promise<RuleRow | undefined> {
  return tx.one<RuleRow>(lockStatement, [tx.organizationId, ruleId]);
}

const nameTaken = sql(
  'rules-name-taken',
  'select 1 from compliance_rules where organization_id = $1 and lower(name) = lower($2) and rule_id <> $3',
);

export async function isNameTaken(tx: TenantTx, name: string, except: string): Promise<boolean> {
  return (await tx.one(nameTaken, [tx.organizationId, name, except])) !== undefined;
}

const updateStatement = sql(
  'rules-update',
  `update compliance_rules set name = $3, description = $4, enabled = $5, content = $6, version = version + 1, updated_at = $7
   where organization_id = $1 and rule_id = $2 returning ${columns}`,
);

export function updateRuleRow(
  tx: TenantTx,
  rule: Pick<RuleRow, 'rule_id' | 'name' | 'description' | 'enabled' | 'content'>,
  at: Date,
): Promise<RuleRow | undefined> {
  const { rule_id, name, description, enabled, content } = rule;
  const values = [tx.organizationId, rule_id, name, description, enabled, JSON.stringify(content), at];
  return tx.one<RuleRow>(updateStatement, values);
}

const deleteStatement = sql(
  'rules-delete',
  'delete from compliance_rules where organization_id = $1 and rule_id = $2',
);

export function deleteRuleRow(tx: TenantTx, ruleId: string): Promise<number> {
  return tx.run(deleteStatement, [tx.organizationId, ruleId]);
}

const listStatement = sql(
  'rules-list',
  `select ${columns} from compliance_rules
   where organization_id = $1 and ($2::uuid is null or rule_id > $2) and ($4::text is null or kind = $4)
   order by rule_id limit $3`,
);

export function selectRules(
  tx: TenantTx,
  filter: { readonly kind: RuleKind | null },
  after: string | null,
  limit: number,
): Promise<RuleRow[]> {
  return tx.query<RuleRow>(listStatement, [tx.organizationId, after, limit, filter.kind]);
}

/** Rules that a new one could contradict. */
const mostCompared = 500;
const selectOthersStatement = sql(
  'rules-select-others',
  `select ${columns} from compliance_rules
   where organization_id = $1 and kind = $2 and enabled and rule_id <> $3 order by rule_id limit $4`,
);

export function selectOthers(tx: TenantTx, kind: RuleKind, except: string): Promise<RuleRow[]> {
  return tx.query<RuleRow>(selectOthersStatement, [tx.organizationId, kind, except, mostCompared]);
}

export interface VersionRow {
  readonly version: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly content: RuleContent;
  readonly created_by: string;
  readonly created_at: Date;
}

const listVersions = sql(
  'rules-list-versions',
  `select version, name, enabled, content, created_by, created_at from compliance_rule_versions
   where organization_id = $1 and rule_id = $2 and ($3::int is null or version < $3) order by version desc limit $4`,
);

export function selectVersions(
  tx: TenantTx,
  ruleId: string,
  before: number | null,
  limit: number,
): Promise<VersionRow[]> {
  return tx.query<VersionRow>(listVersions, [tx.organizationId, ruleId, before, limit]);
}

export interface VersionReference {
  readonly ruleId: string;
  readonly version: number;
}

const selectNamedVersions = sql(
  'rules-select-named-versions',
  `select v.rule_id, v.version, v.name, v.enabled, v.content, v.created_by, v.created_at
   from rows from (unnest((select $2::uuid[])), unnest((select $3::int[]))) as w (rule_id, version)
   join compliance_rule_versions v on v.organization_id = $1 and v.rule_id = w.rule_id and v.version = w.version
   order by v.name, v.rule_id`,
);

/** Versions of rules, also of such as are deleted. */
export function selectVersionsNamed(
  tx: TenantTx,
  named: readonly VersionReference[],
): Promise<(VersionRow & { readonly rule_id: string })[]> {
  const [ids, versions] = [named.map(({ ruleId }) => ruleId), named.map(({ version }) => version)];
  return tx.query(selectNamedVersions, [tx.organizationId, ids, versions]);
}
