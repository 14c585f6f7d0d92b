import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;

const index = createRoute({
  getParentRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings-index.tsx'), 'SettingsIndex'),
});
const organization = createRoute({
  getParentRoute,
  path: '/settings/organization',
  component: lazyRouteComponent(() => import('./organization/organization-page.tsx'), 'OrganizationPage'),
});
const privacy = createRoute({
  getParentRoute,
  path: '/settings/privacy',
  component: lazyRouteComponent(() => import('./privacy/privacy-page.tsx'), 'PrivacyPage'),
});
const branding = createRoute({
  getParentRoute,
  path: '/settings/branding',
  component: lazyRouteComponent(() => import('./branding/branding-page.tsx'), 'BrandingPage'),
});
const legal = createRoute({
  getParentRoute,
  path: '/settings/legal',
  component: lazyRouteComponent(() => import('./legal/legal-page.tsx'), 'LegalPage'),
});
const administrators = createRoute({
  getParentRoute,
  path: '/settings/administrators',
  component: lazyRouteComponent(
    () => import('./administrators/administrators-page.tsx'),
    'AdministratorsPage',
  ),
});
const roles = createRoute({
  getParentRoute,
  path: '/settings/roles',
  component: lazyRouteComponent(() => import('./roles/roles-page.tsx'), 'RolesPage'),
});
const tokens = createRoute({
  getParentRoute,
  path: '/settings/tokens',
  component: lazyRouteComponent(() => import('./tokens/tokens-page.tsx'), 'TokensPage'),
});
const guard = createRoute({
  getParentRoute,
  path: '/settings/guard',
  component: lazyRouteComponent(() => import('./guard/guard-page.tsx'), 'GuardPage'),
});

const notifications = createRoute({
  getParentRoute,
  path: '/settings/notifications',
  component: lazyRouteComponent(() => import('./notifications/notifications-page.tsx'), 'NotificationsPage'),
});

export const settingsRoutes = [
  index,
  organization,
  privacy,
  branding,
  legal,
  administrators,
  roles,
  tokens,
  guard,
  notifications,
] as const;
