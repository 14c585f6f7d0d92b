// What people say of a device: what it is called, its number in the inventory, whose it is.
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import type { Device, DeviceChanges } from '@gatehouse/contracts/admin/devices.ts';
import { type Ownership, ownerships } from '@gatehouse/core/devices/device.ts';
import { useRef, useState } from 'react';
import { getDevice, updateDevice } from '../../../../api/operations/device.ts';
import { searchDevices } from '../../../../api/operations/fleet.ts';
import { Dialog } from '../../../../design/dialog.tsx';
import { Edited, type Saving } from '../../../../design/edited.tsx';
import { notifyDone } from '../../../../design/notify.tsx';
import { designTexts } from '../../../../design/texts.ts';
import { useMay } from '../../../../session/session.ts';
import { type Chosen, ChooseThing } from '../../../choices/choose-thing.tsx';
import { fleetTexts } from '../../../fleet/texts.ts';
import { overviewTexts } from './texts.ts';

export function EditDevice({ deviceId, onClose }: { deviceId: string; onClose: () => void }) {
  const t = overviewTexts.use();
  const people = useRef(new Map<string, string>());
  const meet = (person: Chosen | null) => person && people.current.set(person.id, person.name);
  return (
    <Dialog opened onClose={onClose} title={t('editTitle')} size="lg">
      <Edited
        read={getDevice}
        change={updateDevice}
        given={{ params: { deviceId } }}
        names={{
          name: t('name'),
          assetNumber: t('asset'),
          userId: t('owner'),
          ownership: t('ownership'),
        }}
        stated={(device) => {
          meet(ownerOf(device));
          return { ...device, userId: device.user?.id ?? null };
        }}
        told={(members) => {
          const id = (members as DeviceChanges).userId;
          return typeof id === 'string' ? { ...members, userId: people.current.get(id) ?? id } : members;
        }}
        refreshes={[searchDevices]}
        onDone={() => {
          notifyDone(t('saved'));
          onClose();
        }}
      >
        {({ thing, ...saving }) => <Form device={thing} onMeet={meet} {...saving} />}
      </Edited>
    </Dialog>
  );
}

function ownerOf({ user }: Device): Chosen | null {
  return user && { id: user.id, name: user.displayName === '' ? user.userName : user.displayName };
}

interface FormProps extends Saving<DeviceChanges> {
  readonly device: Device;
  readonly onMeet: (person: Chosen | null) => void;
}

function Form({ device, onMeet, save, isSaving, trouble }: FormProps) {
  const t = overviewTexts.use();
  const d = designTexts.use();
  const words = fleetTexts.use();
  const mayOwn = useMay()('devices.ownership');
  const [name, setName] = useState(device.name);
  const [asset, setAsset] = useState(device.assetNumber ?? '');
  const [user, setUser] = useState(ownerOf(device));
  const [ownership, setOwnership] = useState<Ownership>(device.ownership);
  const [tried, setTried] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (name.trim() === '') return;
        save({
          name: name.trim(),
          assetNumber: asset.trim() === '' ? null : asset.trim(),
          userId: user?.id ?? null,
          ...(mayOwn ? { ownership } : {}),
        });
      }}
    >
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={t('name')}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && name.trim() === '' ? t('nameMissing') : undefined}
        />
        <TextInput
          label={t('asset')}
          value={asset}
          maxLength={100}
          onChange={(event) => setAsset(event.currentTarget.value)}
        />
        <ChooseThing
          what="user"
          label={t('owner')}
          chosen={user}
          onChoose={(person) => {
            onMeet(person);
            setUser(person);
          }}
        />
        <Select
          label={t('ownership')}
          description={t('ownershipHint')}
          data={ownerships.map((each) => ({ value: each, label: words(each) }))}
          value={ownership}
          onChange={(next) => next !== null && setOwnership(next as Ownership)}
          allowDeselect={false}
          disabled={!mayOwn}
          {...(mayOwn ? {} : { 'aria-description': d('notAllowed') })}
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
