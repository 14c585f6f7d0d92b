/** Every page of the console, by area. */
import { createRouter } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../design/search-params.ts';
import { approvalRoutes } from './activity/approvals/routes.ts';
import { complianceRoutes } from './compliance/routes.ts';
import { devicePageRoutes } from './devices/device/routes.ts';
import { deviceListRoutes } from './devices/list/routes.ts';
import { NotFoundPage } from './shell/root.tsx';
import { rootRoute } from './root-route.ts';

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    ...approvalRoutes,
    ...devicePageRoutes,
    ...complianceRoutes,
    ...deviceListRoutes,
  ]),
  basepath: '/console',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});
