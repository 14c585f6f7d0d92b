// All rollouts, newest first: how far each is, and which one waits for somebody.
import type { Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { useList } from '../../../api/hooks.ts';
import { listRollouts } from '../../../api/operations/compliance.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { rolloutMarks } from './rollout-rings.ts';
import { rolloutTexts } from './texts.ts';
import { useItemName } from './use-item-name.ts';

export function RolloutsPage() {
  const t = rolloutTexts.use();
  const nameOf = useItemName();
  const list = useList(listRollouts, {}, { every: 20_000 });
  const columns: Column<Rollout>[] = [
    {
      key: 'what',
      title: t('what'),
      card: 'title',
      render: ({ id, item }) => (
        <RouteLink to={`/compliance/rollouts/${id}`} inherit>
          <Plain text={nameOf(item)} limit={80} />
        </RouteLink>
      ),
    },
    {
      key: 'state',
      title: t('state'),
      width: '11rem',
      card: 'mark',
      render: ({ state }) => <StatusMark kind={rolloutMarks[state]} word={t(state)} />,
    },
    {
      key: 'ring',
      title: t('ring'),
      width: '7rem',
      render: ({ ring, rings }) => t('ringOf', { ring, rings: rings.length }),
    },
    {
      key: 'predicted',
      title: t('predicted'),
      align: 'end',
      width: '8.5rem',
      card: 'hidden',
      render: ({ expected, ring }) => formatNumber(expected[ring - 1] ?? 0),
    },
    {
      key: 'actual',
      title: t('actual'),
      align: 'end',
      width: '8rem',
      card: 'hidden',
      render: ({ notCompliant }) => formatNumber(notCompliant),
    },
    {
      key: 'started',
      title: t('started'),
      width: '10rem',
      render: ({ startedAt }) => <Time at={startedAt} />,
    },
  ];
  return (
    <Page title={t('title')} meaning={t('meaning')}>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={list.items}
          rowKey={({ id }) => id}
          rowLabel={({ item }) => nameOf(item)}
          rowLink={({ id }) => `/compliance/rollouts/${id}`}
          isPending={list.isPending}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={<EmptyState title={t('emptyTitle')}>{t('empty')}</EmptyState>}
        />
      )}
    </Page>
  );
}
