import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;

const enrolment = createRoute({
  getParentRoute,
  path: '/enrolment',
  component: lazyRouteComponent(() => import('./enrolment-page.tsx'), 'EnrolmentPage'),
});
const invite = createRoute({
  getParentRoute,
  path: '/enrolment/invite',
  component: lazyRouteComponent(() => import('./invite-page.tsx'), 'InvitePage'),
});

export const enrolmentRoutes = [enrolment, invite] as const;
