// Reporting a device lost, stolen or found: three questions, then the steps with what each one costs, then the start.
import { Button, Group, NumberInput, Radio, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import type { PlaybookPreview } from '@gatehouse/contracts/admin/playbooks.ts';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useChange, useList, useRead } from '../../../api/hooks.ts';
import { findDevice } from '../../../api/operations/choices.ts';
import { listPlaybookRuns, previewPlaybook, startPlaybook } from '../../../api/operations/compliance.ts';
import { listPolicies } from '../../../api/operations/policies.ts';
import { Ask } from '../../../design/ask.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay } from '../../../session/session.ts';
import { type Chosen, ChooseThing } from '../../choices/choose-thing.tsx';
import { type Answers, dataChoices, destroys, firstAnswers, orderOf, outlookMarks } from './questions.ts';
import { Steps } from './steps.tsx';
import { playbookTexts } from './texts.ts';

/** What stands in the record of a look at the steps; nothing is done by it. */
const looking = '-';

export function StartPlaybookPage() {
  const t = playbookTexts.use();
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const named = typeof search['device'] === 'string' ? search['device'] : undefined;
  const [device, setDevice] = useState<Chosen | null>(null);
  const given = useRead(findDevice, { params: { deviceId: named ?? '' } }, { enabled: named !== undefined });
  const found = given.data ?? undefined;
  const chosen = device ?? (found === undefined ? null : { id: found.id, name: found.name || found.id });
  return (
    <Page
      title={t('startTitle')}
      crumbs={[{ text: t('title'), to: '/compliance/playbooks' }]}
      meaning={t('meaning')}
    >
      <Stack gap="lg" maw={760}>
        <ChooseThing
          key={chosen?.id ?? ''}
          what="device"
          label={t('which')}
          chosen={chosen}
          onChoose={setDevice}
        />
        {given.error && <Failure problem={given.error} />}
        {chosen === null ? (
          <Text c="dimmed">{t('deviceFirst')}</Text>
        ) : (
          <Questions key={chosen.id} device={chosen} />
        )}
      </Stack>
    </Page>
  );
}

function Questions({ device }: { device: Chosen }) {
  const t = playbookTexts.use();
  const navigate = useNavigate();
  const [answers, setAnswers] = useState<Answers>(firstAnswers);
  const [asking, setAsking] = useState(false);
  // What was shown stays until the next is there: whose device it is decides what is asked.
  const [preview, setPreview] = useState<PlaybookPreview>();
  const { mutate: look, error } = useChange(previewPlaybook);
  const start = useChange(startPlaybook, {
    refreshes: [listPlaybookRuns],
    onDone: (run) => {
      notifyDone(t('begun'));
      void navigate({ to: '/compliance/playbooks/$runId', params: { runId: run.id } });
    },
  });
  const ownership = preview?.ownership ?? 'unspecified';
  const order = JSON.stringify(orderOf(answers, ownership, looking));
  useEffect(() => {
    look({ params: { deviceId: device.id }, body: JSON.parse(order) }, { onSuccess: setPreview });
  }, [look, device.id, order]);
  const set = (part: Partial<Answers>) => setAnswers({ ...answers, ...part });
  const choices = dataChoices(answers, ownership);
  const missing = answers.happened === 'missing';
  const name = plainLine(device.name, 60);
  return (
    <>
      {preview && <Text>{t(ownership)}</Text>}
      <Radio.Group
        label={t('happened')}
        value={answers.happened}
        onChange={(next) => set({ happened: next as Answers['happened'] })}
      >
        <Group mt={6}>
          <Radio value="missing" label={t('missing')} />
          <Radio value="back" label={t('back')} />
        </Group>
      </Radio.Group>
      {missing && (
        <Radio.Group
          label={t('chance')}
          value={answers.chance}
          onChange={(next) => set({ chance: next as Answers['chance'] })}
        >
          <Stack gap="xs" mt={6}>
            <Radio value="good" label={t('chanceGood')} description={t('chanceGoodHint')} />
            <Radio value="none" label={t('chanceNone')} description={t('chanceNoneHint')} />
          </Stack>
        </Radio.Group>
      )}
      {missing && answers.chance === 'good' && (
        <Group align="flex-end">
          <NumberInput
            label={t('waitHours')}
            value={answers.waitHours}
            min={1}
            max={336}
            allowDecimal={false}
            w={160}
            onChange={(next) => set({ waitHours: typeof next === 'number' ? next : 24 })}
          />
          <TextInput
            label={t('message')}
            maxLength={500}
            value={answers.message}
            onChange={(event) => set({ message: event.currentTarget.value })}
          />
          <TextInput
            label={t('phone')}
            maxLength={32}
            value={answers.phoneNumber}
            onChange={(event) => set({ phoneNumber: event.currentTarget.value })}
          />
        </Group>
      )}
      {missing && choices.length === 0 && preview && <Text>{t('dataPersonal')}</Text>}
      {choices.length > 0 && <Data answers={answers} choices={choices} onChange={set} />}
      {error ? <Failure problem={error} /> : preview && <Preview preview={preview} />}
      <Group>
        <Button disabled={preview === undefined} onClick={() => setAsking(true)}>
          {t('go')}
        </Button>
      </Group>
      <Ask
        opened={asking && preview !== undefined}
        onClose={() => setAsking(false)}
        title={t('goTitle', { name })}
        verb={t('go')}
        danger={preview !== undefined && destroys(preview.steps)}
        needsReason
        {...(preview !== undefined && destroys(preview.steps) ? { typed: device.name } : {})}
        consequences={{
          after: [
            ...(preview?.steps ?? []).map(({ kind }) => t(kind === 'secure' ? 'secureStep' : kind)),
            t('goAfter'),
          ],
        }}
        busy={start.isPending}
        problem={start.error}
        onConfirm={({ reason }) =>
          start.mutate({ params: { deviceId: device.id }, body: orderOf(answers, ownership, reason) })
        }
      />
    </>
  );
}

interface DataProps {
  readonly answers: Answers;
  readonly choices: readonly Answers['data'][];
  readonly onChange: (part: Partial<Answers>) => void;
}

function Data({ answers, choices, onChange }: DataProps) {
  const t = playbookTexts.use();
  const may = useMay();
  const data = choices.includes(answers.data) ? answers.data : choices[0];
  const policies = useList(
    listPolicies,
    { query: { limit: 200 } },
    { enabled: data === 'investigate' && may('policies.read') },
  );
  return (
    <>
      <Radio.Group
        label={t('data')}
        value={data ?? ''}
        onChange={(next) => onChange({ data: next as Answers['data'] })}
      >
        <Stack gap="xs" mt={6}>
          {choices.map((choice) =>
            choice === 'later' ? (
              <Radio key={choice} value={choice} label={t('dataAfterSearch')} />
            ) : (
              <Radio
                key={choice}
                value={choice}
                label={t(
                  `data${choice === 'investigate' ? 'Investigate' : choice === 'company' ? 'Company' : 'Everything'}`,
                )}
                description={t(
                  `data${choice === 'investigate' ? 'Investigate' : choice === 'company' ? 'Company' : 'Everything'}Hint`,
                )}
              />
            ),
          )}
        </Stack>
      </Radio.Group>
      {data === 'investigate' && may('policies.read') && (
        <Select
          label={t('policy')}
          data={[
            { value: '', label: t('policyNone') },
            ...policies.items.map(({ id, name }) => ({ value: id, label: plainLine(name, 60) })),
          ]}
          value={answers.policyId ?? ''}
          allowDeselect={false}
          w={320}
          maw="100%"
          onChange={(next) => onChange({ policyId: next || null })}
        />
      )}
    </>
  );
}

function Preview({ preview }: { preview: PlaybookPreview }) {
  const t = playbookTexts.use();
  return (
    <section aria-label={t('steps')}>
      <Title order={2} size="h3" mb="xs">
        {t('steps')}
      </Title>
      <Steps
        steps={preview.steps.map(({ kind, outlook, why }) => ({
          kind,
          mark: outlookMarks[outlook],
          word: t(`outlook_${outlook}`),
          note: why,
        }))}
      />
    </section>
  );
}
