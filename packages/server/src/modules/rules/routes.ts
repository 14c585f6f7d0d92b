import {
  ComplianceRule,
  NewRule,
  RuleChanges,
  RuleKindName,
  RuleKinds,
  RuleVersion,
  SavedRule,
} from '@gatehouse/contracts/admin/rules.ts';
import { BindingQuery, Id } from '@gatehouse/contracts/admin/values.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { createRule, deleteRule, updateRule } from './change-rule.ts';
import { describeRuleKinds, getRule, listRules, listRuleVersions } from './read-rules.ts';
import type { RuleDeps } from './rule-deps.ts';

const tag = 'compliance';
const read = { permission: 'rules.read' } as const;
const manage = { permission: 'rules.manage' } as const;
/** A list of apps is the longest. */
const bodyLimit = 512 * 1024;

export const ruleRoutes = (deps: RuleDeps): AdminRoute[] => [
  listRoute({
    path: '/compliance-rules',
    operation: 'listComplianceRules',
    tag,
    summary: 'List compliance rules',
    access: read,
    query: { kind: Type.Optional(RuleKindName) },
    item: ComplianceRule,
    handle: ({ principal, query, page }) => listRules(deps, principal, query.kind, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/compliance-rule-kinds',
    operation: 'describeComplianceRuleKinds',
    tag,
    summary: 'List the kinds of compliance rules and what each may demand',
    access: read,
    response: { 200: RuleKinds },
    handle: ({ principal }) => describeRuleKinds(principal),
  }),
  defineRoute({
    method: 'POST',
    path: '/compliance-rules',
    operation: 'createComplianceRule',
    tag,
    summary: 'Create a compliance rule',
    description:
      'It does nothing until it is assigned. Whoever may not see a fact may not make a rule that looks at it.',
    access: manage,
    body: NewRule,
    bodyLimit,
    response: { 201: SavedRule },
    idempotency: 'replay',
    example: { name: 'New enough', kind: 'minimum-os', demand: { versions: { ios: '18.0' } } },
    handle: ({ principal, body }) => createRule(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/compliance-rules/:ruleId',
    operation: 'getComplianceRule',
    tag,
    summary: 'Show a compliance rule',
    access: read,
    params: { ruleId: Id },
    response: { 200: ComplianceRule },
    handle: ({ principal, params }) => getRule(deps, principal, params.ruleId),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/compliance-rules/:ruleId',
    operation: 'updateComplianceRule',
    tag,
    summary: 'Change a compliance rule; makes a new version',
    access: manage,
    params: { ruleId: Id },
    body: RuleChanges,
    bodyLimit,
    response: { 200: SavedRule },
    example: { graceMinutes: 60 },
    handle: ({ principal, params, body }) => updateRule(deps, principal, params.ruleId, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/compliance-rules/:ruleId',
    operation: 'deleteComplianceRule',
    tag,
    summary: 'Delete a compliance rule and its assignments',
    access: manage,
    params: { ruleId: Id },
    query: BindingQuery,
    response: { 204: null },
    handle: ({ principal, params, query }) => deleteRule(deps, principal, params.ruleId, query),
  }),
  listRoute({
    path: '/compliance-rules/:ruleId/versions',
    operation: 'listComplianceRuleVersions',
    tag,
    summary: 'List the versions of a compliance rule, newest first',
    access: read,
    params: { ruleId: Id },
    item: RuleVersion,
    handle: ({ principal, params, page }) => listRuleVersions(deps, principal, params.ruleId, page),
  }),
];
