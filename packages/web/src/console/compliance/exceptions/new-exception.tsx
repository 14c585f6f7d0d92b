// Excepting a device from a rule: which, from what, why, and until when.
import { Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { policyRuleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  countComplianceRules,
  createException,
  listAllExceptions,
  listComplianceRules,
} from '../../../api/operations/compliance.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { kindTitle } from '../rules/rule-sentence.ts';
import { complianceTexts } from '../texts.ts';
import { dateFieldValue, day, endOfDay, soonMs } from './exception-list.ts';
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
  const [rule, setRule] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [opening] = useState(() => Date.now());
  const [until, setUntil] = useState(dateFieldValue(opening + soonMs));
  const [tried, setTried] = useState(false);
  const rules = useList(listComplianceRules, { query: { limit: 500 } });
  const create = useChange(createException, {
    refreshes: [listAllExceptions, countComplianceRules],
    onDone: () => {
      notifyDone(t('added', { name: plainLine(device?.name ?? '', 60) }));
      onClose();
    },
  });
  const end = endOfDay(until, opening);
  const complete = device !== null && rule !== null && reason.trim() !== '' && end !== undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (complete)
          create.mutate({
            params: { deviceId: device.id },
            body: { rule, reason: reason.trim(), expiresAt: end.toISOString() },
          });
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
        <Select
          label={t('rule')}
          searchable
          data={[
            ...rules.items.map(({ id, name }) => ({ value: id, label: plainLine(name, 80) })),
            ...policyRuleKinds.map((kind) => ({
              value: kind,
              label: t('ofPolicies', { title: kindTitle(kind, currentLanguage()) }),
            })),
          ]}
          value={rule}
          onChange={setRule}
          error={tried && rule === null ? t('ruleMissing') : undefined}
        />
        <Textarea
          label={t('reason')}
          description={t('reasonHint')}
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value.replaceAll('\n', ' '))}
          error={tried && reason.trim() === '' ? t('reasonMissing') : undefined}
        />
        <TextInput
          type="date"
          label={t('until')}
          description={t('untilHint')}
          value={until}
          min={dateFieldValue(opening)}
          max={dateFieldValue(opening + 365 * day)}
          onChange={(event) => setUntil(event.currentTarget.value)}
          error={tried && end === undefined ? t('untilWrong') : undefined}
          w={220}
        />
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
