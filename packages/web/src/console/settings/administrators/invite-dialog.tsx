// Inviting somebody: an account, and a link with which its owner chooses password and factor.
import { Button, Select, Stack, TextInput } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { createAdministrator, listAdministrators } from '../../../api/operations/settings.ts';
import { Failure } from '../../../design/failure.tsx';
import { useGrantableRoles } from '../roles/use-roles.ts';
import { settingsTexts } from '../texts.ts';
import { SetupLinkText } from './setup-link-text.tsx';

export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = settingsTexts.use();
  return (
    <Dialog opened={opened} onClose={onClose} title={t('invite')} size="lg">
      {opened && <Form onClose={onClose} />}
    </Dialog>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const t = settingsTexts.use();
  const roles = useGrantableRoles();
  const [email, setEmail] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [role, setRole] = useState<string | null>('help-desk');
  const create = useChange(createAdministrator, { refreshes: [listAdministrators] });
  const made = create.data;
  if (made)
    return (
      <Stack>
        {made.setupUrl !== undefined && made.setupExpiresAt !== undefined && (
          <SetupLinkText
            name={made.displayName || made.email}
            url={made.setupUrl}
            until={made.setupExpiresAt}
          />
        )}
        <Button onClick={onClose}>{t('close')}</Button>
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (role !== null)
          create.mutate({ body: { email: email.trim(), displayName: displayName.trim(), role } });
      }}
    >
      <Stack>
        <TextInput
          label={t('email')}
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          autoComplete="off"
          required
          data-autofocus
        />
        <TextInput
          label={t('displayName')}
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
          maxLength={200}
        />
        <Select
          label={t('role')}
          data={roles.map(({ reference, label }) => ({ value: reference, label }))}
          value={role}
          onChange={setRole}
          allowDeselect={false}
        />
        {create.error && <Failure problem={create.error} />}
        <Button type="submit" loading={create.isPending}>
          {t('invite')}
        </Button>
      </Stack>
    </form>
  );
}
