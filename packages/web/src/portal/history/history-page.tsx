// Everything that was ordered for the own devices.
import { Card } from '@mantine/core';
import { EmptyState } from '../../design/empty-state.tsx';
import { Page } from '../../design/page.tsx';
import { HistoryList } from './history-list.tsx';
import { historyTexts } from './texts.ts';

export function HistoryPage() {
  const t = historyTexts.use();
  return (
    <Page title={t('title')} meaning={t('meaning')}>
      <Card>
        <HistoryList none={<EmptyState title={t('none')}>{t('noneText')}</EmptyState>} />
      </Card>
    </Page>
  );
}
