// What each rule does to the fleet at this moment: whom it fails, whom it gives time, of whom nothing is known, who is excepted.
import { isRuleKind } from '@gatehouse/core/compliance/rule-kind.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { selectRuleCounts } from './rule-count-queries.ts';
import { countFleet } from './simulation-queries.ts';

export async function countRules(
  { database, clock }: { readonly database: Pick<Database, 'withTenant'>; readonly clock: Clock },
  principal: TenantPrincipal,
) {
  requirePermission(principal, 'rules.read');
  const now = new Date(clock.now());
  const [rows, fleet] = await database.withTenant(
    principal.organizationId,
    async (tx) => [await selectRuleCounts(tx, now), await countFleet(tx)] as const,
    { readOnly: true },
  );
  return {
    asOf: now.toISOString(),
    fleet,
    items: rows.map((row) => ({
      rule: row.rule,
      ruleId: row.rule_id,
      kind: row.kind ?? (isRuleKind(row.rule) ? row.rule : null),
      notCompliant: row.not_compliant,
      inGrace: row.in_grace,
      unknown: row.unknown,
      exempt: row.exempt,
      atStage: { ...row.at_stage },
    })),
  };
}
