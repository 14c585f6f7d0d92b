// Who works here: invite, change, shut, and help those who lost their password or their factor.
import type { Administrator } from '@gatehouse/contracts/admin/administrators.ts';
import { Button, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { useList } from '../../../api/hooks.ts';
import { listAdministrators } from '../../../api/operations/settings.ts';
import { DataTable } from '../../../design/data-table.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Plain } from '../../../design/plain.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay, useMe } from '../../../session/session.ts';
import { useRoleName, useRoles } from '../roles/use-roles.ts';
import { SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { type AccountDeed, AccountDialog } from './account-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';

const kinds = { active: 'ok', invited: 'pending', disabled: 'unchecked' } as const;

export function AdministratorsPage() {
  const t = settingsTexts.use();
  const may = useMay();
  const { me } = useMe();
  const nameOf = useRoleName();
  const list = useList(listAdministrators, { query: { limit: 100 } });
  const [inviting, setInviting] = useState(false);
  const [deed, setDeed] = useState<AccountDeed>();
  return (
    <SettingsFrame
      tab="administrators"
      meaning={t('administratorsMeaning')}
      action={
        may('administrators.manage') && <Button onClick={() => setInviting(true)}>{t('invite')}</Button>
      }
    >
      {list.error && <Failure problem={list.error} retry={list.refetch} />}
      <DataTable
        label={t('administrators')}
        rows={list.items}
        rowKey={({ id }) => id}
        rowLabel={({ email }) => email}
        isPending={list.isPending}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        columns={[
          {
            key: 'who',
            title: t('displayName'),
            card: 'title',
            render: ({ id, email, displayName }) => (
              <>
                <Plain text={displayName || email} limit={80} />
                <Text component="span" size="sm" c="dimmed">
                  {displayName !== '' && (
                    <>
                      {' '}
                      <Plain text={email} limit={80} />
                    </>
                  )}
                  {id === me.id && ` (${t('you')})`}
                </Text>
              </>
            ),
          },
          { key: 'role', title: t('role'), width: '12rem', render: ({ role }) => nameOf(role) },
          {
            key: 'state',
            title: t('state'),
            width: '9rem',
            card: 'mark',
            render: ({ state }) => <StatusMark kind={kinds[state]} word={t(`stateOfAccount_${state}`)} />,
          },
          {
            key: 'factor',
            title: t('factor'),
            width: '8rem',
            render: ({ secondFactor }) => (secondFactor ? t('yes') : t('no')),
          },
          {
            key: 'last',
            title: t('lastSignIn'),
            width: '9rem',
            render: ({ lastSignInAt }) =>
              lastSignInAt === undefined ? t('never') : <Time at={lastSignInAt} />,
          },
          {
            key: 'deeds',
            title: '',
            width: '7rem',
            align: 'end',
            render: (account) => <Deeds account={account} onDeed={setDeed} />,
          },
        ]}
      />
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
      {deed && (
        <AccountDialog
          key={`${deed.what} ${deed.account.id}`}
          deed={deed}
          onClose={() => setDeed(undefined)}
        />
      )}
    </SettingsFrame>
  );
}

function Deeds({ account, onDeed }: { account: Administrator; onDeed: (deed: AccountDeed) => void }) {
  const t = settingsTexts.use();
  const may = useMay();
  const { me, permissions } = useMe();
  const roles = useRoles();
  if (!may('administrators.manage')) return null;
  const role = roles.data?.items.find(({ reference }) => reference === account.role);
  const mayMore = role?.permissions.some((each) => !permissions.has(each)) ?? false;
  const why = account.id === me.id ? t('ownAccount') : mayMore ? t('mayMore') : undefined;
  const button = (
    <Button
      size="compact-sm"
      variant="default"
      disabled={why !== undefined}
      aria-label={t('actionsFor', { name: account.displayName || account.email })}
    >
      {t('changeAccount')}
    </Button>
  );
  if (why !== undefined)
    return (
      <Hint label={why}>
        <span>{button}</span>
      </Hint>
    );
  const item = (what: AccountDeed['what'], text: string, danger = false) => (
    <Menu.Item {...(danger ? { color: 'red' } : {})} onClick={() => onDeed({ what, account })}>
      {text}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {item('change', `${t('displayName')}, ${t('role')}`)}
        {account.state !== 'disabled' && item('link', t('newLink'))}
        {account.secondFactor && item('factor', t('resetFactor'))}
        {item('sessions', t('endSessions'))}
        <Menu.Divider />
        {account.state === 'disabled' ? item('enable', t('enable')) : item('disable', t('disable'), true)}
        {item('delete', t('delete'), true)}
      </Menu.Dropdown>
    </Menu>
  );
}
