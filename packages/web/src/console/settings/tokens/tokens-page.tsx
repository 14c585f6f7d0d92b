// Access tokens of programs: made here, shown once, revoked here.
import type { ApiToken } from '@gatehouse/contracts/admin/tokens.ts';
import { Button, Select, Stack, Text, TextInput } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { useState } from 'react';
import { useChange, useList, useRead } from '../../../api/hooks.ts';
import { createToken, listTokens, readSettings, revokeToken } from '../../../api/operations/settings.ts';
import { Ask } from '../../../design/ask.tsx';
import { CopyText } from '../../../design/copy-text.tsx';
import { DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { Plain } from '../../../design/plain.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatDuration, formatTime } from '../../../language/format.ts';
import { useGrantableRoles, useRoleName } from '../roles/use-roles.ts';
import { SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { lifeChoices, tokenStanding } from './token-standing.ts';

export function TokensPage() {
  const t = settingsTexts.use();
  const roleName = useRoleName();
  const tokens = useList(listTokens, { query: { limit: 100 } });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken>();
  const revoke = useChange(revokeToken, { refreshes: [listTokens], onDone: () => setRevoking(undefined) });
  return (
    <SettingsFrame
      tab="tokens"
      meaning={t('tokensMeaning')}
      action={<Button onClick={() => setMaking(true)}>{t('newToken')}</Button>}
    >
      {tokens.error && <Failure problem={tokens.error} retry={tokens.refetch} />}
      <DataTable
        label={t('tokens')}
        rows={tokens.items}
        rowKey={({ id }) => id}
        rowLabel={({ name, id }) => name || id}
        isPending={tokens.isPending}
        hasMore={tokens.hasMore}
        loadMore={tokens.loadMore}
        empty={
          <EmptyState
            title={t('noTokens')}
            action={<Button onClick={() => setMaking(true)}>{t('newToken')}</Button>}
          >
            {t('noTokensText')}
          </EmptyState>
        }
        columns={[
          {
            key: 'name',
            title: t('tokenName'),
            card: 'title',
            render: ({ name }) =>
              name === '' ? <Text c="dimmed">{t('unnamed')}</Text> : <Plain text={name} />,
          },
          { key: 'role', title: t('role'), render: ({ role }) => roleName(role) },
          {
            key: 'state',
            title: t('state'),
            card: 'mark',
            render: (token) => {
              const standing = tokenStanding(token, Date.now());
              return (
                <StatusMark
                  kind={standing === 'valid' ? 'ok' : 'unchecked'}
                  word={t(standing)}
                  {...(token.revokedAt === undefined ? {} : { since: token.revokedAt })}
                />
              );
            },
          },
          {
            key: 'expires',
            title: t('expires'),
            render: ({ expiresAt }) => <Time at={expiresAt} form="time" />,
          },
          {
            key: 'used',
            title: t('lastUsed'),
            render: ({ lastUsedAt }) => (lastUsedAt === undefined ? t('never') : <Time at={lastUsedAt} />),
          },
          {
            key: 'revoke',
            title: '',
            width: '8rem',
            align: 'end',
            render: (token) =>
              tokenStanding(token, Date.now()) === 'valid' && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t('revoke')}: ${plainLine(token.name || token.id, 80)}`}
                  onClick={() => setRevoking(token)}
                >
                  {t('revoke')}
                </Button>
              ),
          },
        ]}
      />
      <Dialog opened={making} onClose={() => setMaking(false)} title={t('newToken')}>
        {making && <NewToken onClose={() => setMaking(false)} />}
      </Dialog>
      <Ask
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={t('revokeAsk', { name: revoking?.name || revoking?.id || '' })}
        verb={t('revoke')}
        danger
        consequences={{ goes: [t('revokeGoes')] }}
        busy={revoke.isPending}
        problem={revoke.error}
        onConfirm={() => revoking && revoke.mutate({ params: { tokenId: revoking.id } })}
      />
    </SettingsFrame>
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const t = settingsTexts.use();
  const roles = useGrantableRoles();
  const { data: settings } = useRead(readSettings, {});
  const [name, setName] = useState('');
  const [role, setRole] = useState<string | null>('auditor');
  const [seconds, setSeconds] = useState<string | null>(String(90 * 86_400));
  const create = useChange(createToken, { refreshes: [listTokens] });
  if (create.data)
    return (
      <Stack>
        <Text size="sm">{t('tokenMadeText')}</Text>
        <CopyText value={create.data.token}>
          <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
            {create.data.token}
          </Text>
        </CopyText>
        <Text size="sm" c="dimmed">
          {t('expires')}: {formatTime(create.data.expiresAt)}
        </Text>
        <Button onClick={onClose}>{t('close')}</Button>
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (role !== null && seconds !== null)
          create.mutate({ body: { name: name.trim(), role, expiresInSeconds: Number(seconds) } });
      }}
    >
      <Stack>
        <TextInput
          label={t('tokenName')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          data-autofocus
        />
        <Select
          label={t('role')}
          data={roles.map(({ reference, label }) => ({ value: reference, label }))}
          value={role}
          onChange={setRole}
          allowDeselect={false}
        />
        <Select
          label={t('expiresIn')}
          data={lifeChoices(settings?.tokenMaximumDays ?? 366).map((life) => ({
            value: String(life),
            label: formatDuration(life * 1000),
          }))}
          value={seconds}
          onChange={setSeconds}
          allowDeselect={false}
        />
        {create.error && <Failure problem={create.error} />}
        <Button type="submit" loading={create.isPending}>
          {t('newToken')}
        </Button>
      </Stack>
    </form>
  );
}
