// What can be done with a device: one menu in the order in which people look, what is impossible with the reason why, and the
// question that belongs to each.
import { Button, Group, Menu, Text } from '@mantine/core';
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import { IconBolt, IconChevronDown, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useRead } from '../../../../api/hooks.ts';
import { listAvailableCommands } from '../../../../api/operations/device.ts';
import { Hint } from '../../../../design/hint.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { useMay } from '../../../../session/session.ts';
import classes from '../device.module.css';
import { ActionDialog } from './action-dialog.tsx';
import {
  actionGroups,
  type Availability,
  commandActions,
  type DeviceAction,
  standingActionsFor,
} from './action-catalogue.ts';
import { actionTexts } from './texts.ts';
import { useOrder } from './use-order.ts';

interface Entry {
  readonly action: DeviceAction;
  readonly availability: Availability;
}

const possible: Availability = {
  available: true,
  message: null,
  needsApproval: false,
  waitingCommandId: null,
};

/** Off for everybody, and still in reach of the keyboard: the reason is worth reading. */
const switchedOff = { 'aria-disabled': true, className: classes.off ?? '' } as const;

export function DeviceActions({ device, barred }: { device: Device; barred: boolean }) {
  const t = actionTexts.use();
  const [menuOpen, setMenuOpen] = useState(false);
  const [asked, setAsked] = useState<DeviceAction>();
  const entries = useEntries(device, barred);
  const order = useOrder(device);
  const name = plainLine(device.name, 60);
  const find = (wanted: DeviceAction['name']) => entries?.find(({ action }) => action.name === wanted);
  const refresh = find('refresh-device');
  const open = entries?.find(({ action }) => action.name === asked?.name);

  function choose(action: DeviceAction): void {
    if (action.tier === 0) order.run(action, {}, undefined);
    else setAsked(action);
  }

  return (
    <Group gap="xs" wrap="nowrap">
      <Hint
        label={refresh?.availability.message ?? t('refresh-device-notice')}
        disabled={refresh === undefined}
      >
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={order.isPending}
          {...(refresh?.availability.available === false ? switchedOff : {})}
          onClick={() => {
            if (refresh?.availability.available) choose(refresh.action);
          }}
        >
          {t('refresh-device')}
        </Button>
      </Hint>
      <Menu opened={menuOpen} onChange={setMenuOpen} position="bottom-end" width={300} keepMounted={false}>
        <Menu.Target>
          <Button
            leftSection={<IconBolt size={16} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
            aria-label={t('actOn', { name })}
          >
            {t('act')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown style={{ maxHeight: '70vh', overflowY: 'auto' }}>
          {entries === undefined && <Menu.Label>{t('loading')}</Menu.Label>}
          {actionGroups.map((group) => {
            const inGroup = entries?.filter(({ action }) => action.group === group) ?? [];
            if (inGroup.length === 0) return null;
            return (
              <div key={group} role="group" aria-label={t(group)}>
                <Menu.Label>{t(group)}</Menu.Label>
                {inGroup.map((entry) => (
                  <ActionItem key={entry.action.name} entry={entry} onChoose={choose} />
                ))}
              </div>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {asked !== undefined && (
        <ActionDialog
          action={asked}
          device={device}
          needsApproval={open?.availability.needsApproval ?? false}
          onClose={() => setAsked(undefined)}
          onInstead={(wanted) => setAsked(find(wanted)?.action)}
          instead={(['selective-wipe', 'lock-device'] as const).filter(
            (each) => find(each)?.availability.available && asked.name === 'full-wipe',
          )}
        />
      )}
    </Group>
  );
}

function ActionItem({ entry, onChoose }: { entry: Entry; onChoose: (action: DeviceAction) => void }) {
  const t = actionTexts.use();
  const { action, availability } = entry;
  const waiting = availability.waitingCommandId !== null;
  const reason = availability.message ?? (waiting ? t('underWay') : undefined);
  const off = !availability.available || waiting;
  const note = reason ?? (availability.needsApproval ? t('needsSecond') : undefined);
  return (
    <Menu.Item
      {...(off ? switchedOff : action.group === 'remove' ? { c: 'red' } : {})}
      closeMenuOnClick={!off}
      onClick={() => {
        if (!off) onChoose(action);
      }}
    >
      {t(action.name)}
      {note !== undefined && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Menu.Item>
  );
}

/** undefined: not known yet. */
function useEntries(device: Device, barred: boolean): readonly Entry[] | undefined {
  const t = actionTexts.use();
  const may = useMay();
  const { data } = useRead(listAvailableCommands, { params: { deviceId: device.id } });
  if (data === undefined) return undefined;
  const commands = commandActions.flatMap((action): Entry[] => {
    const availability = data.items.find(({ name }) => name === action.name);
    return availability === undefined ? [] : [{ action, availability }];
  });
  const standing = standingActionsFor({ state: device.state, barred }).map(
    (action): Entry => ({
      action,
      availability: may('devices.delete')
        ? possible
        : { ...possible, available: false, message: t('noStandingRight') },
    }),
  );
  return [...commands, ...standing];
}
