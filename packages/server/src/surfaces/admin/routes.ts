// Every route of the admin API, module by module. The tests that walk all routes read this list: what is added to a module's
// routes.ts joins them by itself.
import type { AdminRoute } from '../../kernel/http/route.ts';
import { mailDiscoveryRoutes } from '../../integrations/mail-gateway/autodiscover/routes.ts';
import { mailProbeRoutes } from '../../integrations/mail-probe/routes.ts';
import { networkAccessRoutes } from '../../integrations/network-access/routes.ts';
import { mailGatewayRoutes } from '../../integrations/mail-gateway/routes.ts';
import { preflightRoutes } from '../../integrations/preflight/routes.ts';
import { applePushRoutes } from '../../integrations/push/apple/routes.ts';
import { signalRoutes } from '../../integrations/shared-signals/routes.ts';
import { webhookRoutes } from '../../integrations/webhooks/routes.ts';
import type { AdministratorDeps } from '../../modules/administrators/index.ts';
import { administratorRoutes } from '../../modules/administrators/routes.ts';
import { alertRoutes } from '../../modules/alerts/routes.ts';
import { approvalRoutes } from '../../modules/approvals/routes.ts';
import { auditRoutes } from '../../modules/audit/routes.ts';
import { certificateRoutes } from '../../modules/certificates/routes.ts';
import { commandRoutes } from '../../modules/commands/routes.ts';
import { complianceRoutes } from '../../modules/compliance/routes.ts';
import { deviceRoutes } from '../../modules/devices/routes.ts';
import { enrollmentRoutes } from '../../modules/enrollment/routes.ts';
import { mailRoutes } from '../../modules/mail/routes.ts';
import { organizationRoutes } from '../../modules/organizations/routes.ts';
import { policyEditingRoutes } from '../../modules/policies/editing-routes.ts';
import { overviewRoutes } from '../../modules/overview/routes.ts';
import { policyRoutes } from '../../modules/policies/routes.ts';
import { playbookRoutes } from '../../modules/playbooks/routes.ts';
import { remediationRoutes } from '../../modules/remediation/routes.ts';
import { resourceRoutes } from '../../modules/resources/routes.ts';
import { ruleRoutes } from '../../modules/rules/routes.ts';
import { searchRoutes } from '../../modules/searches/routes.ts';
import { userRoutes } from '../../modules/users/routes.ts';
import { appleCatalogueRoutes } from '../../platforms/apple/catalogue/routes.ts';
import { appleDeviceRoutes } from '../../platforms/apple/routes.ts';
import { type JobRoutesDeps, jobRoutes } from './jobs-routes.ts';
import { type LogRoutesDeps, logRoutes } from './log-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { type SystemRoutesDeps, systemRoutes } from './system-routes.ts';

/** The union of what the lists ask for. */
export type AdminRoutesDeps = AdministratorDeps &
  JobRoutesDeps &
  LogRoutesDeps &
  SystemRoutesDeps &
  Parameters<typeof preflightRoutes>[0] &
  Parameters<typeof applePushRoutes>[0] &
  Parameters<typeof signalRoutes>[0] &
  Parameters<typeof webhookRoutes>[0] &
  Parameters<typeof appleDeviceRoutes>[0] &
  Parameters<typeof alertRoutes>[0] &
  Parameters<typeof approvalRoutes>[0] &
  Parameters<typeof auditRoutes>[0] &
  Parameters<typeof certificateRoutes>[0] &
  Parameters<typeof commandRoutes>[0] &
  Parameters<typeof complianceRoutes>[0] &
  Parameters<typeof deviceRoutes>[0] &
  Parameters<typeof enrollmentRoutes>[0] &
  Parameters<typeof mailRoutes>[0] &
  Parameters<typeof mailGatewayRoutes>[0] &
  Parameters<typeof organizationRoutes>[0] &
  Parameters<typeof mailDiscoveryRoutes>[0] &
  Parameters<typeof mailProbeRoutes>[0] &
  Parameters<typeof networkAccessRoutes>[0] &
  Parameters<typeof policyEditingRoutes>[0] &
  Parameters<typeof overviewRoutes>[0] &
  Parameters<typeof policyRoutes>[0] &
  Parameters<typeof playbookRoutes>[0] &
  Parameters<typeof remediationRoutes>[0] &
  Parameters<typeof resourceRoutes>[0] &
  Parameters<typeof ruleRoutes>[0] &
  Parameters<typeof searchRoutes>[0] &
  Parameters<typeof userRoutes>[0];

export const adminRoutes = (deps: AdminRoutesDeps): AdminRoute[] => [
  ...sessionRoutes(deps),
  ...organizationRoutes(deps),
  ...administratorRoutes(deps),
  ...userRoutes(deps),
  ...deviceRoutes(deps),
  ...appleDeviceRoutes(deps),
  ...commandRoutes(deps),
  ...approvalRoutes(deps),
  ...remediationRoutes(deps),
  ...playbookRoutes(deps),
  ...alertRoutes(deps),
  ...searchRoutes(deps),
  ...overviewRoutes(deps),
  ...complianceRoutes(deps),
  ...ruleRoutes(deps),
  ...policyEditingRoutes(deps),
  ...policyRoutes(deps),
  ...resourceRoutes(deps),
  ...appleCatalogueRoutes(),
  ...enrollmentRoutes(deps),
  ...mailRoutes(deps),
  ...mailGatewayRoutes(deps),
  ...certificateRoutes(deps),
  ...applePushRoutes(deps),
  ...signalRoutes(deps),
  ...webhookRoutes(deps),
  ...mailDiscoveryRoutes(deps),
  ...mailProbeRoutes(deps),
  ...networkAccessRoutes(deps),
  ...auditRoutes(deps),
  ...jobRoutes(deps),
  ...logRoutes(deps),
  ...preflightRoutes(deps),
  ...systemRoutes(deps),
];
