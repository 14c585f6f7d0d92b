// Who was invited, which codes are open, what may not come back.
import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../../design/page.tsx';
import { addressWith } from '../../design/search-params.ts';
import { useMay } from '../../session/session.ts';
import { BlockedTab } from './blocked-tab.tsx';
import { CodesTab } from './codes-tab.tsx';
import { enrolmentTabs, readEnrolmentSearch } from './enrolment-search.ts';
import { InvitationsTab } from './invitations-tab.tsx';
import { enrolmentTexts } from './texts.ts';

export function EnrolmentPage() {
  const t = enrolmentTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const { tab, state } = readEnrolmentSearch(useSearch({ strict: false }));
  return (
    <Page
      title={t('title')}
      meaning={t('meaning')}
      action={
        may('enrollments.create') && (
          <Button onClick={() => void navigate({ to: '/enrolment/invite' })}>{t('invite')}</Button>
        )
      }
      tabs={enrolmentTabs.map((each) => ({
        text: t(each),
        to: addressWith('/enrolment', { tab: each === 'invitations' ? undefined : each }),
        selected: each === tab,
      }))}
    >
      {tab === 'invitations' && <InvitationsTab />}
      {tab === 'codes' && <CodesTab state={state} />}
      {tab === 'blocked' && <BlockedTab />}
    </Page>
  );
}
