import type { Alert } from '@gatehouse/contracts/admin/alerts.ts';
import type { NewPlaybookRun, PlaybookPreview, PlaybookRun } from '@gatehouse/contracts/admin/playbooks.ts';
import type { ManyDevicesReport } from '@gatehouse/contracts/admin/devices.ts';
import type {
  ComplianceRule,
  ListedException,
  NewException,
  NewExceptions,
  NewRule,
  RuleChanges,
  RuleCounts,
  RuleException,
  RuleKinds,
  RuleVersion,
  SavedRule,
} from '@gatehouse/contracts/admin/rules.ts';
import type { NewRollout, Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { operation } from '../call.ts';
import type { Binding, PageOf, Paging } from './shapes.ts';

type RulesQuery = Paging & { readonly kind?: ComplianceRule['kind'] | undefined };

export const listComplianceRules = operation<{ query: RulesQuery; answer: PageOf<ComplianceRule> }>()(
  'listComplianceRules',
  'GET',
  '/compliance-rules',
);
export const describeComplianceRuleKinds = operation<{ answer: RuleKinds }>()(
  'describeComplianceRuleKinds',
  'GET',
  '/compliance-rule-kinds',
);
export const countComplianceRules = operation<{ answer: RuleCounts }>()(
  'countComplianceRules',
  'GET',
  '/compliance-rule-counts',
);
export const createComplianceRule = operation<{ body: NewRule; answer: SavedRule }>()(
  'createComplianceRule',
  'POST',
  '/compliance-rules',
);
export const getComplianceRule = operation<{ answer: ComplianceRule }>()(
  'getComplianceRule',
  'GET',
  '/compliance-rules/:ruleId',
);
export const updateComplianceRule = operation<{ body: RuleChanges; answer: SavedRule }>()(
  'updateComplianceRule',
  'PATCH',
  '/compliance-rules/:ruleId',
);
export const deleteComplianceRule = operation<{ query: Binding }>()(
  'deleteComplianceRule',
  'DELETE',
  '/compliance-rules/:ruleId',
);
export const listComplianceRuleVersions = operation<{ query: Paging; answer: PageOf<RuleVersion> }>()(
  'listComplianceRuleVersions',
  'GET',
  '/compliance-rules/:ruleId/versions',
);

interface ExceptionsQuery extends Paging {
  readonly rule?: string | undefined;
  readonly ended?: boolean | undefined;
  readonly endsBefore?: string | undefined;
}
export const listAllExceptions = operation<{ query: ExceptionsQuery; answer: PageOf<ListedException> }>()(
  'listAllExceptions',
  'GET',
  '/compliance-exceptions',
);
export const createException = operation<{ body: NewException; answer: RuleException }>()(
  'createException',
  'POST',
  '/devices/:deviceId/exceptions',
);
export const createExceptions = operation<{ body: NewExceptions; answer: ManyDevicesReport }>()(
  'createExceptions',
  'POST',
  '/compliance-exceptions',
);
export const deleteException = operation()(
  'deleteException',
  'DELETE',
  '/devices/:deviceId/exceptions/:exceptionId',
);

export const startRollout = operation<{ body: NewRollout; answer: Rollout }>()(
  'startRollout',
  'POST',
  '/rollouts',
);
export const listRollouts = operation<{ query: Paging; answer: PageOf<Rollout> }>()(
  'listRollouts',
  'GET',
  '/rollouts',
);
export const getRollout = operation<{ answer: Rollout }>()('getRollout', 'GET', '/rollouts/:rolloutId');
export const resumeRollout = operation<{ answer: Rollout }>()(
  'resumeRollout',
  'POST',
  '/rollouts/:rolloutId/resume',
);
export const abortRollout = operation<{ answer: Rollout }>()(
  'abortRollout',
  'POST',
  '/rollouts/:rolloutId/abort',
);

interface RunsQuery extends Paging {
  readonly state?: PlaybookRun['state'] | undefined;
}
export const listPlaybookRuns = operation<{ query: RunsQuery; answer: PageOf<PlaybookRun> }>()(
  'listPlaybookRuns',
  'GET',
  '/playbook-runs',
);
export const getPlaybookRun = operation<{ answer: PlaybookRun }>()(
  'getPlaybookRun',
  'GET',
  '/playbook-runs/:runId',
);
export const previewPlaybook = operation<{ body: NewPlaybookRun; answer: PlaybookPreview }>()(
  'previewPlaybook',
  'POST',
  '/devices/:deviceId/playbooks/preview',
);
export const startPlaybook = operation<{ body: NewPlaybookRun; answer: PlaybookRun }>()(
  'startPlaybook',
  'POST',
  '/devices/:deviceId/playbooks',
);
export const stopPlaybook = operation<{ body: { reason: string }; answer: PlaybookRun }>()(
  'stopPlaybook',
  'POST',
  '/playbook-runs/:runId/stop',
);
export const continuePlaybook = operation<{ answer: PlaybookRun }>()(
  'continuePlaybook',
  'POST',
  '/playbook-runs/:runId/continue',
);

interface AlertsQuery extends Paging {
  readonly open?: boolean | undefined;
  readonly subject?: string | undefined;
}
export const listAlerts = operation<{ query: AlertsQuery; answer: PageOf<Alert> }>()(
  'listAlerts',
  'GET',
  '/alerts',
);
export const acknowledgeAlert = operation<{ answer: Alert }>()(
  'acknowledgeAlert',
  'POST',
  '/alerts/:alertId/acknowledge',
);
