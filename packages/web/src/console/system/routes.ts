import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;
const page = () => import('./system-page.tsx');

const system = createRoute({
  getParentRoute,
  path: '/system',
  beforeLoad: () => {
    throw redirect({ to: '/system/organizations', replace: true });
  },
});
const organizations = createRoute({
  getParentRoute,
  path: '/system/organizations',
  component: lazyRouteComponent(page, 'OrganizationsPage'),
});
const health = createRoute({
  getParentRoute,
  path: '/system/health',
  component: lazyRouteComponent(page, 'HealthPage'),
});

const log = createRoute({
  getParentRoute,
  path: '/system/log',
  component: lazyRouteComponent(() => import('./log-page.tsx'), 'LogPage'),
});

export const systemRoutes = [system, organizations, health, log] as const;
