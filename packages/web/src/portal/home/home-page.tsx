// The own devices: one sentence each, one button that mends, and when it was last heard of.
import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { MyDevice } from '@gatehouse/contracts/my/devices.ts';
import { useRead } from '../../api/hooks.ts';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { Plain } from '../../design/plain.tsx';
import { useAddressOf } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { useRouter } from '@tanstack/react-router';
import { listMyDevices } from '../operations.ts';
import { useMyself } from '../session/portal-session.ts';
import { useSpoken } from '../use-spoken.ts';
import { inHand, inOrder, sentenceOf, statusOf } from './device-words.ts';
import { homeTexts } from './texts.ts';

export function HomePage() {
  const t = homeTexts.use();
  const me = useMyself();
  const query = useSpoken();
  const devices = useRead(listMyDevices, { query }, { every: 30_000, keep: true });
  const items = devices.data?.items ?? [];
  const here = inHand(items, navigator.userAgent);
  const name = me.displayName || me.userName;
  return (
    <Page
      title={t('title')}
      heading={t('hello', { name })}
      meaning={t('meaning')}
      action={me.mayEnrol.length > 0 && items.length > 0 ? <EnrolButton variant="default" /> : undefined}
    >
      {devices.error && devices.data === undefined ? (
        <Failure problem={devices.error} retry={() => void devices.refetch()} />
      ) : devices.data === undefined ? (
        <Loading height={120} lines={2} />
      ) : items.length === 0 ? (
        <EmptyState title={t('none')} action={me.mayEnrol.length > 0 ? <EnrolButton /> : undefined}>
          {t('noneText')}
        </EmptyState>
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {inOrder(items, navigator.userAgent).map((device) => (
            <DeviceCard key={device.id} device={device} here={device.id === here} />
          ))}
        </SimpleGrid>
      )}
    </Page>
  );
}

function EnrolButton({ variant = 'filled' }: { variant?: 'filled' | 'default' }) {
  const t = homeTexts.use();
  return <LinkButton to="/enrol" text={t('enrol')} variant={variant} />;
}

function LinkButton({
  to,
  text,
  variant,
  label,
}: {
  to: string;
  text: string;
  variant: string;
  label?: string;
}) {
  const router = useRouter();
  const href = useAddressOf()(to);
  return (
    <Button
      component="a"
      href={href}
      variant={variant}
      size="md"
      {...(label === undefined ? {} : { 'aria-label': label })}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        void router.navigate({ href });
      }}
    >
      {text}
    </Button>
  );
}

function DeviceCard({ device, here }: { device: MyDevice; here: boolean }) {
  const t = homeTexts.use();
  const { kind, word } = statusOf(device, t);
  const to = `/devices/${device.id}`;
  const action = device.problems.length > 0 ? t('fix') : t('look');
  return (
    <Card component="article" aria-labelledby={`device-${device.id}`}>
      <Stack gap="xs" h="100%">
        <Group justify="space-between" gap="xs">
          <Title order={2} size="h3" id={`device-${device.id}`}>
            <Plain text={device.name} limit={60} />
          </Title>
          <StatusMark kind={kind} word={word} />
        </Group>
        <Text size="sm" c="dimmed">
          <Plain
            text={[device.model, device.osVersion].filter((part) => part !== null).join(' · ')}
            limit={80}
          />
          {device.model !== null || device.osVersion !== null ? ' · ' : ''}
          {t(device.ownership)}
        </Text>
        {here && (
          <Badge variant="light" tt="none">
            {t('thisDevice')}
          </Badge>
        )}
        <Text>{sentenceOf(device, t)}</Text>
        <Group justify="space-between" mt="auto" gap="xs">
          <LinkButton
            to={to}
            text={action}
            label={`${action}: ${plainLine(device.name, 80)}`}
            variant={device.problems.length > 0 ? 'filled' : 'default'}
          />
          <Text size="sm" c="dimmed">
            {t('lastContact')}:{' '}
            {device.lastContactAt === null ? t('never') : <Time at={device.lastContactAt} />}
          </Text>
        </Group>
      </Stack>
    </Card>
  );
}
