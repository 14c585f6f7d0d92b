// A rule as the API shows it.
import type { Action } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { RuleContent } from '@gatehouse/core/compliance/parse-rule.ts';
import type { RuleRow, VersionRow } from './queries.ts';

export function presentRule(row: RuleRow) {
  return {
    id: row.rule_id,
    name: row.name,
    description: row.description,
    version: row.version,
    enabled: row.enabled,
    ...presentContent(row.content),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export type RulePresentation = ReturnType<typeof presentRule>;

export function presentVersion(row: VersionRow) {
  return {
    version: row.version,
    name: row.name,
    enabled: row.enabled,
    ...presentContent(row.content),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

function presentAction(action: Action) {
  switch (action.kind) {
    case 'notify-user':
      return { kind: action.kind, by: [...action.by] };
    case 'restrict':
      return { kind: action.kind, gates: [...action.gates] };
    default:
      return { kind: action.kind };
  }
}

function presentContent(content: RuleContent) {
  const { demand, gates, stages, ...rest } = content;
  return {
    ...rest,
    demand: demand === 'from-policies' ? demand : { ...demand },
    gates: [...gates],
    stages: stages.map(({ afterMinutes, actions }) => ({
      afterMinutes,
      actions: actions.map(presentAction),
    })),
  };
}
