// What the operator's pages have in common.
import type { ReactNode } from 'react';
import { Page } from '../../design/page.tsx';
import { systemTexts } from './texts.ts';

const systemTabs = ['organizations', 'health', 'log'] as const;
type SystemTab = (typeof systemTabs)[number];

export function SystemPage({
  tab,
  action,
  children,
}: {
  tab: SystemTab;
  action?: ReactNode;
  children: ReactNode;
}) {
  const t = systemTexts.use();
  return (
    <Page
      title={t('title')}
      meaning={t('meaning')}
      action={action}
      tabs={systemTabs.map((each) => ({
        text: t(each),
        to: `/system/${each}`,
        selected: each === tab,
      }))}
    >
      {children}
    </Page>
  );
}
