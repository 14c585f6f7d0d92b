// Groups of people, and smart groups.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import type { ListedGroup } from '@gatehouse/contracts/admin/users.ts';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList } from '../../api/hooks.ts';
import { createGroup, listGroups } from '../../api/operations/people.ts';
import { DataTable, type Column } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { useMay } from '../../session/session.ts';
import { groupTabs } from './group-tabs.ts';
import { peopleTexts } from './texts.ts';

export function GroupsPage() {
  const t = peopleTexts.use();
  const may = useMay();
  const addressOf = useAddressOf();
  const [adding, setAdding] = useState(false);
  const list = useList(listGroups, { query: { limit: 100 } });
  return (
    <Page
      title={t('groups')}
      meaning={t('groupsMeaning')}
      tabs={groupTabs('groups', t)}
      action={
        may('groups.manage') && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setAdding(true)}>
              {t('newGroup')}
            </Button>
            <Button component="a" href={addressOf('/groups/new')}>
              {t('newSmart')}
            </Button>
          </Group>
        )
      }
    >
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('groups')}
          columns={columns(t)}
          rows={list.items}
          rowKey={(group) => group.id}
          rowLabel={(group) => group.name}
          rowLink={(group) => `/groups/${group.id}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          empty={<EmptyState title={t('noGroupsYet')}>{t('noGroupsYetText')}</EmptyState>}
        />
      )}
      {adding && <AddGroup onClose={() => setAdding(false)} />}
    </Page>
  );
}

function columns(t: ReturnType<typeof peopleTexts.use>): readonly Column<ListedGroup>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: (group) => (
        <RouteLink to={`/groups/${group.id}`} size="sm" fw={550}>
          <Plain text={group.name} limit={80} />
        </RouteLink>
      ),
    },
    {
      key: 'kind',
      title: t('kind'),
      width: '12rem',
      render: ({ expression }) => t(expression === null ? 'people' : 'smart'),
    },
    {
      key: 'members',
      title: t('members'),
      width: '10rem',
      card: 'mark',
      render: ({ users, devices }) =>
        devices === null ? t('membersUsers', { count: users }) : t('membersDevices', { count: devices }),
    },
    {
      key: 'description',
      title: t('description'),
      card: 'hidden',
      render: ({ description }) => <Plain text={description} limit={120} />,
    },
  ];
}

function AddGroup({ onClose }: { onClose: () => void }) {
  const t = peopleTexts.use();
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const add = useChange(createGroup, {
    refreshes: [listGroups],
    onDone: (group) => void navigate({ href: addressOf(`/groups/${group.id}`) }),
  });
  return (
    <Modal opened onClose={onClose} title={t('newGroup')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '')
            add.mutate({ body: { name: name.trim(), description: description.trim() } });
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
          <TextInput
            label={t('description')}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            maxLength={500}
          />
          {add.error && <Failure problem={add.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={add.isPending}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
