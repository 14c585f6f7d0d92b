/** The pages of one device: a frame and its tabs, each with an address of its own. */
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { rootRoute } from '../../root-route.ts';
import { readFactsSearch } from './facts/facts-search.ts';
import { readHistorySearch } from './history/history-search.ts';
import { readWhySearch } from './why/why-search.ts';

export const deviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/devices/$deviceId',
  component: lazyRouteComponent(() => import('./device-page.tsx'), 'DevicePage'),
});

const deviceIndexRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/',
  beforeLoad: ({ params: { deviceId } }) => {
    throw redirect({
      to: '/devices/$deviceId/overview' as string,
      params: { deviceId } as never,
      replace: true,
    });
  },
});

const overviewRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/overview',
  component: lazyRouteComponent(() => import('./overview/overview-tab.tsx'), 'OverviewTab'),
});

export const whyRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/why',
  validateSearch: readWhySearch,
  component: lazyRouteComponent(() => import('./why/why-tab.tsx'), 'WhyTab'),
});

export const factsRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/facts',
  validateSearch: readFactsSearch,
  component: lazyRouteComponent(() => import('./facts/facts-tab.tsx'), 'FactsTab'),
});

const policiesRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/policies',
  component: lazyRouteComponent(() => import('./policies/policies-tab.tsx'), 'PoliciesTab'),
});

const appsRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/apps',
  component: lazyRouteComponent(() => import('./lists/apps-tab.tsx'), 'AppsTab'),
});

const certificatesRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/certificates',
  component: lazyRouteComponent(() => import('./lists/certificates-tab.tsx'), 'CertificatesTab'),
});

const commandsRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/commands',
  component: lazyRouteComponent(() => import('./commands/commands-tab.tsx'), 'CommandsTab'),
});

const locationRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/location',
  component: lazyRouteComponent(() => import('./location/location-tab.tsx'), 'LocationTab'),
});

export const historyRoute = createRoute({
  getParentRoute: () => deviceRoute,
  path: '/history',
  validateSearch: readHistorySearch,
  component: lazyRouteComponent(() => import('./history/history-tab.tsx'), 'HistoryTab'),
});

export const devicePageRoutes = [
  deviceRoute.addChildren([
    deviceIndexRoute,
    overviewRoute,
    whyRoute,
    factsRoute,
    policiesRoute,
    appsRoute,
    certificatesRoute,
    commandsRoute,
    locationRoute,
    historyRoute,
  ]),
] as const;
