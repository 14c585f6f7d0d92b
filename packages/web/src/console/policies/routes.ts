import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';
import { readNewResourceSearch, readResourcesSearch, readSuiteSearch } from './search-params.ts';

export const suitesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/suites',
  component: lazyRouteComponent(() => import('./suites/suites-page.tsx'), 'SuitesPage'),
});
export const suiteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/suites/$policyId',
  validateSearch: readSuiteSearch,
  component: lazyRouteComponent(() => import('./suites/suite-page.tsx'), 'SuitePage'),
});
export const resourcesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/resources',
  validateSearch: readResourcesSearch,
  component: lazyRouteComponent(() => import('./resources/resources-page.tsx'), 'ResourcesPage'),
});
export const newResourceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/resources/new',
  validateSearch: readNewResourceSearch,
  component: lazyRouteComponent(() => import('./resources/new-resource-page.tsx'), 'NewResourcePage'),
});
export const resourceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/resources/$resourceId',
  validateSearch: readSuiteSearch,
  component: lazyRouteComponent(() => import('./resources/resource-page.tsx'), 'ResourcePage'),
});
export const schedulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/schedules',
  component: lazyRouteComponent(() => import('./schedules/schedules-page.tsx'), 'SchedulesPage'),
});
export const scheduleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/schedules/$scheduleId',
  validateSearch: readSuiteSearch,
  component: lazyRouteComponent(() => import('./schedules/schedule-page.tsx'), 'SchedulePage'),
});

export const policyRoutes = [
  suitesRoute,
  suiteRoute,
  resourcesRoute,
  newResourceRoute,
  resourceRoute,
  schedulesRoute,
  scheduleRoute,
] as const;
