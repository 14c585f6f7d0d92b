// What was done, newest first: who, what, when, and what came of it.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useList } from '../../api/hooks.ts';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Plain } from '../../design/plain.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { StatusMark, type StatusKind } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import type { MyHistoryEntry } from '@gatehouse/contracts/my/devices.ts';
import { listMyHistory } from '../operations.ts';
import shared from '../portal.module.css';
import { useSpoken } from '../use-spoken.ts';
import { historyTexts } from './texts.ts';

const kinds: Readonly<Record<MyHistoryEntry['state'], StatusKind>> = {
  queued: 'pending',
  delivered: 'pending',
  acknowledged: 'ok',
  failed: 'bad',
  expired: 'stale',
  cancelled: 'unchecked',
};

export function HistoryList({
  deviceId,
  none,
  short = false,
}: {
  deviceId?: string;
  none: React.ReactNode;
  short?: boolean;
}) {
  const t = historyTexts.use();
  const spoken = useSpoken();
  const query = { ...spoken, limit: short ? 5 : 30, ...(deviceId === undefined ? {} : { deviceId }) };
  const list = useList(listMyHistory, { query }, { every: 15_000 });
  if (list.error && list.items.length === 0) return <Failure problem={list.error} retry={list.refetch} />;
  if (list.isPending) return <Loading lines={3} />;
  if (list.items.length === 0) return typeof none === 'string' ? <Text c="dimmed">{none}</Text> : none;
  return (
    <Stack gap="sm" align="flex-start">
      <ul className={shared.list}>
        {list.items.map((entry) => (
          <li key={entry.id} className={shared.entry}>
            <Text>
              {t(entry.by)} {entry.text}
            </Text>
            <Group gap="xs">
              <StatusMark kind={kinds[entry.state]} word={t(entry.state)} />
              <Text size="sm" c="dimmed" component="span">
                <Time at={entry.at} />
              </Text>
              {deviceId === undefined && (
                <RouteLink to={`/devices/${entry.deviceId}`} size="sm">
                  <Plain text={entry.deviceName} limit={60} />
                </RouteLink>
              )}
            </Group>
          </li>
        ))}
      </ul>
      {list.hasMore && !short && (
        <Button variant="default" onClick={list.loadMore} loading={list.isLoadingMore}>
          {t('more')}
        </Button>
      )}
    </Stack>
  );
}
