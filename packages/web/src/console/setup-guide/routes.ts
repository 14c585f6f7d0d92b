import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const guide = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup-guide',
  component: lazyRouteComponent(() => import('./setup-guide-page.tsx'), 'SetupGuidePage'),
});

export const setupGuideRoutes = [guide] as const;
