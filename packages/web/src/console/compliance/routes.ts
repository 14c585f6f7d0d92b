import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../root-route.ts';

const getParentRoute = () => rootRoute;
const rulePage = () => import('./rules/rule-page.tsx');

const rules = createRoute({
  getParentRoute,
  path: '/compliance/rules',
  component: lazyRouteComponent(() => import('./rules/rules-page.tsx'), 'RulesPage'),
});
const newRule = createRoute({
  getParentRoute,
  path: '/compliance/rules/new',
  component: lazyRouteComponent(rulePage, 'NewRulePage'),
});
const rule = createRoute({
  getParentRoute,
  path: '/compliance/rules/$ruleId',
  component: lazyRouteComponent(rulePage, 'RulePage'),
});

export const complianceRoutes = [rules, newRule, rule] as const;
