// Watch lists: searches that are looked at all the time.
import { Anchor, Button, Code, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import type { WatchList } from '@gatehouse/contracts/admin/searches.ts';
import { useState } from 'react';
import { useChange, useList } from '../../api/hooks.ts';
import {
  createWatchList,
  deleteWatchList,
  listWatchLists,
  updateWatchList,
} from '../../api/operations/fleet.ts';
import { Ask } from '../../design/ask.tsx';
import { DataTable, type Column } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { notifyProblem } from '../../design/notify.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink } from '../../design/route-link.tsx';
import { addressWith } from '../../design/search-params.ts';
import { useMay } from '../../session/session.ts';
import { checkFor } from '../query/expression-state.ts';
import { ExpressionEditor } from './expression-editor.tsx';
import { groupTabs } from './group-tabs.ts';
import { peopleTexts } from './texts.ts';

export function WatchListsPage() {
  const t = peopleTexts.use();
  const may = useMay();
  const mayManage = may('searches.manage');
  const list = useList(listWatchLists, { query: { limit: 100 } }, { live: ['alert.raised'] });
  const [dialog, setDialog] = useState<'new' | WatchList>();
  const change = useChange(updateWatchList, {
    refreshes: [listWatchLists],
    onError: (problem) => notifyProblem(problem),
  });
  const set = (watchListId: string, body: { tellEntry?: boolean; tellExit?: boolean }) =>
    change.mutate({ params: { watchListId }, body });
  const columns: readonly Column<WatchList>[] = [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: ({ name, expression }) => (
        <RouteLink to={addressWith('/devices', { q: `= ${expression}` })} size="sm" fw={550}>
          <Plain text={name} limit={80} />
        </RouteLink>
      ),
    },
    {
      key: 'devices',
      title: t('devices'),
      width: '6rem',
      align: 'end',
      card: 'mark',
      render: ({ devices }) => devices,
    },
    {
      key: 'expression',
      title: t('expression'),
      width: '34%',
      render: ({ expression }) => <Code>{plainLine(expression, 120)}</Code>,
    },
    ...(['tellEntry', 'tellExit'] as const).map((tell) => ({
      key: tell,
      title: t(tell),
      width: '13%',
      render: (row: WatchList) => (
        <Switch
          aria-label={`${t(tell)}: ${plainLine(row.name, 60)}`}
          checked={row[tell]}
          disabled={!mayManage}
          onChange={(event) => set(row.id, { [tell]: event.currentTarget.checked })}
        />
      ),
    })),
    {
      key: 'delete',
      title: '',
      width: '6rem',
      render: (row) =>
        mayManage && (
          <Anchor component="button" type="button" size="sm" onClick={() => setDialog(row)}>
            {t('deleteGroup')}
          </Anchor>
        ),
    },
  ];
  return (
    <Page
      title={t('watchLists')}
      meaning={t('watchMeaning')}
      tabs={groupTabs('watch-lists', t)}
      action={mayManage && <Button onClick={() => setDialog('new')}>{t('newWatch')}</Button>}
    >
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('watchLists')}
          columns={columns}
          rows={list.items}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.name}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          empty={<EmptyState title={t('noWatch')}>{t('noWatchText')}</EmptyState>}
        />
      )}
      {dialog === 'new' && <AddWatchList onClose={() => setDialog(undefined)} />}
      {dialog !== undefined && dialog !== 'new' && (
        <DeleteWatchList list={dialog} onClose={() => setDialog(undefined)} />
      )}
    </Page>
  );
}

function AddWatchList({ onClose }: { onClose: () => void }) {
  const t = peopleTexts.use();
  const [name, setName] = useState('');
  const [expression, setExpression] = useState('');
  const add = useChange(createWatchList, { refreshes: [listWatchLists], onDone: onClose });
  const isGood = name.trim() !== '' && checkFor('watch-list', expression).isGood;
  return (
    <Modal opened onClose={onClose} title={t('newWatch')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood) add.mutate({ body: { name: name.trim(), expression } });
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={200}
            required
          />
          <ExpressionEditor value={expression} onChange={setExpression} kind="watch-list" />
          {add.error && <Failure problem={add.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={add.isPending} disabled={!isGood}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function DeleteWatchList({ list, onClose }: { list: WatchList; onClose: () => void }) {
  const t = peopleTexts.use();
  const remove = useChange(deleteWatchList, { refreshes: [listWatchLists], onDone: onClose });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('deleteWatch', { name: plainLine(list.name, 60) })}
      verb={t('deleteGroup')}
      keep={t('keepIt')}
      danger
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate({ params: { watchListId: list.id } })}
    />
  );
}
