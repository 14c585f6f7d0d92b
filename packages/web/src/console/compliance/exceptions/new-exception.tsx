// Excepting a device from a rule: which, from what, why, and until when.
import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import {
  countComplianceRules,
  createException,
  listAllExceptions,
} from '../../../api/operations/compliance.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { complianceTexts } from '../texts.ts';
import { useExceptionDraft } from './exception-fields.tsx';
import { exceptionTexts } from './texts.ts';

export function NewException({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = exceptionTexts.use();
  return (
    <Dialog opened={opened} onClose={onClose} title={t('addTitle')} size="lg">
      {opened && <Fields onClose={onClose} />}
    </Dialog>
  );
}

function Fields({ onClose }: { onClose: () => void }) {
  const t = exceptionTexts.use();
  const shared = complianceTexts.use();
  const [device, setDevice] = useState<Chosen | null>(null);
  const { body, tried, setTried, fields } = useExceptionDraft();
  const create = useChange(createException, {
    refreshes: [listAllExceptions, countComplianceRules],
    onDone: () => {
      notifyDone(t('added', { name: plainLine(device?.name ?? '', 60) }));
      onClose();
    },
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (device !== null && body !== undefined) create.mutate({ params: { deviceId: device.id }, body });
      }}
    >
      <Stack gap="sm">
        <ChooseThing
          what="device"
          label={t('device')}
          chosen={device}
          onChoose={setDevice}
          error={tried && device === null ? t('deviceMissing') : undefined}
        />
        {fields}
        {create.error && <Failure problem={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
