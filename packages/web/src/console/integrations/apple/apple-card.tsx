import { Card, Group, Text, Title } from '@mantine/core';
import { useRead } from '../../../api/hooks.ts';
import { getApplePushCertificate } from '../../../api/operations/integrations.ts';
import { CopyText } from '../../../design/copy-text.tsx';
import { Facts } from '../../../design/facts.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber, formatTime } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { integrationTexts } from '../texts.ts';
import { appleState } from './apple-state.ts';

export function AppleCard() {
  const t = integrationTexts.use();
  const may = useMay();
  const read = useRead(getApplePushCertificate, {});
  const status = read.data;
  const bound = status?.enrolled.reduce((sum, each) => sum + each.channels, 0) ?? 0;
  return (
    <Card component="section" aria-label={t('apple')}>
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={2}>{t('apple')}</Title>
          {status && <StatusMark {...appleState(status, t)} />}
        </Group>
        {status && may('push.manage') && (
          <RouteLink to="/integrations/apns">
            {status.state === 'missing' ? t('appleSetUp') : t('appleRenew')}
          </RouteLink>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('appleMeaning')}
      </Text>
      {read.error && <Failure problem={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <Loading lines={2} />}
      {status?.certificate && (
        <Facts
          rows={[
            { label: t('appleTopic'), value: <CopyText value={status.certificate.topic} /> },
            status.certificate.account !== null && {
              label: t('appleAccount'),
              value: <Plain text={status.certificate.account} />,
            },
            { label: t('appleUntil'), value: <Time at={status.certificate.notAfter} form="time" /> },
            { label: t('appleChannels'), value: formatNumber(bound) },
          ]}
        />
      )}
      {status?.problems.map((problem) => (
        <Text key={problem.kind} size="sm" mt="xs">
          <StatusMark
            kind="bad"
            word={t('appleProblem', { time: formatTime(problem.since), detail: problem.detail })}
          />
        </Text>
      ))}
    </Card>
  );
}
