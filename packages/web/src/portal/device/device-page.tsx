// One of the own devices: what to do first, then what may be done, then what it is and what was done to it.
import { Card, Code, Stack, Text, Title } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import type { MyDeviceDetail } from '@gatehouse/contracts/my/devices.ts';
import { useRead } from '../../api/hooks.ts';
import { isApiProblem } from '../../api/problem.ts';
import { CopyText } from '../../design/copy-text.tsx';
import { Facts } from '../../design/facts.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { HistoryList } from '../history/history-list.tsx';
import { sentenceOf, statusOf } from '../home/device-words.ts';
import { homeTexts } from '../home/texts.ts';
import { readMyDevice } from '../operations.ts';
import { NotFoundPage } from '../shell/root.tsx';
import { useSpoken } from '../use-spoken.ts';
import { Actions } from './actions.tsx';
import { deviceTexts } from './texts.ts';
import { WhatToDo } from './what-to-do.tsx';

export function DevicePage() {
  const t = deviceTexts.use();
  const home = homeTexts.use();
  const query = useSpoken();
  const { deviceId = '' } = useParams({ strict: false }) as { readonly deviceId?: string };
  const device = useRead(readMyDevice, { params: { deviceId }, query }, { every: 15_000, keep: true });
  const crumbs = [{ text: t('back'), to: '/' }];
  if (device.data === undefined) {
    if (isApiProblem(device.error) && (device.error.status === 404 || device.error.status === 400))
      return <NotFoundPage />;
    return (
      <Page title={t('loading')} crumbs={crumbs}>
        {device.error ? (
          <Failure problem={device.error} retry={() => void device.refetch()} />
        ) : (
          <Loading height={100} lines={3} />
        )}
      </Page>
    );
  }
  const known = device.data;
  const { kind, word } = statusOf(known, home);
  return (
    <Page
      title={known.name}
      windowTitle={`${known.name} – ${word}`}
      heading={<Plain text={known.name} limit={80} />}
      crumbs={crumbs}
      status={<StatusMark kind={kind} word={word} />}
      meaning={sentenceOf(known, home)}
    >
      <WhatToDo device={known} />
      <Actions device={known} />
      <About device={known} />
      <Card component="section" aria-labelledby="history">
        <Stack>
          <Title order={2} id="history">
            {t('history')}
          </Title>
          <HistoryList deviceId={known.id} none={t('historyNone')} short />
          <RouteLink to="/history" size="sm">
            {t('all')}
          </RouteLink>
        </Stack>
      </Card>
    </Page>
  );
}

function About({ device }: { device: MyDeviceDetail }) {
  const t = deviceTexts.use();
  const home = homeTexts.use();
  const { details } = device;
  const text = (value: string | null) => (value === null ? null : <Plain text={value} limit={80} />);
  const word = (value: boolean | null, yes: string, no: string) => (value === null ? null : value ? yes : no);
  const time = (at: string | null) => (at === null ? home('never') : <Time at={at} />);
  return (
    <Card component="section" aria-labelledby="details">
      <Stack>
        <Title order={2} id="details">
          {t('details')}
        </Title>
        <Facts
          rows={[
            { label: t('lastContact'), value: time(device.lastContactAt) },
            { label: t('lastReport'), value: time(details.lastReportAt) },
            { label: t('model'), value: text(device.model) },
            { label: t('os'), value: text(device.osVersion) },
            { label: t('ownership'), value: home(device.ownership) },
            { label: t('managed'), value: details.managed ? t('yes') : t('no') },
            { label: t('passcode'), value: word(details.passcodeSet, t('set'), t('notSet')) },
            { label: t('encryption'), value: word(details.encrypted, t('on'), t('off')) },
            { label: t('serial'), value: text(details.serialNumber) },
            { label: t('asset'), value: text(details.assetNumber) },
            { label: t('carrier'), value: text(details.carrier) },
            { label: t('agent'), value: text(details.agentVersion) },
            { label: t('wipe'), value: details.wipeSupported ? t('yes') : t('no') },
            {
              label: t('registered'),
              value: details.registeredAt === null ? null : <Time at={details.registeredAt} />,
            },
          ]}
        />
        <RouteLink to="/privacy" size="sm">
          {t('privacyLink')}
        </RouteLink>
        <details>
          <summary>{t('helpDesk')}</summary>
          <Stack gap={4} pt="xs">
            <Text size="sm">{t('helpDeskText')}</Text>
            <Text size="sm">
              <CopyText value={device.helpCode}>
                <Code>{device.helpCode}</Code>
              </CopyText>
            </Text>
            <Text size="sm" c="dimmed" ff="monospace">
              {device.problems.map(({ kind }) => kind ?? device.state).join(', ')}
            </Text>
          </Stack>
        </details>
      </Stack>
    </Card>
  );
}
