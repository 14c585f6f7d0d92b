// A further device of one's own: which kind, the password once more, and then a code to carry over.
import { Alert, Button, Card, Code, Group, List, Radio, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { IssuedEnrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import type { MyNewDevice } from '@gatehouse/contracts/my/devices.ts';
import { useChange } from '../../api/hooks.ts';
import { type ApiProblem, isApiProblem } from '../../api/problem.ts';
import { CopyText } from '../../design/copy-text.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Page } from '../../design/page.tsx';
import { QrCode } from '../../design/qr-code.tsx';
import { formatTime } from '../../language/format.ts';
import { enrolMyDevice } from '../operations.ts';
import shared from '../portal.module.css';
import { useMyself } from '../session/portal-session.ts';
import { useProof } from '../session/use-proof.tsx';
import { enrolTexts } from './texts.ts';

type Platform = MyNewDevice['platform'];

export function EnrolPage() {
  const t = enrolTexts.use();
  const { mayEnrol } = useMyself();
  const [issued, setIssued] = useState<{
    readonly enrollment: IssuedEnrollment;
    readonly platform: Platform;
  }>();
  return (
    <Page title={t('title')} meaning={t('meaning')} crumbs={[{ text: t('back'), to: '/' }]}>
      {mayEnrol.length === 0 ? (
        <EmptyState title={t('closed')}>{t('closedText')}</EmptyState>
      ) : issued === undefined ? (
        <Choice
          platforms={mayEnrol as readonly Platform[]}
          onIssued={(enrollment, platform) => setIssued({ enrollment, platform })}
        />
      ) : (
        <Ready {...issued} onAnother={() => setIssued(undefined)} />
      )}
    </Page>
  );
}

function Choice({
  platforms,
  onIssued,
}: {
  platforms: readonly Platform[];
  onIssued: (enrollment: IssuedEnrollment, platform: Platform) => void;
}) {
  const t = enrolTexts.use();
  const [platform, setPlatform] = useState<Platform>(platforms[0] ?? 'ios');
  const [problem, setProblem] = useState<ApiProblem>();
  const proof = useProof(true);
  const enrol = useChange(enrolMyDevice);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem(undefined);
    try {
      if (!(await proof.show())) return;
      onIssued(await enrol.mutateAsync({ body: { platform } }), platform);
    } catch (error) {
      if (isApiProblem(error)) setProblem(error);
    }
  }

  const known =
    problem?.reason === 'too-many-codes' || problem?.reason === 'too-many-devices'
      ? t('tooMany')
      : problem?.reason === 'push-certificate-missing'
        ? t('notReady')
        : undefined;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack maw={480}>
        <Radio.Group
          label={t('which')}
          value={platform}
          onChange={(value) => setPlatform(value as Platform)}
          size="md"
        >
          <Stack gap="sm" mt="xs">
            {platforms.map((each) => (
              <Radio key={each} value={each} label={t(each)} size="md" />
            ))}
          </Stack>
        </Radio.Group>
        <div>
          <Title order={2} size="h3">
            {t('before')}
          </Title>
          <List>
            {t('beforeList')
              .split('|')
              .map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
          </List>
        </div>
        {proof.field}
        {known !== undefined ? (
          <Alert color="red" role="alert">
            {known}
          </Alert>
        ) : (
          problem && <Failure problem={problem} />
        )}
        <Button type="submit" size="md" loading={enrol.isPending}>
          {t('make')}
        </Button>
      </Stack>
    </form>
  );
}

function Ready({
  enrollment,
  platform,
  onAnother,
}: {
  enrollment: IssuedEnrollment;
  platform: Platform;
  onAnother: () => void;
}) {
  const t = enrolTexts.use();
  // Behind the #: browsers do not send it, so it stands in no log.
  const address = `${enrollment.page}#${enrollment.oneTimePassword}`;
  const computer = platform === 'linux' || platform === 'macos' || platform === 'windows';
  return (
    <Card>
      <Stack>
        <Title order={2}>{t('ready')}</Title>
        <Text className={shared.code ?? ''}>
          <CopyText value={enrollment.oneTimePassword} />
        </Text>
        <Text size="sm">{t('readyText', { time: formatTime(enrollment.expiresAt) })}</Text>
        <Group align="flex-start" gap="lg">
          <Stack gap="xs">
            <Text fw={600}>{t('scan')}</Text>
            <QrCode text={address} label={t('qr')} size={200} />
          </Stack>
          <Stack gap="xs" flex={1} miw={220}>
            <Text>{t('orOpen')}</Text>
            <Text className={shared.code ?? ''}>
              <CopyText value={enrollment.page} />
            </Text>
            {computer && (
              <>
                <Text>{t('agent')}</Text>
                <Code block tabIndex={0}>{`gatehouse agent enroll --url ${enrollment.url}`}</Code>
              </>
            )}
            <Button component="a" href={address} variant="default" size="md">
              {t('onThis')}
            </Button>
          </Stack>
        </Group>
        <Text size="sm" c="dimmed">
          {t('soon')}
        </Text>
        <Group>
          <Button variant="default" onClick={onAnother}>
            {t('another')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
