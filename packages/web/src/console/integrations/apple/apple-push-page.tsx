// Apple's push certificate, step by step: request, signature of the vendor, Apple, and back.
import { Alert, Button, Card, FileInput, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import {
  acceptSignedApplePushRequest,
  getApplePushCertificate,
  requestApplePushCertificate,
  uploadApplePushCertificate,
} from '../../../api/operations/integrations.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { saveFile } from '../../../design/save-file.ts';
import { StatusMark } from '../../../design/status-mark.tsx';
import { formatBytes } from '../../../language/format.ts';
import { integrationTexts } from '../texts.ts';
import { appleState } from './apple-state.ts';

const largest = 131_072;

export function ApplePushPage() {
  const t = integrationTexts.use();
  const read = useRead(getApplePushCertificate, {});
  const refreshes = [getApplePushCertificate];
  const request = useChange(requestApplePushCertificate, { refreshes });
  const accept = useChange(acceptSignedApplePushRequest, { refreshes });
  const upload = useChange(uploadApplePushCertificate, {
    refreshes,
    onDone: () => notifyDone(t('appleDone')),
  });
  const [certificate, setCertificate] = useState('');
  const [account, setAccount] = useState('');
  const [topic, setTopic] = useState('');
  const status = read.data;
  const waiting = status?.request ?? null;
  const otherTopic = isApiProblem(upload.error, 'other-topic') || topic !== '';
  return (
    <Page
      title={t('apple')}
      meaning={t('appleMeaning')}
      crumbs={[{ text: t('title'), to: '/integrations' }]}
      status={status && <StatusMark {...appleState(status, t)} />}
    >
      {read.isPending && <Loading />}
      {read.error && <Failure problem={read.error} retry={() => void read.refetch()} />}
      {status && (
        <Stack maw={760}>
          <Step title={t('appleStep1')} text={t('appleStep1Text')}>
            <Group>
              <Button
                variant={waiting === null ? 'filled' : 'default'}
                loading={request.isPending}
                onClick={() => request.mutate({ body: {} })}
                disabled={waiting !== null}
              >
                {t('appleMakeRequest')}
              </Button>
              {waiting !== null && (
                <Button variant="default" onClick={() => saveFile('gatehouse-push.csr', waiting.csr)}>
                  {t('appleDownload')}
                </Button>
              )}
            </Group>
            {request.error && <Failure problem={request.error} />}
          </Step>
          <Step title={t('appleStep2')} text={t('appleStep2Text')}>
            <TextFile
              label={t('appleStep2')}
              disabled={waiting === null}
              onText={(signed) => accept.mutate({ body: { signed } })}
            />
            {accept.error && <Failure problem={accept.error} />}
          </Step>
          <Step title={t('appleStep3')} text={t('appleStep3Text')}>
            <Button
              variant="default"
              disabled={!waiting?.signed}
              onClick={() => waiting?.signed && saveFile('gatehouse-push-signed.txt', waiting.signed)}
            >
              {t('appleDownloadSigned')}
            </Button>
          </Step>
          <Step title={t('appleStep4')}>
            <TextFile label={t('appleCertificateFile')} onText={setCertificate} />
            <TextInput
              label={t('appleAccount')}
              type="email"
              value={account}
              onChange={(event) => setAccount(event.currentTarget.value)}
              maxLength={254}
            />
            {otherTopic && (
              <TextInput
                label={t('appleTopic')}
                description={t('appleConfirmTopic')}
                value={topic}
                onChange={(event) => setTopic(event.currentTarget.value)}
                maxLength={400}
              />
            )}
            {upload.error && <Failure problem={upload.error} />}
            <Group>
              <Button
                disabled={certificate === ''}
                loading={upload.isPending}
                onClick={() =>
                  upload.mutate({
                    body: {
                      certificate,
                      ...(account.trim() === '' ? {} : { account: account.trim() }),
                      ...(topic === '' ? {} : { confirmTopic: topic }),
                    },
                  })
                }
              >
                {t('appleTake')}
              </Button>
            </Group>
          </Step>
        </Stack>
      )}
    </Page>
  );
}

function Step({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Stack gap="xs">
        <Title order={2} size="h3">
          {title}
        </Title>
        {text !== undefined && <Text size="sm">{text}</Text>}
        {children}
      </Stack>
    </Card>
  );
}

/** A text file of people's disks, refused in words when it cannot be one. */
function TextFile({
  label,
  onText,
  disabled,
}: {
  label: string;
  onText: (text: string) => void;
  disabled?: boolean;
}) {
  const t = integrationTexts.use();
  const [wrong, setWrong] = useState('');
  const [file, setFile] = useState<File | null>(null);
  async function take(chosen: File | null): Promise<void> {
    setFile(chosen);
    if (chosen === null) return;
    const text = chosen.size > largest ? '' : await chosen.text();
    const fits = text !== '' && !text.includes('\0');
    setWrong(
      fits ? '' : t('fileWrong', { name: plainLine(chosen.name, 60), size: formatBytes(chosen.size) }),
    );
    if (fits) onText(text);
  }
  return (
    <>
      <FileInput
        label={label}
        value={file}
        onChange={(chosen) => void take(chosen)}
        disabled={disabled ?? false}
        clearable
      />
      {wrong !== '' && (
        <Alert color="red" role="alert">
          {wrong}
        </Alert>
      )}
    </>
  );
}
