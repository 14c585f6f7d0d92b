// One group: who or what is in it, and what is given to it.
import { Anchor, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import type { Group as OneOfGroups } from '@gatehouse/contracts/admin/users.ts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList, useRead } from '../../api/hooks.ts';
import { searchDevices } from '../../api/operations/fleet.ts';
import {
  addGroupMember,
  deleteGroup,
  listGroupMembers,
  listGroups,
  readGroup,
  removeGroupMember,
} from '../../api/operations/people.ts';
import { isApiProblem } from '../../api/problem.ts';
import { Ask } from '../../design/ask.tsx';
import { DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Hint } from '../../design/hint.tsx';
import { Loading } from '../../design/loading.tsx';
import { notifyDone, notifyProblem } from '../../design/notify.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { useMay } from '../../session/session.ts';
import { type Chosen, ChooseThing } from '../choices/choose-thing.tsx';
import { columnsOf } from '../devices/list/columns.tsx';
import { listTexts } from '../devices/list/texts.ts';
import { Assigned, useAssigned } from './assigned.tsx';
import { peopleTexts } from './texts.ts';

const route = getRouteApi('/groups/$groupId');

export function GroupPage() {
  const t = peopleTexts.use();
  const { groupId } = route.useParams() as { groupId: string };
  const group = useRead(readGroup, { params: { groupId } });
  if (group.data !== undefined) return <OneGroup key={groupId} group={group.data} />;
  if (group.error === null) return <Loading lines={6} />;
  if (isApiProblem(group.error, 'not-found'))
    return (
      <EmptyState title={t('gone')} action={<RouteLink to="/groups">{t('groups')}</RouteLink>}>
        {t('goneText')}
      </EmptyState>
    );
  return <Failure problem={group.error} retry={() => void group.refetch()} />;
}

function OneGroup({ group }: { group: OneOfGroups }) {
  const t = peopleTexts.use();
  const may = useMay();
  const addressOf = useAddressOf();
  const [deleting, setDeleting] = useState(false);
  const target = [{ id: group.id, through: undefined }];
  const used = useAssigned(target, may('policies.read'));
  const isSmart = group.expression !== null;
  const isUsed = used.items.length > 0;
  return (
    <Page
      title={plainLine(group.name, 80)}
      crumbs={[{ text: t('groups'), to: '/groups' }]}
      meaning={
        <>
          {t(isSmart ? 'smart' : 'people')}
          {group.description !== '' && (
            <>
              {' · '}
              <Plain text={group.description} />
            </>
          )}
        </>
      }
      action={
        may('groups.manage') && (
          <Group gap="xs">
            <Hint label={t('inUse')} disabled={!isUsed}>
              <Button
                variant="default"
                aria-disabled={isUsed}
                {...(isUsed ? { 'data-disabled': true, 'aria-description': t('inUse') } : { c: 'red' })}
                onClick={() => {
                  if (!isUsed) setDeleting(true);
                }}
              >
                {t('deleteGroup')}
              </Button>
            </Hint>
            {isSmart && (
              <Button component="a" href={addressOf(`/groups/${group.id}/edit`)}>
                {t('edit')}
              </Button>
            )}
          </Group>
        )
      }
    >
      {group.expression !== null && <Code block>{group.expression}</Code>}
      {isSmart ? <Devices group={group} /> : <Members group={group} />}
      <Title order={2} size="h3">
        {t('usedBy')}
      </Title>
      {may('policies.read') ? (
        <Assigned targets={target} none={t('usedByNone')} />
      ) : (
        <Text c="dimmed">{t('usedHidden')}</Text>
      )}
      {deleting && <DeleteGroup group={group} onClose={() => setDeleting(false)} />}
    </Page>
  );
}

function Devices({ group }: { group: OneOfGroups }) {
  const t = peopleTexts.use();
  const l = listTexts.use();
  const list = useList(
    searchDevices,
    { query: { expression: group.expression ?? '', sort: 'name', limit: 50 } },
    { live: ['device.groups-changed'] },
  );
  return (
    <>
      <Title order={2} size="h3">
        {t('members')}
      </Title>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('members')}
          columns={columnsOf(['name', 'owner', 'standing', 'os', 'gates', 'seen'], l)}
          rows={list.items}
          rowKey={(device) => device.id}
          rowLabel={(device) => device.name}
          rowLink={(device) => `/devices/${device.id}`}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending}
          empty={<Text c="dimmed">{t('noMembersSmart')}</Text>}
        />
      )}
    </>
  );
}

function Members({ group }: { group: OneOfGroups }) {
  const t = peopleTexts.use();
  const may = useMay();
  const list = useList(listGroupMembers, { params: { groupId: group.id }, query: { limit: 100 } });
  const onError = (problem: unknown) => notifyProblem(problem);
  const refreshes = [listGroupMembers, listGroups];
  const add = useChange(addGroupMember, { refreshes, onError });
  const remove = useChange(removeGroupMember, { refreshes, onError });
  const [chosen, setChosen] = useState<Chosen | null>(null);
  return (
    <>
      <Title order={2} size="h3">
        {t('members')}
      </Title>
      {may('groups.manage') && (
        <Stack maw={480}>
          <ChooseThing
            what="user"
            label={t('addMember')}
            chosen={chosen}
            onChoose={(user) => {
              setChosen(null);
              if (user !== null) add.mutate({ params: { groupId: group.id, userId: user.id } });
            }}
          />
        </Stack>
      )}
      <DataTable
        label={t('members')}
        columns={[
          {
            key: 'name',
            title: t('name'),
            card: 'title',
            render: (user) => (
              <RouteLink to={`/users/${user.id}`} size="sm">
                <Plain text={user.displayName === '' ? user.userName : user.displayName} limit={80} />
              </RouteLink>
            ),
          },
          { key: 'email', title: t('email'), render: ({ email }) => <Plain text={email} limit={80} /> },
          {
            key: 'remove',
            title: '',
            width: '16rem',
            render: (user) =>
              may('groups.manage') && (
                <Anchor
                  component="button"
                  type="button"
                  size="sm"
                  onClick={() => remove.mutate({ params: { groupId: group.id, userId: user.id } })}
                >
                  {t('removeMember', { name: plainLine(user.displayName || user.userName, 30) })}
                </Anchor>
              ),
          },
        ]}
        rows={list.items}
        rowKey={(user) => user.id}
        rowLabel={(user) => user.displayName || user.userName}
        rowLink={(user) => `/users/${user.id}`}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        isPending={list.isPending}
        empty={<Text c="dimmed">{t('noMembers')}</Text>}
      />
    </>
  );
}

function DeleteGroup({ group, onClose }: { group: OneOfGroups; onClose: () => void }) {
  const t = peopleTexts.use();
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const remove = useChange(deleteGroup, {
    refreshes: [listGroups],
    onDone: () => {
      notifyDone(t('deleted'));
      void navigate({ href: addressOf('/groups') });
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('deleteGroupAsk', { name: plainLine(group.name, 60) })}
      verb={t('deleteGroup')}
      keep={t('deleteGroupKeep')}
      danger
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate({ params: { groupId: group.id } })}
    />
  );
}
