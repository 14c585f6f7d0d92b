// The people whose devices are managed.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { ListedUser } from '@gatehouse/contracts/admin/users.ts';
import { IconSearch } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList } from '../../api/hooks.ts';
import { createUser, listUsers } from '../../api/operations/people.ts';
import { DataTable, type Column } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { addressWith } from '../../design/search-params.ts';
import { useReplaceAddress } from '../../design/use-replace-address.ts';
import { useMay } from '../../session/session.ts';
import { WorstMark } from '../fleet/standing-mark.tsx';
import type { UsersSearch } from './people-search.ts';
import { devicesOfUser } from './user-devices.ts';
import { peopleTexts } from './texts.ts';

const route = getRouteApi('/users');

export function UsersPage() {
  const t = peopleTexts.use();
  const may = useMay();
  const addressOf = useAddressOf();
  const replaceAddress = useReplaceAddress();
  const { q } = route.useSearch() as UsersSearch;
  const [text, setText] = useState(q);
  const look = useDebouncedCallback((wanted: string) => {
    replaceAddress(addressWith('/users', { q: wanted }));
  }, 250);
  const [adding, setAdding] = useState(false);
  const list = useList(
    listUsers,
    { query: { search: q === '' ? undefined : q, limit: 100 } },
    { live: ['user.*'] },
  );
  return (
    <Page
      title={t('users')}
      meaning={t('usersMeaning')}
      action={
        <Group gap="xs">
          {may('users.manage') && (
            <Button variant="default" onClick={() => setAdding(true)}>
              {t('newUser')}
            </Button>
          )}
          {may('enrollments.read') && (
            <Button component="a" href={addressOf('/enrolment?tab=invitations')}>
              {t('invite')}
            </Button>
          )}
        </Group>
      }
    >
      <TextInput
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          look(event.currentTarget.value);
        }}
        maxLength={100}
      />
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('users')}
          columns={columns(t)}
          rows={list.items}
          rowKey={(user) => user.id}
          rowLabel={(user) => user.displayName || user.email}
          rowLink={(user) => `/users/${user.id}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          isStale={list.isStale}
          empty={
            q === '' ? (
              <EmptyState title={t('noUsers')}>{t('noUsersText')}</EmptyState>
            ) : (
              <EmptyState title={t('noMatch')}>{t('noMatchText')}</EmptyState>
            )
          }
        />
      )}
      {adding && <AddUser onClose={() => setAdding(false)} />}
    </Page>
  );
}

function columns(t: ReturnType<typeof peopleTexts.use>): readonly Column<ListedUser>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      card: 'title',
      render: (user) => (
        <RouteLink to={`/users/${user.id}`} size="sm" fw={550}>
          <Plain text={user.displayName === '' ? user.userName : user.displayName} limit={80} />
        </RouteLink>
      ),
    },
    { key: 'email', title: t('email'), render: ({ email }) => <Plain text={email} limit={80} /> },
    {
      key: 'groups',
      title: t('groups'),
      card: 'hidden',
      render: ({ groups }) => (groups.length === 0 ? '–' : <Plain text={groups.join(', ')} limit={80} />),
    },
    {
      key: 'devices',
      title: t('devices'),
      width: '7rem',
      align: 'end',
      render: (user) =>
        user.devices === 0 ? (
          '0'
        ) : (
          <RouteLink to={devicesOfUser(user.userName)} size="sm">
            {user.devices}
          </RouteLink>
        ),
    },
    {
      key: 'worst',
      title: t('worst'),
      card: 'mark',
      render: (user) =>
        user.worst === null ? '–' : <WorstMark standing={user.worst} to={devicesOfUser(user.userName)} />,
    },
    { key: 'state', title: t('state'), width: '8rem', card: 'hidden', render: ({ state }) => t(state) },
  ];
}

function AddUser({ onClose }: { onClose: () => void }) {
  const t = peopleTexts.use();
  const addressOf = useAddressOf();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const [displayName, setDisplayName] = useState('');
  const add = useChange(createUser, {
    refreshes: [listUsers],
    onDone: (user) => void navigate({ href: addressOf(`/users/${user.id}`) }),
  });
  return (
    <Modal opened onClose={onClose} title={t('newUser')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ body: { email: email.trim(), displayName: displayName.trim() } });
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            type="email"
            label={t('email')}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            maxLength={254}
            required
          />
          <TextInput
            label={t('displayName')}
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
            maxLength={200}
          />
          {add.error && <Failure problem={add.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={add.isPending}>
              {t('addUser')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
