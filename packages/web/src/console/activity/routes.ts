import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;

const audit = createRoute({
  getParentRoute,
  path: '/activity/audit',
  component: lazyRouteComponent(() => import('./audit/audit-page.tsx'), 'AuditPage'),
});
const jobs = createRoute({
  getParentRoute,
  path: '/activity/jobs',
  component: lazyRouteComponent(() => import('./jobs/jobs-page.tsx'), 'JobsPage'),
});

export const activityRoutes = [audit, jobs] as const;
