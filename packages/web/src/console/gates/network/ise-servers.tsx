// Cisco ISE servers that are told of changes, and what ISE’s own test of this server says, in words.
import {
  Button,
  Group,
  List,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import type { IseServer, NewIseServer } from '@gatehouse/contracts/admin/network-access.ts';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  createIseServer,
  deleteIseServer,
  getIseServer,
  listIseServers,
  tryIseServer,
  updateIseServer,
} from '../../../api/operations/network-gate.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Ask } from '../../../design/ask.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { Created, Edited, type Saving } from '../../../design/edited.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Facts } from '../../../design/facts.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay } from '../../../session/session.ts';
import { HealthMark } from '../health-mark.tsx';
import { gateTexts } from '../texts.ts';
import { RowActions } from './row-actions.tsx';
import { TrialButton } from '../trial-button.tsx';
import { networkTexts } from './texts.ts';

/** The six answers that ISE’s account test is known to give. */
const outcomes = ['connection', '404', '403', '401', 'trust', 'success'] as const;

export function IseServers() {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const mayManage = useMay()('gates.manage');
  const [editing, setEditing] = useState<IseServer | 'new'>();
  const [removing, setRemoving] = useState<IseServer>();
  const list = useList(listIseServers, { query: { limit: 200 } }, { every: 15_000 });
  const remove = useChange(deleteIseServer, {
    refreshes: [listIseServers],
    onDone: () => {
      notifyDone(shared('removed', { name: plainLine(removing?.name ?? '', 60) }));
      setRemoving(undefined);
    },
  });
  const add = mayManage && <Button onClick={() => setEditing('new')}>{t('addIse')}</Button>;
  const columns: Column<IseServer>[] = [
    {
      key: 'name',
      title: shared('name'),
      card: 'title',
      render: ({ name }) => <Plain text={name} limit={60} />,
    },
    {
      key: 'address',
      title: t('mnt'),
      width: '18rem',
      render: ({ mntUrl, ersUrl }) => <Plain text={mntUrl ?? ersUrl ?? '–'} limit={80} />,
    },
    {
      key: 'state',
      title: shared('state'),
      width: '14rem',
      card: 'mark',
      render: (ise) => <HealthMark {...ise} />,
    },
    ...(mayManage
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '17rem',
            render: (ise: IseServer) => (
              <RowActions
                trial={
                  <TrialButton
                    operation={tryIseServer}
                    given={{ params: { iseId: ise.id } }}
                    name={ise.name}
                    refreshes={[listIseServers]}
                  />
                }
                onEdit={() => setEditing(ise)}
                onRemove={() => setRemoving(ise)}
              />
            ),
          },
        ]
      : []),
  ];
  const done = ({ name }: IseServer) => {
    setEditing(undefined);
    notifyDone(shared('saved', { name: plainLine(name, 60) }));
  };
  return (
    <>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <>
          {list.items.length > 0 && add && <div>{add}</div>}
          <DataTable
            label={t('ise')}
            columns={columns}
            rows={list.items}
            rowKey={({ id }) => id}
            rowLabel={({ name }) => name}
            isPending={list.isPending}
            empty={
              <EmptyState title={t('iseEmptyTitle')} action={add}>
                {t('iseEmpty')}
              </EmptyState>
            }
          />
        </>
      )}
      <AccountTest />
      <Dialog
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={
          editing === 'new' || editing === undefined
            ? t('addIse')
            : t('editIse', { name: plainLine(editing.name, 60) })
        }
        size="lg"
      >
        {editing === 'new' ? (
          <Created create={createIseServer} refreshes={[listIseServers]} onDone={done}>
            {({ save, ...rest }) => (
              <Fields save={({ password = '', ...given }) => save({ ...given, password })} {...rest} />
            )}
          </Created>
        ) : (
          editing && (
            <Edited
              read={getIseServer}
              change={updateIseServer}
              given={{ params: { iseId: editing.id } }}
              names={{
                name: shared('name'),
                mntUrl: t('mnt'),
                ersUrl: t('ers'),
                ancPolicy: t('anc'),
                psn: t('psn'),
                coa: t('coa'),
                userName: t('userName'),
                againSeconds: t('again'),
                trust: t('trust'),
                enabled: t('enabled'),
              }}
              refreshes={[listIseServers]}
              onDone={done}
            >
              {({ thing, ...saving }) => <Fields ise={thing} {...saving} />}
            </Edited>
          )
        )}
      </Dialog>
      <Ask
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={t('removeIse', { name: plainLine(removing?.name ?? '', 60) })}
        verb={shared('remove')}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => removing && remove.mutate({ params: { iseId: removing.id } })}
      >
        <Text size="sm">{t('removeIseText')}</Text>
      </Ask>
    </>
  );
}

function AccountTest() {
  const t = networkTexts.use();
  return (
    <section aria-labelledby="ise-account-test">
      <Title order={2} size="h3" id="ise-account-test">
        {t('testTitle')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('testMeaning')}
      </Text>
      <List listStyleType="none" spacing="md">
        {outcomes.map((outcome) => (
          <List.Item key={outcome}>
            <Text fw={600}>{t(`test.${outcome}`)}</Text>
            <Facts
              rows={[
                { label: t('testMeans'), value: t(`test.${outcome}.means`) },
                { label: t('testIse'), value: t(`test.${outcome}.ise`) },
                { label: t('testHere'), value: t(`test.${outcome}.here`) },
              ]}
            />
          </List.Item>
        ))}
      </List>
    </section>
  );
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

interface FieldsProps extends Saving<Omit<NewIseServer, 'password'> & { readonly password?: string }> {
  readonly ise?: IseServer;
}

function Fields({ ise, save, isSaving, trouble }: FieldsProps) {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const [name, setName] = useState(ise?.name ?? '');
  const [mnt, setMnt] = useState(ise?.mntUrl ?? '');
  const [ers, setErs] = useState(ise?.ersUrl ?? '');
  const [anc, setAnc] = useState(ise?.ancPolicy ?? '');
  const [psn, setPsn] = useState(ise?.psn ?? '');
  const [coa, setCoa] = useState<NonNullable<NewIseServer['coa']>>(ise?.coa ?? 'reauthenticate');
  const [userName, setUserName] = useState(ise?.userName ?? '');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState<number | ''>(ise?.againSeconds ?? '');
  const [trust, setTrust] = useState(ise?.trust ?? '');
  const [enabled, setEnabled] = useState(ise?.enabled ?? true);
  const [tried, setTried] = useState(false);
  const missing = {
    name: name.trim() === '',
    user: userName.trim() === '',
    password: ise === undefined && password === '',
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (missing.name || missing.user || missing.password) return;
        save({
          name: name.trim(),
          mntUrl: orNull(mnt),
          ersUrl: orNull(ers),
          ancPolicy: orNull(anc),
          psn: orNull(psn),
          coa,
          userName: userName.trim(),
          againSeconds: again === '' ? null : again,
          trust: orNull(trust),
          enabled,
          ...(password === '' ? {} : { password }),
        });
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={shared('name')}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && missing.name ? shared('required') : undefined}
        />
        <TextInput
          label={t('mnt')}
          description={t('mntHint')}
          value={mnt}
          maxLength={200}
          onChange={(event) => setMnt(event.currentTarget.value)}
        />
        <Select
          label={t('coa')}
          data={(['reauthenticate', 'disconnect', 'none'] as const).map((each) => ({
            value: each,
            label: t(each),
          }))}
          value={coa}
          allowDeselect={false}
          onChange={(next) => next !== null && setCoa(next as typeof coa)}
        />
        <TextInput
          label={t('psn')}
          description={t('psnHint')}
          value={psn}
          maxLength={100}
          onChange={(event) => setPsn(event.currentTarget.value)}
        />
        <TextInput
          label={t('ers')}
          description={t('ersHint')}
          value={ers}
          maxLength={200}
          onChange={(event) => setErs(event.currentTarget.value)}
        />
        {ers.trim() !== '' && (
          <TextInput
            label={t('anc')}
            value={anc}
            maxLength={100}
            onChange={(event) => setAnc(event.currentTarget.value)}
          />
        )}
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label={t('userName')}
            value={userName}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setUserName(event.currentTarget.value)}
            error={tried && missing.user ? shared('required') : undefined}
          />
          <PasswordInput
            label={t('password')}
            {...(ise === undefined ? {} : { description: t('passwordKept') })}
            value={password}
            maxLength={200}
            autoComplete="new-password"
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={tried && missing.password ? shared('required') : undefined}
          />
        </Group>
        <NumberInput
          label={t('again')}
          description={t('againHint')}
          value={again}
          min={5}
          max={86_400}
          allowDecimal={false}
          hideControls
          onChange={(next) => setAgain(typeof next === 'number' ? next : '')}
        />
        <Textarea
          label={t('trust')}
          description={t('trustHint')}
          value={trust}
          maxLength={32_768}
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          onChange={(event) => setTrust(event.currentTarget.value)}
        />
        <Switch
          label={t('enabled')}
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        {trouble}
        <Group justify="flex-end">
          <Button type="submit" loading={isSaving}>
            {shared('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
