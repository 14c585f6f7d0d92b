// Where the device was last. Nothing is asked before somebody has confirmed that the look is recorded and shown to the user.
import { Alert, Button, Card, Checkbox, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import type { LocationPlaces } from '@gatehouse/contracts/admin/commands.ts';
import { lazy, Suspense, useState } from 'react';
import { useChange } from '../../../../api/hooks.ts';
import { lookAtLocation } from '../../../../api/operations/device.ts';
import { CopyText } from '../../../../design/copy-text.tsx';
import { EmptyState } from '../../../../design/empty-state.tsx';
import { Failure } from '../../../../design/failure.tsx';
import { Loading } from '../../../../design/loading.tsx';
import { Time } from '../../../../design/time.tsx';
import { formatNumber } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { useDevice, useDeviceId } from '../use-device.ts';
import { coordinates } from './coordinates.ts';
import { locationTexts } from './texts.ts';

const WorldMap = lazy(() => import('./world-map.tsx'));

export function LocationTab() {
  const t = locationTexts.use();
  const may = useMay();
  const deviceId = useDeviceId();
  const { data: device } = useDevice();
  const [reason, setReason] = useState('');
  const [trail, setTrail] = useState(false);
  const [found, setFound] = useState<LocationPlaces>();
  const look = useChange(lookAtLocation, { onDone: setFound });
  if (device === undefined) return <Loading />;
  if (device.ownership !== 'corporate' && !may('devices.locate.personal'))
    return <EmptyState title={t('personal')} />;
  if (found !== undefined) return <Places found={found} onAgain={() => setFound(undefined)} />;
  return (
    <Card maw={560} component="section" aria-labelledby="look">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate({
            params: { deviceId },
            body: { ...(reason.trim() === '' ? {} : { reason: reason.trim() }), ...(trail ? { trail } : {}) },
          });
        }}
      >
        <Stack>
          <Title order={2} id="look">
            {t('askFirst')}
          </Title>
          <Alert color="violet" variant="light">
            {t('notice')}
          </Alert>
          <TextInput
            label={t('reason')}
            description={t('reasonHint')}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Checkbox
            label={t('trail')}
            checked={trail}
            onChange={(event) => setTrail(event.currentTarget.checked)}
          />
          {look.error !== null && <Failure problem={look.error} />}
          <Group>
            <Button type="submit" loading={look.isPending}>
              {t('look')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Places({ found: { places }, onAgain }: { found: LocationPlaces; onAgain: () => void }) {
  const t = locationTexts.use();
  if (places.length === 0) {
    return (
      <EmptyState
        title={t('none')}
        action={
          <Button variant="default" onClick={onAgain}>
            {t('again')}
          </Button>
        }
      >
        {t('noneText')}
      </EmptyState>
    );
  }
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>{t('title')}</Title>
        <Button variant="default" size="xs" onClick={onAgain}>
          {t('again')}
        </Button>
      </Group>
      <Table aria-label={t('title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('place')}</Table.Th>
            <Table.Th>{t('when')}</Table.Th>
            <Table.Th>{t('accuracy')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('source')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {places.map((place) => (
            <Table.Tr key={`${place.observedAt} ${place.source}`}>
              <Table.Th scope="row" fw={400}>
                <CopyText value={coordinates(place)} />
              </Table.Th>
              <Table.Td>
                <Time at={place.observedAt} />
              </Table.Td>
              <Table.Td>
                {place.accuracyMeters === null
                  ? t('unknown')
                  : t('meters', { meters: formatNumber(Math.round(place.accuracyMeters)) })}
              </Table.Td>
              <Table.Td visibleFrom="sm">{t(place.source)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Suspense fallback={<Text size="sm">…</Text>}>
        <WorldMap places={places} />
      </Suspense>
    </Stack>
  );
}
