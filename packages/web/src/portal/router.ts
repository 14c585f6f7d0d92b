/** Every page of the portal. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from '../design/search-params.ts';
import { HomePage } from './home/home-page.tsx';
import { BrokenPage, NotFoundPage, Root } from './shell/root.tsx';

const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFoundPage,
  errorComponent: BrokenPage,
});

const page = <const Path extends string>(
  path: Path,
  component: Parameters<typeof createRoute>[0]['component'],
) => createRoute({ getParentRoute: () => rootRoute, path, component: component as never });

const pages = [
  page('/', HomePage),
  page(
    '/devices/$deviceId',
    lazyRouteComponent(() => import('./device/device-page.tsx'), 'DevicePage'),
  ),
  page(
    '/enrol',
    lazyRouteComponent(() => import('./enrol/enrol-page.tsx'), 'EnrolPage'),
  ),
  page(
    '/privacy',
    lazyRouteComponent(() => import('./privacy/privacy-page.tsx'), 'PrivacyPage'),
  ),
  page(
    '/history',
    lazyRouteComponent(() => import('./history/history-page.tsx'), 'HistoryPage'),
  ),
  page(
    '/documents',
    lazyRouteComponent(() => import('./documents/documents-page.tsx'), 'DocumentsPage'),
  ),
  page(
    '/account',
    lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
  ),
];

export const router = createRouter({
  routeTree: rootRoute.addChildren(pages),
  basepath: '/my',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});
