import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;

export const gateRoutes = [
  createRoute({
    getParentRoute,
    path: '/gates/network',
    component: lazyRouteComponent(() => import('./network/network-page.tsx'), 'NetworkGatePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/gates/mail',
    component: lazyRouteComponent(() => import('./mail/mail-page.tsx'), 'MailGatePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/gates/vpn',
    component: lazyRouteComponent(() => import('./vpn/vpn-page.tsx'), 'VpnGatePage'),
  }),
] as const;
