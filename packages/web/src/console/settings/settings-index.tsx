// Settings without a page: the first that one may see.
import { Navigate } from '@tanstack/react-router';
import { useMay } from '../../session/session.ts';
import { NotPermittedPage } from '../shell/not-permitted-page.tsx';
import { tabsFor } from './settings-tabs.ts';

export function SettingsIndex() {
  const [first] = tabsFor(useMay());
  return first === undefined ? <NotPermittedPage /> : <Navigate to={`/settings/${first}` as never} replace />;
}
