import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;
const rulePage = () => import('./rules/rule-page.tsx');
const simulationsPage = () => import('./simulations/simulations-page.tsx');

export const complianceRoutes = [
  createRoute({
    getParentRoute,
    path: '/compliance/rules',
    component: lazyRouteComponent(() => import('./rules/rules-page.tsx'), 'RulesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/rules/new',
    component: lazyRouteComponent(rulePage, 'NewRulePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/rules/$ruleId',
    component: lazyRouteComponent(rulePage, 'RulePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/exceptions',
    component: lazyRouteComponent(() => import('./exceptions/exceptions-page.tsx'), 'ExceptionsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/simulations',
    component: lazyRouteComponent(simulationsPage, 'SimulationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/simulations/$simulationId',
    component: lazyRouteComponent(simulationsPage, 'SimulationPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/rollouts',
    component: lazyRouteComponent(() => import('./rollouts/rollouts-page.tsx'), 'RolloutsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/rollouts/$rolloutId',
    component: lazyRouteComponent(() => import('./rollouts/rollout-page.tsx'), 'RolloutPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/playbooks',
    component: lazyRouteComponent(() => import('./playbooks/playbooks-page.tsx'), 'PlaybooksPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/playbooks/new',
    component: lazyRouteComponent(() => import('./playbooks/start-page.tsx'), 'StartPlaybookPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/playbooks/$runId',
    component: lazyRouteComponent(() => import('./playbooks/run-page.tsx'), 'PlaybookRunPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/compliance/alerts',
    component: lazyRouteComponent(() => import('./alerts/alerts-page.tsx'), 'AlertsPage'),
  }),
] as const;
