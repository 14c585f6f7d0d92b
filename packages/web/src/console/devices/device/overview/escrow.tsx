// What is kept for the day when nobody can get in: which there are for everybody, their values by right, with a reason, on record.
import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import type { Device, EscrowKind, EscrowValues } from '@gatehouse/contracts/admin/devices.ts';
import { useState } from 'react';
import { useChange, useRead } from '../../../../api/hooks.ts';
import { listEscrow, revealEscrow } from '../../../../api/operations/device.ts';
import { Ask } from '../../../../design/ask.tsx';
import { Tile } from '../../../../design/charts.tsx';
import { CopyText } from '../../../../design/copy-text.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { overviewTexts } from './texts.ts';

export function Escrow({ device }: { device: Device }) {
  const t = overviewTexts.use();
  const may = useMay();
  const { data } = useRead(listEscrow, { params: { deviceId: device.id } });
  const [asked, setAsked] = useState<EscrowKind>();
  const [shown, setShown] = useState<EscrowValues>();
  const reveal = useChange(revealEscrow, {
    onDone: (values) => {
      setAsked(undefined);
      setShown(values);
    },
  });
  const name = plainLine(device.name, 60);
  return (
    <Tile title={t('escrow')}>
      {data === undefined || data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {data === undefined ? '–' : t('escrowNone')}
        </Text>
      ) : (
        <Stack gap="xs">
          {data.items.map((item) => (
            <Group key={item.kind} justify="space-between" wrap="nowrap">
              <div>
                <Text size="sm">{t(item.kind)}</Text>
                <Text size="xs" c="dimmed">
                  {t('kept', { time: formatTime(item.newestAt) })} ·{' '}
                  {t(item.confirmedAt === null ? 'notConfirmed' : 'confirmed')}
                </Text>
              </div>
              {may('devices.secrets.reveal') && (
                <Button size="xs" variant="default" onClick={() => setAsked(item.kind)}>
                  {t('reveal')}
                </Button>
              )}
            </Group>
          ))}
        </Stack>
      )}
      {asked !== undefined && (
        <Ask
          opened
          onClose={() => setAsked(undefined)}
          title={t('revealAsk', { kind: t(asked), name })}
          verb={t('revealVerb')}
          keep={t('revealKeep')}
          needsReason
          busy={reveal.isPending}
          problem={reveal.error}
          onConfirm={({ reason }) =>
            reveal.mutate({ params: { deviceId: device.id, kind: asked }, body: { reason } })
          }
        >
          <Text size="sm">{t('revealNotice')}</Text>
        </Ask>
      )}
      <Modal
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={shown === undefined ? '' : t('revealTitle', { kind: t(shown.kind), name })}
      >
        <List>
          {shown?.values.map((each) => (
            <List.Item key={each.createdAt}>
              <CopyText value={each.value}>
                <code>{each.value}</code>
              </CopyText>
              <Text size="xs" c="dimmed">
                {t('kept', { time: formatTime(each.createdAt) })} ·{' '}
                {t(each.confirmed ? 'confirmed' : 'notConfirmed')}
              </Text>
            </List.Item>
          ))}
        </List>
      </Modal>
    </Tile>
  );
}
