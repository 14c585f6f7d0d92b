/** Users, groups and watch lists. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';
import { readUsersSearch } from './people-search.ts';

const usersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/users',
  validateSearch: readUsersSearch,
  component: lazyRouteComponent(() => import('./users-page.tsx'), 'UsersPage'),
});

const userRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/users/$userId',
  component: lazyRouteComponent(() => import('./user-page.tsx'), 'UserPage'),
});

const groupsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/groups',
  component: lazyRouteComponent(() => import('./groups-page.tsx'), 'GroupsPage'),
});

const newGroupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/groups/new',
  component: lazyRouteComponent(() => import('./group-editor-page.tsx'), 'NewGroupPage'),
});

const groupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/groups/$groupId',
  component: lazyRouteComponent(() => import('./group-page.tsx'), 'GroupPage'),
});

const editGroupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/groups/$groupId/edit',
  component: lazyRouteComponent(() => import('./group-editor-page.tsx'), 'EditGroupPage'),
});

const watchListsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/watch-lists',
  component: lazyRouteComponent(() => import('./watch-lists-page.tsx'), 'WatchListsPage'),
});

export const peopleRoutes = [
  usersRoute,
  userRoute,
  groupsRoute,
  newGroupRoute,
  groupRoute,
  editGroupRoute,
  watchListsRoute,
] as const;
