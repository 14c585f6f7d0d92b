// How much may be destroyed before a second person is asked. A change of it is a request that somebody else decides.
import type { Budget } from '@gatehouse/contracts/admin/approvals.ts';
import { Alert, Button, Card, NumberInput, Radio, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import { askForBudget, readBudget } from '../../../api/operations/settings.ts';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { Time } from '../../../design/time.tsx';
import { formatDuration, formatNumber } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { changedMembers } from '../draft.ts';
import { SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';

type Settings = Budget['settings'];

export function GuardPage() {
  const t = settingsTexts.use();
  const may = useMay();
  const { data, error, isPending, refetch } = useRead(readBudget, {}, { live: ['approval.*'] });
  return (
    <SettingsFrame tab="guard" meaning={t('guardMeaning')}>
      {error && <Failure problem={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data && (
        <Stack maw={720}>
          <Card>
            <Text fw={600}>{t('budgetNow')}</Text>
            <Text>
              {t('budgetLine', {
                left: formatNumber(data.left),
                budget: formatNumber(data.budget),
                fleet: formatNumber(data.fleet),
              })}
              {' · '}
              {formatDuration(data.settings.windowMinutes * 60_000)}
            </Text>
            {data.coming.map((coming) => (
              <Text key={coming.approvalId} size="sm" c="dimmed">
                {t('coming', { time: '' })} <Time at={coming.effectiveAt} form="time" />
              </Text>
            ))}
          </Card>
          {may('settings.manage') ? (
            <ChangeForm settings={data.settings} />
          ) : (
            <Alert color="gray" variant="light">
              {t('readOnly')}
            </Alert>
          )}
        </Stack>
      )}
    </SettingsFrame>
  );
}

function ChangeForm({ settings }: { settings: Settings }) {
  const t = settingsTexts.use();
  const [draft, setDraft] = useState<Partial<Settings>>({});
  const [reason, setReason] = useState('');
  const ask = useChange(askForBudget, {
    refreshes: [readBudget],
    onDone: () => {
      setDraft({});
      setReason('');
    },
  });
  const value = { ...settings, ...draft };
  const changed = changedMembers(settings, draft);
  const number =
    (name: 'minimumBudget' | 'fleetPercent' | 'windowMinutes' | 'canaryAbove') =>
    (amount: number | string) => {
      if (typeof amount === 'number') setDraft((before) => ({ ...before, [name]: amount }));
    };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate({ body: { ...changed, reason: reason.trim() } });
      }}
    >
      <Stack>
        <NumberInput
          label={t('minimumBudget')}
          description={t('minimumBudgetHint')}
          min={1}
          max={1000}
          suffix={` ${t('devicesUnit')}`}
          value={value.minimumBudget}
          onChange={number('minimumBudget')}
          styles={{ wrapper: { maxWidth: 260 } }}
        />
        <NumberInput
          label={t('fleetPercent')}
          min={0}
          max={25}
          step={0.5}
          decimalScale={2}
          suffix=" %"
          value={value.fleetPercent}
          onChange={number('fleetPercent')}
          styles={{ wrapper: { maxWidth: 260 } }}
        />
        <NumberInput
          label={t('windowMinutes')}
          min={60}
          max={10_080}
          step={60}
          suffix={` ${t('minutes')}`}
          value={value.windowMinutes}
          onChange={number('windowMinutes')}
          styles={{ wrapper: { maxWidth: 260 } }}
        />
        <Radio.Group
          label={t('secondPerson')}
          value={value.secondPerson}
          onChange={(secondPerson) =>
            setDraft((before) => ({ ...before, secondPerson: secondPerson as Settings['secondPerson'] }))
          }
        >
          <Stack gap="xs" mt="xs">
            <Radio value="above-budget" label={t('secondPerson_above-budget')} />
            <Radio value="always" label={t('secondPerson_always')} />
          </Stack>
        </Radio.Group>
        <NumberInput
          label={t('canaryAbove')}
          min={1}
          max={1000}
          suffix={` ${t('devicesUnit')}`}
          value={value.canaryAbove}
          onChange={number('canaryAbove')}
          styles={{ wrapper: { maxWidth: 260 } }}
        />
        <Textarea
          label={t('reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          required
        />
        {ask.error && <Failure problem={ask.error} />}
        {ask.isSuccess && Object.keys(changed).length === 0 && (
          <Alert color="green" variant="light" role="status">
            {t('asked')}
          </Alert>
        )}
        <Button
          type="submit"
          loading={ask.isPending}
          disabled={Object.keys(changed).length === 0 || reason.trim() === ''}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('askBudget')}
        </Button>
      </Stack>
    </form>
  );
}
