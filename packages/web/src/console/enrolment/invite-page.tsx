// Inviting people: one, many, a group or a file; then what came of each.
import type { InvitationReport } from '@gatehouse/contracts/admin/invitations.ts';
import {
  Alert,
  Button,
  Card,
  FileInput,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/hooks.ts';
import {
  importInvitations,
  invite,
  listEnrollments,
  listInvitations,
} from '../../api/operations/enrolment.ts';
import { Failure } from '../../design/failure.tsx';
import { Page } from '../../design/page.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { formatBytes } from '../../language/format.ts';
import { languageNames, languages } from '../../language/texts.ts';
import { type Chosen, ChooseThing } from '../choices/choose-thing.tsx';
import { useMay } from '../../session/session.ts';
import { readPeople } from './enrolment-search.ts';
import { InvitationResults } from './invitation-results.tsx';
import { enrolmentTexts } from './texts.ts';
import { platformWord } from './words.ts';

const platforms = ['ios', 'macos', 'linux', 'android', 'windows'] as const;
const ownerships = ['corporate', 'personal', 'unspecified'] as const;
const deliveries = ['mail', 'link'] as const;
const largestFile = 4 * 1024 * 1024;

const oneOf = <Value extends string>(
  values: readonly Value[],
  chosen: string | null,
  otherwise: Value,
): Value => values.find((value) => value === chosen) ?? otherwise;

export function InvitePage() {
  const t = enrolmentTexts.use();
  const [report, setReport] = useState<InvitationReport | null>(null);
  return (
    <Page
      title={t('inviteTitle')}
      meaning={t('inviteMeaning')}
      crumbs={[{ text: t('title'), to: '/enrolment' }]}
    >
      {report === null ? (
        <InviteForm onDone={setReport} />
      ) : (
        <InvitationResults report={report} onAgain={() => setReport(null)} />
      )}
    </Page>
  );
}

const ofUser = 'of-user';

function InviteForm({ onDone }: { onDone: (report: InvitationReport) => void }) {
  const t = enrolmentTexts.use();
  const mayDeclare = useMay()('devices.ownership');
  const [people, setPeople] = useState('');
  const [group, setGroup] = useState<Chosen | null>(null);
  const [platform, setPlatform] = useState<(typeof platforms)[number]>('ios');
  const [ownership, setOwnership] = useState<(typeof ownerships)[number]>('unspecified');
  const [delivery, setDelivery] = useState<(typeof deliveries)[number]>('mail');
  const [language, setLanguage] = useState<string>(ofUser);
  const [hours, setHours] = useState<number | string>('');
  const [tried, setTried] = useState(false);
  const [wrongFile, setWrongFile] = useState('');
  const refreshes = [listInvitations, listEnrollments];
  const inviting = useChange(invite, { refreshes, onDone });
  const importing = useChange(importInvitations, { refreshes, onDone });
  const named = readPeople(people);
  const nobody = named.length === 0 && group === null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (nobody) return;
    inviting.mutate({
      body: {
        ...(group === null ? { users: [...named] } : { groupId: group.id }),
        platform,
        ownership,
        delivery,
        ...(language === ofUser ? {} : { language }),
        ...(typeof hours === 'number' ? { expiresInHours: hours } : {}),
      },
    });
  }

  async function take(file: File | null): Promise<void> {
    if (file === null) return;
    const fits = file.size <= largestFile && /\.(csv|txt)$/i.test(file.name);
    setWrongFile(
      fits ? '' : t('fileWrong', { name: plainLine(file.name, 60), size: formatBytes(file.size) }),
    );
    if (fits)
      importing.mutate({
        query: { platform, ownership, delivery, ...(language === ofUser ? {} : { language }) },
        body: await file.text(),
      });
  }

  const problem = inviting.error ?? importing.error;
  return (
    <Card maw={760}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Textarea
            label={t('people')}
            description={t('peopleHint')}
            value={people}
            onChange={(event) => setPeople(event.currentTarget.value)}
            error={tried && nobody ? t('none') : undefined}
            autosize
            minRows={2}
            maxRows={10}
            maxLength={300_000}
            disabled={group !== null}
          />
          <ChooseThing
            what="group"
            label={t('group')}
            chosen={group}
            onChoose={setGroup}
            disabled={named.length > 0}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Select
              label={t('platform')}
              data={platforms.map((each) => ({ value: each, label: platformWord(each, t) }))}
              value={platform}
              allowDeselect={false}
              onChange={(chosen) => setPlatform(oneOf(platforms, chosen, 'ios'))}
            />
            <Select
              label={t('ownership')}
              description={t('ownershipHint')}
              data={ownerships.map((each) => ({
                value: each,
                label: t(each),
                disabled: each === 'corporate' && !mayDeclare,
              }))}
              value={ownership}
              allowDeselect={false}
              onChange={(chosen) => setOwnership(oneOf(ownerships, chosen, 'unspecified'))}
            />
            <Select
              label={t('delivery')}
              data={[
                { value: 'mail', label: t('byMail') },
                { value: 'link', label: t('byLink') },
              ]}
              value={delivery}
              allowDeselect={false}
              onChange={(chosen) => setDelivery(oneOf(deliveries, chosen, 'mail'))}
            />
            <Select
              label={t('language')}
              data={[
                { value: ofUser, label: t('languageOfUser') },
                ...languages.map((each) => ({ value: each, label: languageNames[each] })),
              ]}
              value={language}
              allowDeselect={false}
              disabled={delivery === 'link'}
              onChange={(chosen) => setLanguage(chosen ?? ofUser)}
            />
            <NumberInput
              label={t('hours')}
              description={t('hoursHint')}
              value={hours}
              onChange={setHours}
              min={1}
              max={336}
              allowDecimal={false}
            />
          </SimpleGrid>
          {problem && <Failure problem={problem} />}
          <Group>
            <Button type="submit" loading={inviting.isPending}>
              {group === null ? t('submit', { count: named.length }) : t('submitGroup')}
            </Button>
          </Group>
        </Stack>
      </form>
      <Stack gap={4} mt="lg">
        <FileInput
          label={t('file')}
          description={t('fileHint')}
          accept=".csv,text/csv"
          value={null}
          onChange={(file) => void take(file)}
          disabled={importing.isPending}
          clearable
        />
        {wrongFile !== '' && (
          <Alert color="red" role="alert">
            <Text size="sm">{wrongFile}</Text>
          </Alert>
        )}
      </Stack>
    </Card>
  );
}
