// One thing done to somebody else's account: what it means first, then the verb.
import type { Administrator } from '@gatehouse/contracts/admin/administrators.ts';
import { Button, Select, Stack, Text, TextInput } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import {
  deleteAdministrator,
  endSessionsOf,
  listAdministrators,
  renewSetupLink,
  resetSecondFactor,
  updateAdministrator,
} from '../../../api/operations/settings.ts';
import { Ask } from '../../../design/ask.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { useGrantableRoles } from '../roles/use-roles.ts';
import { settingsTexts } from '../texts.ts';
import { SetupLinkText } from './setup-link-text.tsx';

export interface AccountDeed {
  readonly what: 'change' | 'link' | 'factor' | 'sessions' | 'enable' | 'disable' | 'delete';
  readonly account: Administrator;
}

interface Props {
  readonly deed: AccountDeed;
  readonly onClose: () => void;
}

export function AccountDialog(props: Props) {
  if (props.deed.what === 'change') return <ChangeAccount {...props} />;
  if (props.deed.what === 'link') return <NewLink {...props} />;
  return <AskFirst {...props} />;
}

const refreshes = [listAdministrators];

function AskFirst({ deed: { what, account }, onClose }: Props) {
  const t = settingsTexts.use();
  const done = {
    refreshes,
    onDone: () => {
      notifyDone(t('saved'));
      onClose();
    },
  };
  const update = useChange(updateAdministrator, done);
  const remove = useChange(deleteAdministrator, done);
  const factor = useChange(resetSecondFactor, done);
  const sessions = useChange(endSessionsOf, done);
  const params = { administratorId: account.id };
  const name = account.displayName || account.email;
  const deeds = {
    enable: { change: update, title: `${t('enable')}: ${name}?`, verb: t('enable'), consequences: {} },
    disable: {
      change: update,
      title: t('disableAsk', { name }),
      verb: t('disable'),
      consequences: { goes: [t('disableGoes')], stays: [t('disableStays')] },
    },
    delete: {
      change: remove,
      title: t('deleteAsk', { name }),
      verb: t('delete'),
      consequences: { goes: [t('deleteGoes')], stays: [t('deleteStays')] },
    },
    factor: {
      change: factor,
      title: t('resetFactorAsk', { name }),
      verb: t('resetFactor'),
      consequences: { goes: [t('resetFactorGoes')], after: [t('resetFactorAfter')] },
    },
    sessions: {
      change: sessions,
      title: t('endSessionsAsk', { name }),
      verb: t('endSessions'),
      consequences: { after: [t('endSessionsAfter')] },
    },
  } as const;
  if (what === 'change' || what === 'link') return null;
  const { change, title, verb, consequences } = deeds[what];
  function confirm(): void {
    if (what === 'enable') update.mutate({ params, body: { state: 'active' } });
    else if (what === 'disable') update.mutate({ params, body: { state: 'disabled' } });
    else if (what === 'delete') remove.mutate({ params });
    else if (what === 'factor') factor.mutate({ params });
    else sessions.mutate({ params });
  }
  return (
    <Ask
      opened
      onClose={onClose}
      title={title}
      verb={verb}
      danger={what !== 'enable'}
      consequences={consequences}
      busy={change.isPending}
      problem={change.error}
      {...(what === 'delete' ? { typed: account.email } : {})}
      onConfirm={confirm}
    />
  );
}

function ChangeAccount({ deed: { account }, onClose }: Props) {
  const t = settingsTexts.use();
  const roles = useGrantableRoles();
  const [displayName, setDisplayName] = useState(account.displayName);
  const [role, setRole] = useState<string | null>(account.role);
  const change = useChange(updateAdministrator, {
    refreshes,
    onDone: () => {
      notifyDone(t('saved'));
      onClose();
    },
  });
  const body = {
    ...(displayName.trim() === account.displayName ? {} : { displayName: displayName.trim() }),
    ...(role === null || role === account.role ? {} : { role }),
  };
  return (
    <Dialog opened onClose={onClose} title={t('changeOf', { name: account.displayName || account.email })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ params: { administratorId: account.id }, body });
        }}
      >
        <Stack>
          <TextInput
            label={t('displayName')}
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
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
          {change.error && <Failure problem={change.error} />}
          <Button type="submit" loading={change.isPending} disabled={Object.keys(body).length === 0}>
            {t('save')}
          </Button>
        </Stack>
      </form>
    </Dialog>
  );
}

function NewLink({ deed: { account }, onClose }: Props) {
  const t = settingsTexts.use();
  const renew = useChange(renewSetupLink, { refreshes });
  const name = account.displayName || account.email;
  return (
    <Dialog opened onClose={onClose} title={t('newLink')} size="lg">
      <Stack>
        {renew.data ? (
          <SetupLinkText name={name} url={renew.data.setupUrl} until={renew.data.setupExpiresAt} />
        ) : (
          <Text size="sm">{t('newLinkText')}</Text>
        )}
        {renew.error && <Failure problem={renew.error} />}
        {renew.data ? (
          <Button onClick={onClose}>{t('close')}</Button>
        ) : (
          <Button
            loading={renew.isPending}
            onClick={() => renew.mutate({ params: { administratorId: account.id } })}
            data-autofocus
          >
            {t('newLink')}
          </Button>
        )}
      </Stack>
    </Dialog>
  );
}
