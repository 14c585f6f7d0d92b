// The portal begins here.
import { createRoot } from 'react-dom/client';
import { Stage } from '../design/stage.tsx';
import { allowOnlyStyles } from '../design/trusted-types.ts';

allowOnlyStyles();
const place = document.getElementById('app');
if (place === null) throw new Error('the page has no place for the application');
createRoot(place).render(<Stage>{null}</Stage>);
