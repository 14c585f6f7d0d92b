/** What a rollout changes, by its name where one may read it. */
import type { Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { useList } from '../../../api/hooks.ts';
import { listComplianceRules } from '../../../api/operations/compliance.ts';
import { listPolicies } from '../../../api/operations/policies.ts';
import { useMay } from '../../../session/session.ts';
import { rolloutTexts } from './texts.ts';

export function useItemName(): (item: Rollout['item']) => string {
  const t = rolloutTexts.use();
  const may = useMay();
  const query = { limit: 500 };
  const rules = useList(listComplianceRules, { query }, { enabled: may('rules.read') });
  const policies = useList(listPolicies, { query }, { enabled: may('policies.read') });
  return ({ kind, id }) => {
    const found = (kind === 'rule' ? rules : policies).items.find((each) => each.id === id);
    if (found === undefined) return t(kind);
    return t(kind === 'rule' ? 'ruleNamed' : 'policyNamed', { name: found.name });
  };
}

export const itemPage = ({ kind, id }: Rollout['item']): string =>
  kind === 'rule' ? `/compliance/rules/${id}` : `/policies/suites/${id}`;
