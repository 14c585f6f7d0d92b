// What can be done with selected devices. Whoever asks for all that match gets them as they are at that moment; what joins later is
// not touched.
import { Button, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import type { Selection as KeptList } from '@gatehouse/contracts/admin/searches.ts';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import { createSelection, type DeviceListQuery, listSelectedDevices } from '../../../api/operations/fleet.ts';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { notifyProblem } from '../../../design/notify.tsx';
import { designTexts } from '../../../design/texts.ts';
import { formatNumber } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { commandActions } from '../device/actions/action-catalogue.ts';
import { BulkAction } from '../device/actions/bulk-action.tsx';
import { BulkException } from './bulk-exception.tsx';
import { BulkOwner } from './bulk-owner.tsx';
import { atOnce } from './selected-parts.ts';
import { listTexts } from './texts.ts';

const offered = {
  'refresh-device': 'devices.refresh',
  'send-message': 'devices.message',
  'lock-device': 'devices.lock',
  'restart-device': 'devices.power',
  'selective-wipe': 'devices.selective-wipe',
} as const satisfies Record<string, Permission>;
type Offered = keyof typeof offered;

/** What is changed here, and not at the device. */
const changes = {
  'bulk-owner': 'devices.update',
  'bulk-exception': 'exceptions.manage',
} as const satisfies Record<string, Permission>;
type Change = keyof typeof changes;

export interface BulkBarProps {
  readonly selected: ReadonlySet<string>;
  readonly total: number | undefined;
  readonly loaded: number;
  readonly question: DeviceListQuery;
  readonly onUnselect: () => void;
  readonly onCompare: ((ids: readonly [string, string]) => void) | undefined;
}

export function BulkBar(props: BulkBarProps) {
  const t = listTexts.use();
  const d = designTexts.use();
  const may = useMay();
  const [kept, setKept] = useState<KeptList>();
  const [action, setAction] = useState<Offered | Change>();
  const keep = useChange(createSelection, { onDone: setKept, onError: (problem) => notifyProblem(problem) });
  const { selected, total, loaded, question } = props;
  if (selected.size === 0) return null;
  const { sort: _sort, facts: _facts, from: _from, ...asked } = question;
  const all = Object.keys(asked).length === 0 ? { expression: 'true' } : asked;
  const isMore = total !== undefined && total > loaded && selected.size >= loaded;
  const ids = [...selected];
  return (
    <Paper
      withBorder
      shadow="md"
      p="xs"
      pos="sticky"
      bottom={8}
      style={{ zIndex: 10 }}
      role="region"
      aria-label={t('actions')}
    >
      <Group gap="xs">
        <Text size="sm" fw={600} role="status">
          {kept === undefined
            ? t('selected', { count: selected.size })
            : t('allSelected', { count: formatNumber(kept.devices) })}
        </Text>
        {isMore && kept === undefined && (
          <Button
            size="xs"
            variant="subtle"
            loading={keep.isPending}
            onClick={() => keep.mutate({ body: all })}
          >
            {t('selectAll', { count: formatNumber(total) })}
          </Button>
        )}
        {([...Object.entries(offered), ...Object.entries(changes)] as [Offered | Change, Permission][]).map(
          ([name, right]) => {
            const allowed = may(right);
            return (
              <Hint key={name} label={d('notAllowed')} disabled={allowed}>
                <Button
                  size="xs"
                  variant="default"
                  aria-disabled={!allowed}
                  {...(allowed ? {} : { 'data-disabled': true, 'aria-description': d('notAllowed') })}
                  {...(name === 'selective-wipe' && allowed ? { c: 'red' } : {})}
                  onClick={() => {
                    if (allowed) setAction(name);
                  }}
                >
                  {t(name)}
                </Button>
              </Hint>
            );
          },
        )}
        {props.onCompare !== undefined && ids.length === 2 && kept === undefined && (
          <Button size="xs" variant="default" onClick={() => props.onCompare?.([ids[0] ?? '', ids[1] ?? ''])}>
            {t('compare')}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          ml="auto"
          onClick={() => {
            setKept(undefined);
            props.onUnselect();
          }}
        >
          {t('unselect')}
        </Button>
      </Group>
      {action === 'bulk-owner' ? (
        <BulkOwner selected={{ kept, ids }} onClose={() => setAction(undefined)} />
      ) : action === 'bulk-exception' ? (
        <BulkException selected={{ kept, ids }} onClose={() => setAction(undefined)} />
      ) : (
        action !== undefined && (
          <Parts action={action} kept={kept} ids={ids} onClose={() => setAction(undefined)} />
        )
      )}
    </Paper>
  );
}

/** A thousand at a time: each is looked at before anything is done to it. */
function Parts(props: {
  action: Offered;
  kept: KeptList | undefined;
  ids: readonly string[];
  onClose: () => void;
}) {
  const t = listTexts.use();
  const [part, setPart] = useState(0);
  const [isBetween, setBetween] = useState(false);
  const { kept, ids, onClose } = props;
  const read = useRead(
    listSelectedDevices,
    { params: { selectionId: kept?.id ?? '-' }, query: { part } },
    { enabled: kept !== undefined },
  );
  const parts = kept === undefined ? Math.ceil(ids.length / atOnce) : (read.data?.parts ?? 1);
  const some = kept === undefined ? ids.slice(part * atOnce, (part + 1) * atOnce) : read.data?.deviceIds;
  const action = commandActions.find(({ name }) => name === props.action);
  if (action === undefined) return null;
  if (read.error) {
    return (
      <Modal opened onClose={onClose} title={t(props.action)}>
        <Failure problem={read.error} retry={() => void read.refetch()} />
      </Modal>
    );
  }
  if (isBetween) {
    return (
      <Modal opened onClose={onClose} title={t(props.action)}>
        <Stack>
          <Text>{t('partOf', { part: part + 1, parts })}</Text>
          <Group justify="flex-end">
            <Button
              onClick={() => {
                setBetween(false);
                setPart(part + 1);
              }}
            >
              {t('nextPart')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  if (some === undefined) return null;
  return (
    <BulkAction
      key={part}
      action={action}
      deviceIds={some}
      onClose={() => (part + 1 < parts ? setBetween(true) : onClose())}
    />
  );
}
