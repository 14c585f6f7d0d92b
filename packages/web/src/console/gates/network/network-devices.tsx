// Switches, access points and controllers that hear of changes: how each stands, a form, and the test.
import {
  Button,
  Code,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import type { NasClient, NewNasClient } from '@gatehouse/contracts/admin/network-access.ts';
import { useState } from 'react';
import { useChange, useList, useRead } from '../../../api/hooks.ts';
import {
  createNetworkDevice,
  deleteNetworkDevice,
  getNetworkDevice,
  listNetworkDevices,
  listNetworkDeviceTemplates,
  tryNetworkDevice,
  updateNetworkDevice,
} from '../../../api/operations/network-gate.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Ask } from '../../../design/ask.tsx';
import { CopyText } from '../../../design/copy-text.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { Created, Edited, type Saving } from '../../../design/edited.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay } from '../../../session/session.ts';
import { HealthMark } from '../health-mark.tsx';
import { gateTexts } from '../texts.ts';
import { RowActions } from './row-actions.tsx';
import { TrialButton } from '../trial-button.tsx';
import { isAddress } from './reply-drafts.ts';
import { networkTexts } from './texts.ts';

export function NetworkDevices() {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const mayManage = useMay()('gates.manage');
  const [editing, setEditing] = useState<NasClient | 'new'>();
  const [removing, setRemoving] = useState<NasClient>();
  const [secret, setSecret] = useState<{ readonly name: string; readonly secret: string }>();
  const list = useList(listNetworkDevices, { query: { limit: 200 } }, { every: 15_000 });
  const remove = useChange(deleteNetworkDevice, {
    refreshes: [listNetworkDevices],
    onDone: () => {
      notifyDone(shared('removed', { name: plainLine(removing?.name ?? '', 60) }));
      setRemoving(undefined);
    },
  });
  const add = mayManage && <Button onClick={() => setEditing('new')}>{t('addDevice')}</Button>;
  const columns: Column<NasClient>[] = [
    {
      key: 'name',
      title: shared('name'),
      card: 'title',
      render: ({ name }) => <Plain text={name} limit={60} />,
    },
    {
      key: 'address',
      title: t('address'),
      width: '14rem',
      render: ({ address, port }) => (
        <CopyText value={address}>
          {address} : {port}
        </CopyText>
      ),
    },
    {
      key: 'state',
      title: shared('state'),
      width: '14rem',
      card: 'mark',
      render: (nas) => <HealthMark {...nas} more={nas.warnings.map((warning) => t(warning)).join(' ')} />,
    },
    {
      key: 'sessions',
      title: t('sessions'),
      width: '7rem',
      align: 'end',
      card: 'hidden',
      render: ({ sessions }) => sessions,
    },
    ...(mayManage
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '17rem',
            render: (nas: NasClient) => (
              <RowActions
                trial={
                  <TrialButton
                    operation={tryNetworkDevice}
                    given={{ params: { nasId: nas.id } }}
                    name={nas.name}
                    refreshes={[listNetworkDevices]}
                  />
                }
                onEdit={() => setEditing(nas)}
                onRemove={() => setRemoving(nas)}
              />
            ),
          },
        ]
      : []),
  ];
  const done = (saved: { readonly name: string; readonly secret?: string }) => {
    setEditing(undefined);
    if (saved.secret === undefined) notifyDone(shared('saved', { name: plainLine(saved.name, 60) }));
    else setSecret({ name: saved.name, secret: saved.secret });
  };
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  return (
    <>
      {list.items.length > 0 && add && <div>{add}</div>}
      <DataTable
        label={t('devices')}
        columns={columns}
        rows={list.items}
        rowKey={({ id }) => id}
        rowLabel={({ name }) => name}
        isPending={list.isPending}
        empty={
          <EmptyState title={t('devicesEmptyTitle')} action={add}>
            {t('devicesEmpty')}
          </EmptyState>
        }
      />
      <Dialog
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={
          editing === 'new' || editing === undefined
            ? t('addDevice')
            : t('editDevice', { name: plainLine(editing.name, 60) })
        }
        size="lg"
      >
        {editing === 'new' ? (
          <Created create={createNetworkDevice} refreshes={[listNetworkDevices]} onDone={done}>
            {(saving) => <Fields {...saving} />}
          </Created>
        ) : (
          editing && (
            <Edited
              read={getNetworkDevice}
              change={updateNetworkDevice}
              given={{ params: { nasId: editing.id } }}
              names={{
                name: shared('name'),
                template: t('template'),
                tell: t('tell'),
                port: t('port'),
                messageAuthenticator: t('messageAuthenticator'),
                enabled: t('enabled'),
              }}
              refreshes={[listNetworkDevices]}
              onDone={done}
            >
              {({ thing, save, ...rest }) => (
                <Fields nas={thing} save={({ address: _fixed, ...changes }) => save(changes)} {...rest} />
              )}
            </Edited>
          )
        )}
      </Dialog>
      <Dialog
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={t('secretTitle', { name: plainLine(secret?.name ?? '', 60) })}
        closeOnClickOutside={false}
      >
        {secret && (
          <Stack>
            <Text size="sm">{t('secretOnce')}</Text>
            <CopyText value={secret.secret}>
              <Code>{secret.secret}</Code>
            </CopyText>
            <Group justify="flex-end">
              <Button onClick={() => setSecret(undefined)}>{t('secretDone')}</Button>
            </Group>
          </Stack>
        )}
      </Dialog>
      <Ask
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={t('removeDevice', { name: plainLine(removing?.name ?? '', 60) })}
        verb={shared('remove')}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => removing && remove.mutate({ params: { nasId: removing.id } })}
      >
        <Text size="sm">{t('removeDeviceText')}</Text>
      </Ask>
    </>
  );
}

interface FieldsProps extends Saving<NewNasClient> {
  readonly nas?: NasClient;
}

function Fields({ nas, save, isSaving, trouble }: FieldsProps) {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const { data: templates } = useRead(listNetworkDeviceTemplates, {});
  const [name, setName] = useState(nas?.name ?? '');
  const [address, setAddress] = useState(nas?.address ?? '');
  const [template, setTemplate] = useState(nas?.template ?? 'generic');
  const [port, setPort] = useState<number | ''>(nas?.port ?? '');
  const [tell, setTell] = useState<NonNullable<NewNasClient['tell']>>(nas?.tell ?? 'reauthenticate');
  const [secret, setSecret] = useState('');
  const [authenticator, setAuthenticator] = useState(nas?.messageAuthenticator ?? true);
  const [enabled, setEnabled] = useState(nas?.enabled ?? true);
  const [tried, setTried] = useState(false);
  const chosen = templates?.find((each) => each.name === template);
  const nameMissing = name.trim() === '';
  const addressWrong = !isAddress(address.trim());
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (nameMissing || addressWrong) return;
        save({
          name: name.trim(),
          address: address.trim(),
          template,
          tell: chosen?.reauthenticate === false ? ('disconnect' as const) : tell,
          messageAuthenticator: authenticator,
          enabled,
          ...(port === '' ? {} : { port }),
          ...(secret === '' ? {} : { secret }),
        });
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={shared('name')}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && nameMissing ? shared('required') : undefined}
        />
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label={t('address')}
            description={t('addressHint')}
            value={address}
            maxLength={45}
            disabled={nas !== undefined}
            onChange={(event) => setAddress(event.currentTarget.value)}
            error={tried && addressWrong ? t('addressWrong') : undefined}
          />
          <NumberInput
            label={t('port')}
            description={t('portHint')}
            value={port}
            placeholder={String(chosen?.port ?? 3799)}
            min={1}
            max={65_535}
            allowDecimal={false}
            hideControls
            onChange={(next) => setPort(typeof next === 'number' ? next : '')}
          />
        </Group>
        <Select
          label={t('template')}
          data={(templates ?? []).map((each) => ({ value: each.name, label: each.title }))}
          value={template}
          searchable
          allowDeselect={false}
          onChange={(next) => next !== null && setTemplate(next)}
        />
        {chosen?.reauthenticate !== false && (
          <Select
            label={t('tell')}
            description={t('tellHint')}
            data={(['reauthenticate', 'disconnect'] as const).map((each) => ({
              value: each,
              label: t(each),
            }))}
            value={tell}
            allowDeselect={false}
            onChange={(next) => next !== null && setTell(next as typeof tell)}
          />
        )}
        <PasswordInput
          label={t('secret')}
          description={nas === undefined ? t('secretHint') : t('secretKept')}
          value={secret}
          maxLength={128}
          autoComplete="off"
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
        <Switch
          label={t('messageAuthenticator')}
          description={t('messageAuthenticatorHint')}
          checked={authenticator}
          onChange={(event) => setAuthenticator(event.currentTarget.checked)}
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
