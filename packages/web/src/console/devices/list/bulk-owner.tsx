// Whom selected devices belong to, and whose property they are.
import { Checkbox, Select } from '@mantine/core';
import type { ManyDeviceChanges } from '@gatehouse/contracts/admin/devices.ts';
import { type Ownership, ownerships } from '@gatehouse/core/devices/device.ts';
import { useState } from 'react';
import { call } from '../../../api/call.ts';
import { changeDevices, previewDeviceChanges } from '../../../api/operations/fleet.ts';
import { designTexts } from '../../../design/texts.ts';
import { useMay } from '../../../session/session.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { fleetTexts } from '../../fleet/texts.ts';
import { BulkForm } from './bulk-form.tsx';
import type { Selected } from './selected-parts.ts';
import { listTexts } from './texts.ts';

export function BulkOwner({ selected, onClose }: { selected: Selected; onClose: () => void }) {
  const t = listTexts.use();
  const d = designTexts.use();
  const words = fleetTexts.use();
  const mayOwn = useMay()('devices.ownership');
  const [user, setUser] = useState<Chosen | null>(null);
  const [nobody, setNobody] = useState(false);
  const [ownership, setOwnership] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const changes: ManyDeviceChanges['changes'] = {
    ...(nobody ? { userId: null } : user === null ? {} : { userId: user.id }),
    ...(ownership === null ? {} : { ownership: ownership as Ownership }),
  };
  const isComplete = Object.keys(changes).length > 0;
  return (
    <BulkForm
      title={t('bulkOwnerTitle')}
      selected={selected}
      asked={isComplete ? JSON.stringify(changes) : undefined}
      preview={async (deviceIds) =>
        (await call(previewDeviceChanges, { body: { deviceIds, changes } })).answer
      }
      change={async (deviceIds) => (await call(changeDevices, { body: { deviceIds, changes } })).answer}
      onTried={() => setTried(true)}
      onClose={onClose}
    >
      <ChooseThing
        what="user"
        label={t('column-owner')}
        chosen={user}
        onChoose={setUser}
        disabled={nobody}
        error={tried && !isComplete ? t('bulkOwnerMissing') : undefined}
      />
      <Checkbox
        label={t('bulkNobody')}
        checked={nobody}
        onChange={(event) => setNobody(event.currentTarget.checked)}
      />
      <Select
        label={t('column-ownership')}
        description={t('bulkOwnershipHint')}
        data={ownerships.map((each) => ({ value: each, label: words(each) }))}
        value={ownership}
        onChange={setOwnership}
        clearable
        disabled={!mayOwn}
        {...(mayOwn ? {} : { 'aria-description': d('notAllowed') })}
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
    </BulkForm>
  );
}
