// The numbers of a schedule, in minutes, with what they come to.
import { NumberInput, SimpleGrid, Stack, Title } from '@mantine/core';
import { formatDuration, formatNumber } from '../../../language/format.ts';
import { type ScheduleKey, scheduleTexts } from './texts.ts';
import { boundsOf, type Pace, type PaceField, wrongFields } from './week.ts';

export interface PaceFormProps {
  readonly pace: Pace;
  readonly onChange: (pace: Pace) => void;
  readonly disabled: boolean;
}

const minute = 60_000;
const trouble: readonly PaceField[] = ['retryMinutes', 'retryCount', 'thenMinutes'];

export function PaceForm({ pace, onChange, disabled }: PaceFormProps) {
  const t = scheduleTexts.use();
  const wrong = new Set(wrongFields(pace));
  const range = (field: string) =>
    boundsOf(field)
      .map((each) => formatNumber(each))
      .join('–');
  const input = (name: string, label: string, value: number, change: (value: number) => void) => (
    <NumberInput
      key={name}
      label={label}
      value={Number.isNaN(value) ? '' : value}
      onChange={(next) => change(typeof next === 'number' ? next : Number.NaN)}
      description={
        name === 'retryCount'
          ? t('times', { range: range(name) })
          : t('minutes', {
              range: range(name),
              time: Number.isFinite(value) ? formatDuration(value * minute) : '–',
            })
      }
      error={wrong.has(name) ? t('wrong', { range: range(name) }) : undefined}
      clampBehavior="none"
      allowDecimal={false}
      disabled={disabled}
    />
  );
  const own = (field: PaceField) =>
    input(field, t(field), pace[field], (value) => onChange({ ...pace, [field]: value }));
  return (
    <Stack gap="md">
      <section>
        <Title order={2} size="h4" mb={6}>
          {t('reporting')}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {own('checkInMinutes')}
          {own('firstSessionMinutes')}
        </SimpleGrid>
      </section>
      <section>
        <Title order={2} size="h4" mb={6}>
          {t('scans')}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {Object.entries(pace.scans).map(([scan, value]) =>
            input(`scans.${scan}`, t(`scan_${scan}` as ScheduleKey), value, (next) =>
              onChange({ ...pace, scans: { ...pace.scans, [scan]: next } }),
            ),
          )}
        </SimpleGrid>
      </section>
      <section>
        <Title order={2} size="h4" mb={6}>
          {t('trouble')}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>{trouble.map(own)}</SimpleGrid>
      </section>
    </Stack>
  );
}
