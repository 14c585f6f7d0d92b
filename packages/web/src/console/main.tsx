// The console begins here.
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { Stage } from '../design/stage.tsx';
import { allowOnlyStyles } from '../design/trusted-types.ts';
import { openSession } from '../session/session.ts';
import { router } from './router.ts';

allowOnlyStyles();
const place = document.getElementById('app');
if (place === null) throw new Error('the page has no place for the application');
void openSession();
createRoot(place).render(
  <Stage>
    <RouterProvider router={router} />
  </Stage>,
);
