// The portal begins here.
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { Stage } from '../design/stage.tsx';
import { allowOnlyStyles } from '../design/trusted-types.ts';
import { router } from './router.ts';
import { openPortalSession } from './session/portal-session.ts';

allowOnlyStyles();
const place = document.getElementById('app');
if (place === null) throw new Error('the page has no place for the application');
void openPortalSession();
createRoot(place).render(
  <Stage>
    <RouterProvider router={router} />
  </Stage>,
);
