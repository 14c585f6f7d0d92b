// What takes a second person: what waits for me, what I asked for, what was decided.
import { Button, Group, Stack } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useList } from '../../../api/hooks.ts';
import { listApprovals } from '../../../api/operations/approvals.ts';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { Page } from '../../../design/page.tsx';
import { addressWith } from '../../../design/search-params.ts';
import { useLiveness } from '../../../live/use-live.ts';
import { useMay } from '../../../session/session.ts';
import { deviceTexts } from '../../devices/device/texts.ts';
import { BudgetMeter } from '../../devices/device/actions/budget-meter.tsx';
import { ApprovalCard } from './approval-card.tsx';
import { type ApprovalsSearch, approvalTabs, belongsTo, countToDecide, tabOf } from './approvals-search.ts';
import { approvalTexts } from './texts.ts';

const news = ['approval.*', 'command.finished'];

export function ApprovalsPage() {
  const t = approvalTexts.use();
  const d = deviceTexts.use();
  const may = useMay();
  const search = useSearch({ strict: false }) as ApprovalsSearch;
  const polling = useLiveness().state === 'live' ? {} : { every: 15_000 };
  const open = useList(listApprovals, { query: { open: 'true', limit: 100 } }, { live: news, ...polling });
  const over = useList(listApprovals, { query: { open: 'false' } }, { live: news, ...polling });
  const tab =
    search.tab ??
    tabOf(search.request, open.items, over.items) ??
    (may('approvals.decide') ? 'mine' : 'requested');
  const list = tab === 'decided' ? over : open;
  const items = tab === 'decided' ? over.items : open.items.filter((request) => belongsTo(tab, request));
  return (
    <Page
      title={t('title')}
      meaning={t('meaning')}
      tabs={approvalTabs.map((each) => ({
        text: t(each),
        to: addressWith('/activity/approvals', { tab: each }),
        selected: each === tab,
        ...(each === 'mine' ? { count: countToDecide(open.items) } : {}),
      }))}
    >
      <BudgetMeter />
      {list.isPending ? (
        <Loading lines={4} height={80} />
      ) : list.error !== null && items.length === 0 ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : items.length === 0 ? (
        <EmptyState title={t(`none_${tab}`)}>{t(`none_${tab}Text`)}</EmptyState>
      ) : (
        <Stack>
          {items.map((request) => (
            <ApprovalCard key={request.id} request={request} meant={request.id === search.request} />
          ))}
        </Stack>
      )}
      {list.hasMore && (
        <Group>
          <Button variant="default" onClick={list.loadMore} loading={list.isLoadingMore}>
            {d('loadMore')}
          </Button>
        </Group>
      )}
    </Page>
  );
}
