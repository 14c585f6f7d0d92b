// Rules for people who ask; and the kinds there are, from which editors are made.
import { demandForms } from '@gatehouse/core/compliance/demand-forms.ts';
import { isPolicyRuleKind, type RuleKind, ruleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { ruleCatalogue } from '@gatehouse/core/compliance/rules.ts';
import { linesIn } from '@gatehouse/core/compliance/wording/render.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { noSuchRule } from './change-rule.ts';
import { presentRule, presentVersion, type RulePresentation } from './present-rule.ts';
import {
  findRule,
  selectRules,
  selectVersions,
  selectVersionsNamed,
  type VersionReference,
} from './queries.ts';
import type { RuleDeps } from './rule-deps.ts';

type Reading = Pick<RuleDeps, 'database'>;

export async function getRule(
  deps: Reading,
  principal: TenantPrincipal,
  ruleId: string,
): Promise<RulePresentation> {
  requirePermission(principal, 'rules.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => findRule(tx, ruleId), {
    readOnly: true,
  });
  if (!row) throw noSuchRule();
  return presentRule(row);
}

export async function listRules(
  deps: Reading,
  principal: TenantPrincipal,
  kind: RuleKind | undefined,
  page: PageRequest,
): Promise<PageAnswer<RulePresentation>> {
  requirePermission(principal, 'rules.read');
  const after = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectRules(tx, { kind: kind ?? null }, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentRule, (row) => [row.rule_id]);
}

/** Newest first. */
export async function listRuleVersions(
  deps: Reading,
  principal: TenantPrincipal,
  ruleId: string,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof presentVersion>>> {
  requirePermission(principal, 'rules.read');
  const before = page.after === undefined ? null : Number(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const versions = await selectVersions(tx, ruleId, before, page.limit + 1);
      // Of a rule that was deleted the versions are still told.
      if (versions.length === 0 && !(await findRule(tx, ruleId))) throw noSuchRule();
      return versions;
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentVersion, (row) => [row.version]);
}

/** What rules said in certain versions; one query, none for none. */
export async function findRuleVersions(tx: TenantTx, named: readonly VersionReference[]) {
  const rows = named.length === 0 ? [] : await selectVersionsNamed(tx, named);
  return rows.map((row) => ({ ruleId: row.rule_id, ...presentVersion(row) }));
}

export async function describeRuleKinds(principal: TenantPrincipal) {
  requirePermission(principal, 'rules.read');
  return {
    kinds: ruleKinds.map((kind) => {
      const { severity, purpose, defaultGates, reads } = ruleCatalogue[kind];
      return {
        kind,
        title: linesIn('en').titles[kind],
        severity,
        purpose,
        gates: [...defaultGates],
        facts: kind === 'custom' ? [] : [...reads],
        fromPolicies: isPolicyRuleKind(kind),
        demand: demandForms[kind],
      };
    }),
  };
}
