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
import { useRead } from '../../../api/hooks.ts';
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
import { CopyText } from '../../../design/copy-text.tsx';
import { Created, Edited, type Saving } from '../../../design/edited.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { EnabledSwitch, FormEnd, NameField } from '../form-parts.tsx';
import { gateTexts } from '../texts.ts';
import { isAddress } from './reply-drafts.ts';
import { networkTexts } from './texts.ts';
import { ToldList } from './told-list.tsx';

export function NetworkDevices() {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const [secret, setSecret] = useState<{ readonly name: string; readonly secret: string }>();
  const form = (nas: NasClient | undefined, done: (name: string | undefined) => void) => {
    const onDone = (saved: { readonly name: string; readonly secret?: string }) => {
      done(saved.secret === undefined ? saved.name : undefined);
      if (saved.secret !== undefined) setSecret({ name: saved.name, secret: saved.secret });
    };
    return nas === undefined ? (
      <Created create={createNetworkDevice} refreshes={[listNetworkDevices]} onDone={onDone}>
        {(saving) => <Fields {...saving} />}
      </Created>
    ) : (
      <Edited
        read={getNetworkDevice}
        change={updateNetworkDevice}
        given={{ params: { nasId: nas.id } }}
        names={{
          name: shared('name'),
          template: t('template'),
          tell: t('tell'),
          port: t('port'),
          messageAuthenticator: t('messageAuthenticator'),
          enabled: t('enabled'),
        }}
        refreshes={[listNetworkDevices]}
        onDone={onDone}
      >
        {({ thing, save, ...rest }) => (
          <Fields nas={thing} save={({ address: _fixed, ...changes }) => save(changes)} {...rest} />
        )}
      </Edited>
    );
  };
  return (
    <>
      <ToldList<NasClient>
        list={listNetworkDevices}
        trial={tryNetworkDevice}
        remove={deleteNetworkDevice}
        parameter="nasId"
        words={{
          label: t('devices'),
          add: t('addDevice'),
          edit: (name) => t('editDevice', { name }),
          emptyTitle: t('devicesEmptyTitle'),
          empty: t('devicesEmpty'),
          removeTitle: (name) => t('removeDevice', { name }),
          removeText: t('removeDeviceText'),
        }}
        address={{
          key: 'address',
          title: t('address'),
          width: '14rem',
          render: ({ address, port }) => (
            <CopyText value={address}>
              {address} : {port}
            </CopyText>
          ),
        }}
        warning={({ warnings }) => warnings.map((warning) => t(warning)).join(' ')}
        more={[
          {
            key: 'sessions',
            title: t('sessions'),
            width: '7rem',
            align: 'end',
            card: 'hidden',
            render: ({ sessions }) => sessions,
          },
        ]}
        form={form}
      />
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
    </>
  );
}

interface FieldsProps extends Saving<NewNasClient> {
  readonly nas?: NasClient;
}

function Fields({ nas, save, isSaving, trouble }: FieldsProps) {
  const t = networkTexts.use();
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
        <NameField value={name} onChange={setName} isMissing={tried && nameMissing} />
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
        <EnabledSwitch label={t('enabled')} value={enabled} onChange={setEnabled} />
        <FormEnd isSaving={isSaving} trouble={trouble} />
      </Stack>
    </form>
  );
}
