// All resources, by kind.
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import type { Resource } from '@gatehouse/contracts/admin/resources.ts';
import { Anchor, Button, Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useList } from '../../../api/hooks.ts';
import { listAssignments, listResources } from '../../../api/operations/policies.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { Time } from '../../../design/time.tsx';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { readResourcesSearch } from '../search-params.ts';
import { assignedTo } from '../suites/assigned-to.ts';
import { policyTexts, type SayPolicy } from '../texts.ts';
import { kindNames } from './kind-names.ts';
import { resourceTexts, type SayResource } from './texts.ts';
import { kindTitle } from './words.ts';

export function ResourcesPage() {
  const t = resourceTexts.use();
  const tp = policyTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const search = readResourcesSearch(useSearch({ strict: false }));
  const kind = kindNames.find((each) => each === search.kind);
  const list = useList(listResources, { query: { limit: 200, kind } });
  const assignments = useList(listAssignments, { query: { limit: 500 } }, { enabled: may('policies.read') });
  const byItem = useMemo(() => Map.groupBy(assignments.items, ({ item }) => item.id), [assignments.items]);
  const choose = (next: string | null) =>
    void navigate({ to: '/policies/resources', search: next === null ? {} : { kind: next } } as never);
  const mayManage = may('resources.manage');
  const create = (
    <Hint label={t('readOnly')} disabled={mayManage}>
      <Button disabled={!mayManage} onClick={() => void navigate({ to: '/policies/resources/new' } as never)}>
        {t('newResource')}
      </Button>
    </Hint>
  );
  return (
    <Page title={t('resources')} meaning={t('meaning')} action={create}>
      <Select
        w={280}
        maw="100%"
        label={t('kind')}
        placeholder={t('everyKind')}
        clearable
        searchable
        value={kind ?? null}
        onChange={choose}
        data={kindNames.map((each) => ({ value: each, label: kindTitle(each, currentLanguage()) }))}
      />
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('resources')}
          columns={columnsOf(t, tp, byItem)}
          rows={list.items}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.name}
          rowLink={(row) => `/policies/resources/${row.id}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          isStale={list.isStale}
          empty={
            kind === undefined ? (
              <EmptyState title={t('noResources')} action={create}>
                {t('noResourcesText')}
              </EmptyState>
            ) : (
              <EmptyState
                title={t('noneOfKind')}
                action={
                  <Anchor component="button" type="button" onClick={() => choose(null)}>
                    {t('clear')}
                  </Anchor>
                }
              />
            )
          }
        />
      )}
    </Page>
  );
}

function columnsOf(
  t: SayResource,
  tp: SayPolicy,
  byItem: ReadonlyMap<string, readonly Assignment[]>,
): readonly Column<Resource>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: (row) => (
        <RouteLink to={`/policies/resources/${row.id}`} size="sm">
          <Plain text={row.name} limit={100} />
        </RouteLink>
      ),
    },
    { key: 'kind', title: t('kind'), render: (row) => kindTitle(row.kind, currentLanguage()) },
    {
      key: 'assigned',
      title: tp('assignedTo'),
      render: (row) => <Plain text={assignedTo(byItem.get(row.id), tp)} />,
    },
    { key: 'version', title: tp('version'), width: '6rem', align: 'end', render: (row) => row.version },
    { key: 'changed', title: tp('changed'), width: '11rem', render: (row) => <Time at={row.updatedAt} /> },
  ];
}
