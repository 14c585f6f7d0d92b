import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const integrations = createRoute({
  getParentRoute: () => rootRoute,
  path: '/integrations',
  component: lazyRouteComponent(() => import('./integrations-page.tsx'), 'IntegrationsPage'),
});
const apple = createRoute({
  getParentRoute: () => rootRoute,
  path: '/integrations/apns',
  component: lazyRouteComponent(() => import('./apple/apple-push-page.tsx'), 'ApplePushPage'),
});

export const integrationRoutes = [integrations, apple] as const;
