/** The page of what takes a second person. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { readApprovalsSearch } from './approvals-search.ts';

export const approvalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/activity/approvals',
  validateSearch: readApprovalsSearch,
  component: lazyRouteComponent(() => import('./approvals-page.tsx'), 'ApprovalsPage'),
});

export const approvalRoutes = [approvalsRoute] as const;
