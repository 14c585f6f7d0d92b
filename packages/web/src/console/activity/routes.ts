import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';
import { readAuditSearch } from './audit/audit-search.ts';

const getParentRoute = () => rootRoute;

export const auditRoute = createRoute({
  getParentRoute,
  path: '/activity/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('./audit/audit-page.tsx'), 'AuditPage'),
});
const jobs = createRoute({
  getParentRoute,
  path: '/activity/jobs',
  component: lazyRouteComponent(() => import('./jobs/jobs-page.tsx'), 'JobsPage'),
});

export const activityRoutes = [auditRoute, jobs] as const;
