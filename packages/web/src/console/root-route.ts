/** The root that every area hangs its pages on. */
import { createRootRoute } from '@tanstack/react-router';
import { BrokenPage, NotFoundPage, Root } from './shell/root.tsx';

export const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFoundPage,
  errorComponent: BrokenPage,
});
