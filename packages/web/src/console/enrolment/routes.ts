import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';
import { readEnrolmentSearch } from './enrolment-search.ts';

const getParentRoute = () => rootRoute;

export const enrolmentRoute = createRoute({
  getParentRoute,
  path: '/enrolment',
  validateSearch: readEnrolmentSearch,
  component: lazyRouteComponent(() => import('./enrolment-page.tsx'), 'EnrolmentPage'),
});
const invite = createRoute({
  getParentRoute,
  path: '/enrolment/invite',
  component: lazyRouteComponent(() => import('./invite-page.tsx'), 'InvitePage'),
});

export const enrolmentRoutes = [enrolmentRoute, invite] as const;
