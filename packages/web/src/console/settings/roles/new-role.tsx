// A role of one's own: begun from another one, never with more than one may do.
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { Button, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { Dialog } from '../../../design/dialog.tsx';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { createRole, listRoles } from '../../../api/operations/settings.ts';
import { Failure } from '../../../design/failure.tsx';
import { useMe } from '../../../session/session.ts';
import { settingsTexts } from '../texts.ts';
import { useGrantableRoles } from './use-roles.ts';

export function NewRole({
  opened,
  onClose,
  roles,
}: {
  opened: boolean;
  onClose: () => void;
  roles: readonly Role[];
}) {
  const t = settingsTexts.use();
  return (
    <Dialog opened={opened} onClose={onClose} title={t('newRole')}>
      {opened && <Form onClose={onClose} roles={roles} />}
    </Dialog>
  );
}

function Form({ onClose, roles }: { onClose: () => void; roles: readonly Role[] }) {
  const t = settingsTexts.use();
  const { permissions: own } = useMe();
  const grantable = useGrantableRoles();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [from, setFrom] = useState<string | null>('help-desk');
  const create = useChange(createRole, { refreshes: [listRoles], onDone: onClose });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const model = roles.find(({ reference }) => reference === from);
        const permissions = (model?.permissions ?? []).filter((each) => own.has(each)) as Permission[];
        create.mutate({ body: { name: name.trim(), description: description.trim(), permissions } });
      }}
    >
      <Stack>
        <TextInput
          label={t('roleName')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          data-autofocus
        />
        <Textarea
          label={t('roleDescription')}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          maxLength={500}
          autosize
        />
        <Select
          label={t('beginsFrom')}
          data={grantable.map(({ reference, label }) => ({ value: reference, label }))}
          value={from}
          onChange={setFrom}
          clearable
        />
        {create.error && <Failure problem={create.error} />}
        <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
          {t('newRole')}
        </Button>
      </Stack>
    </form>
  );
}
