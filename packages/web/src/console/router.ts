/** Every page of the console, by area. */
import { createRouter } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../design/search-params.ts';
import { approvalRoutes } from './activity/approvals/routes.ts';
import { accountRoutes } from './account/routes.ts';
import { complianceRoutes } from './compliance/routes.ts';
import { gateRoutes } from './gates/routes.ts';
import { devicePageRoutes } from './devices/device/routes.ts';
import { deviceListRoutes } from './devices/list/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { overviewRoutes } from './overview/routes.ts';
import { activityRoutes } from './activity/routes.ts';
import { enrolmentRoutes } from './enrolment/routes.ts';
import { integrationRoutes } from './integrations/routes.ts';
import { policyRoutes } from './policies/routes.ts';
import { systemRoutes } from './system/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { setupGuideRoutes } from './setup-guide/routes.ts';
import { NotFoundPage } from './shell/root.tsx';
import { rootRoute } from './root-route.ts';

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    ...settingsRoutes,
    ...setupGuideRoutes,
    ...accountRoutes,
    ...systemRoutes,
    ...integrationRoutes,
    ...enrolmentRoutes,
    ...activityRoutes,
    ...approvalRoutes,
    ...devicePageRoutes,
    ...complianceRoutes,
    ...gateRoutes,
    ...overviewRoutes,
    ...peopleRoutes,
    ...policyRoutes,
    ...deviceListRoutes,
  ]),
  basepath: '/console',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});
