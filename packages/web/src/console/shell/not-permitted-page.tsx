// What somebody sees who follows a link to a page that is not part of the own role.
import { EmptyState } from '../../design/empty-state.tsx';
import { Page } from '../../design/page.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { shellTexts } from './texts.ts';

export function NotPermittedPage() {
  const t = shellTexts.use();
  return (
    <Page title={t('notPermitted')}>
      <EmptyState title={t('notPermittedText')} action={<RouteLink to="/">{t('toOverview')}</RouteLink>} />
    </Page>
  );
}
