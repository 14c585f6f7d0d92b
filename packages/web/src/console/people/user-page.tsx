// One person: the devices first, then the groups, and what comes with them.
import { Anchor, Button, Group, Modal, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Group as GroupOfPeople, User, UserChanges } from '@gatehouse/contracts/admin/users.ts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList, useRead } from '../../api/hooks.ts';
import { searchDevices } from '../../api/operations/fleet.ts';
import { listAssignments } from '../../api/operations/policies.ts';
import {
  addGroupMember,
  deleteUser,
  listGroupsOfUser,
  listUsers,
  readUser,
  removeGroupMember,
  updateUser,
} from '../../api/operations/people.ts';
import { isApiProblem } from '../../api/problem.ts';
import { Ask } from '../../design/ask.tsx';
import { DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Facts } from '../../design/facts.tsx';
import { Edited, type Saving } from '../../design/edited.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { notifyDone, notifyProblem } from '../../design/notify.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { languageNames, languages } from '../../language/texts.ts';
import { useMay } from '../../session/session.ts';
import { type Chosen, ChooseThing } from '../choices/choose-thing.tsx';
import { columnsOf } from '../devices/list/columns.tsx';
import { listTexts } from '../devices/list/texts.ts';
import { Assigned } from './assigned.tsx';
import { peopleTexts } from './texts.ts';
import { expressionOfUser } from './user-devices.ts';

const route = getRouteApi('/users/$userId');

export function UserPage() {
  const t = peopleTexts.use();
  const { userId } = route.useParams() as { userId: string };
  const user = useRead(readUser, { params: { userId } }, { live: ['user.updated'] });
  if (user.data !== undefined) return <OneUser key={userId} user={user.data} />;
  if (user.error === null) return <Loading lines={6} />;
  if (isApiProblem(user.error, 'not-found'))
    return (
      <EmptyState title={t('gone')} action={<RouteLink to="/users">{t('users')}</RouteLink>}>
        {t('goneText')}
      </EmptyState>
    );
  return <Failure problem={user.error} retry={() => void user.refetch()} />;
}

function OneUser({ user }: { user: User }) {
  const t = peopleTexts.use();
  const l = listTexts.use();
  const may = useMay();
  const addressOf = useAddressOf();
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  const name = user.displayName === '' ? user.userName : user.displayName;
  const devices = useList(
    searchDevices,
    { query: { expression: expressionOfUser(user.userName), sort: 'standing', limit: 50 } },
    { enabled: may('devices.read'), live: ['device.*'] },
  );
  const groups = useRead(listGroupsOfUser, { params: { userId: user.id } }, { enabled: may('groups.read') });
  return (
    <Page
      title={plainLine(name, 80)}
      crumbs={[{ text: t('users'), to: '/users' }]}
      meaning={<Plain text={user.email} />}
      action={
        <Group gap="xs">
          {may('users.manage') && (
            <>
              <Button variant="default" onClick={() => setDialog('edit')}>
                {t('edit')}
              </Button>
              <Button variant="default" c="red" onClick={() => setDialog('delete')}>
                {t('deleteUser')}
              </Button>
            </>
          )}
          {may('enrollments.create') && (
            <Button component="a" href={addressOf(`/enrolment?tab=invitations&user=${user.id}`)}>
              {t('invite')}
            </Button>
          )}
        </Group>
      }
    >
      <Facts
        rows={[
          { label: t('userName'), value: <Plain text={user.userName} /> },
          { label: t('employeeId'), value: user.employeeId },
          {
            label: t('language'),
            value: languages.includes(user.language as 'en') ? languageNames[user.language as 'en'] : null,
          },
          { label: t('state'), value: t(user.state) },
        ]}
      />
      <Title order={2} size="h3">
        {t('devicesOf')}
      </Title>
      {devices.error ? (
        <Failure problem={devices.error} retry={devices.refetch} />
      ) : (
        <DataTable
          label={t('devicesOf')}
          columns={columnsOf(['name', 'standing', 'os', 'gates', 'ownership', 'seen'], l)}
          rows={devices.items}
          rowKey={(device) => device.id}
          rowLabel={(device) => device.name}
          rowLink={(device) => `/devices/${device.id}`}
          hasMore={devices.hasMore}
          loadMore={devices.loadMore}
          isPending={devices.isPending}
          empty={<Text c="dimmed">{t('noDevices')}</Text>}
        />
      )}
      {may('groups.read') && (
        <>
          <Title order={2} size="h3">
            {t('groupsOf')}
          </Title>
          <Groups user={user} groups={groups.data?.items ?? []} />
          {may('policies.read') && (
            <>
              <Title order={2} size="h3">
                {t('assigned')}
              </Title>
              <Assigned
                targets={[
                  { id: user.id, through: undefined },
                  ...(groups.data?.items ?? []).map(({ id, name: group }) => ({ id, through: group })),
                ]}
                none={t('assignedNone')}
              />
            </>
          )}
        </>
      )}
      {dialog === 'edit' && <EditUser userId={user.id} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && <DeleteUser user={user} onClose={() => setDialog(undefined)} />}
    </Page>
  );
}

function Groups({ user, groups }: { user: User; groups: readonly GroupOfPeople[] }) {
  const t = peopleTexts.use();
  const may = useMay();
  const onError = (problem: unknown) => notifyProblem(problem);
  const refreshes = [listGroupsOfUser, listAssignments, listUsers];
  const add = useChange(addGroupMember, { refreshes, onError });
  const remove = useChange(removeGroupMember, { refreshes, onError });
  const [chosen, setChosen] = useState<Chosen | null>(null);
  return (
    <Stack gap="xs" maw={560}>
      {groups.length === 0 && <Text c="dimmed">{t('noGroups')}</Text>}
      {groups.map((group) => (
        <Group key={group.id} gap="sm">
          <RouteLink to={`/groups/${group.id}`} size="sm">
            <Plain text={group.name} limit={80} />
          </RouteLink>
          {may('groups.manage') && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => remove.mutate({ params: { groupId: group.id, userId: user.id } })}
            >
              {t('removeMember', { name: plainLine(group.name, 40) })}
            </Anchor>
          )}
        </Group>
      ))}
      {may('groups.manage') && (
        <ChooseThing
          what="group"
          label={t('groups')}
          chosen={chosen}
          onChoose={(group) => {
            setChosen(null);
            if (group !== null) add.mutate({ params: { groupId: group.id, userId: user.id } });
          }}
        />
      )}
    </Stack>
  );
}

function EditUser({ userId, onClose }: { userId: string; onClose: () => void }) {
  const t = peopleTexts.use();
  return (
    <Modal opened onClose={onClose} title={t('edit')} size="lg">
      <Edited
        read={readUser}
        change={updateUser}
        given={{ params: { userId } }}
        names={{
          displayName: t('displayName'),
          email: t('email'),
          employeeId: t('employeeId'),
          language: t('language'),
          state: t('state'),
        }}
        refreshes={[readUser, listUsers]}
        onDone={() => {
          notifyDone(t('saved'));
          onClose();
        }}
      >
        {({ thing, ...saving }) => <UserForm user={thing} {...saving} />}
      </Edited>
    </Modal>
  );
}

function UserForm({ user, save, isSaving, trouble }: { user: User } & Saving<UserChanges>) {
  const t = peopleTexts.use();
  const [draft, setDraft] = useState({
    email: user.email,
    displayName: user.displayName,
    employeeId: user.employeeId ?? '',
    language: user.language,
    state: user.state,
  });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { employeeId, language, ...rest } = draft;
        save({
          ...rest,
          employeeId: employeeId.trim() === '' ? null : employeeId.trim(),
          language: language as 'en' | null,
        });
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label={t('displayName')}
          value={draft.displayName}
          onChange={(event) => set({ displayName: event.currentTarget.value })}
          maxLength={200}
        />
        <TextInput
          type="email"
          label={t('email')}
          value={draft.email}
          onChange={(event) => set({ email: event.currentTarget.value })}
          maxLength={254}
          required
        />
        <TextInput
          label={t('employeeId')}
          value={draft.employeeId}
          onChange={(event) => set({ employeeId: event.currentTarget.value })}
          maxLength={100}
        />
        <Select
          label={t('language')}
          data={languages.map((each) => ({ value: each, label: languageNames[each] }))}
          value={draft.language}
          onChange={(language) => set({ language })}
          clearable
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
        <Select
          label={t('state')}
          data={(['active', 'disabled'] as const).map((each) => ({ value: each, label: t(each) }))}
          value={draft.state}
          onChange={(state) => state !== null && set({ state: state as 'active' })}
          allowDeselect={false}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
        {trouble}
        <Group justify="flex-end">
          <Button type="submit" loading={isSaving}>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function DeleteUser({ user, onClose }: { user: User; onClose: () => void }) {
  const t = peopleTexts.use();
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const remove = useChange(deleteUser, {
    refreshes: [listUsers],
    onDone: () => {
      notifyDone(t('deleted'));
      void navigate({ href: addressOf('/users') });
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('deleteUserAsk', { name: plainLine(user.displayName || user.email, 60) })}
      verb={t('deleteUser')}
      keep={t('deleteUserKeep')}
      danger
      consequences={{ goes: [t('deleteUserGoes')], stays: [t('deleteUserStays')] }}
      busy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate({ params: { userId: user.id } })}
    />
  );
}
