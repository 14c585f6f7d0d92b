// The question before an action: what the person notices, or what goes and what stays; a reason and the name where it weighs.
import { Anchor, Checkbox, Group, Text, Textarea, TextInput } from '@mantine/core';
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import { useState } from 'react';
import { Ask } from '../../../../design/ask.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { Time } from '../../../../design/time.tsx';
import { deviceTexts } from '../texts.ts';
import type { ActionField, DeviceAction } from './action-catalogue.ts';
import { BudgetMeter } from './budget-meter.tsx';
import { consequencesOf } from './consequences.ts';
import { actionTexts } from './texts.ts';
import { type OrderParams, useOrder } from './use-order.ts';

export interface ActionDialogProps {
  readonly action: DeviceAction;
  readonly device: Device;
  readonly needsApproval: boolean;
  readonly instead: readonly ('selective-wipe' | 'lock-device')[];
  readonly onClose: () => void;
  readonly onInstead: (action: 'selective-wipe' | 'lock-device') => void;
}

export function ActionDialog(props: ActionDialogProps) {
  // Another action is another question: nothing that was typed for one belongs to the other.
  return <Dialog key={props.action.name} {...props} />;
}

function Dialog({ action, device, needsApproval, instead, onClose, onInstead }: ActionDialogProps) {
  const t = actionTexts.use();
  const d = deviceTexts.use();
  const { params, missing, tried, setTried, inputs } = useFields(action.fields ?? []);
  const order = useOrder(device, onClose);
  const heavy = action.tier >= 2;
  const consequences = heavy ? consequencesOf(action, device.platform, t) : undefined;
  const name = plainLine(device.name, 60);
  return (
    <Ask
      opened
      onClose={onClose}
      title={t(`${action.name}-ask` as 'full-wipe-ask', { name })}
      verb={verbOf(action, needsApproval, t)}
      danger={action.group === 'remove' || action.name === 'block'}
      needsReason={heavy}
      busy={order.isPending}
      problem={order.problem ?? null}
      onConfirm={({ reason }) => {
        setTried(true);
        if (!missing) order.run(action, params, reason);
      }}
      {...(heavy ? { keep: t(`${action.name}-keep` as 'full-wipe-keep'), typed: device.name } : {})}
      {...(consequences === undefined ? {} : { consequences })}
    >
      {heavy ? (
        <Text size="sm" c="dimmed">
          {d(device.ownership)} · {t('lastSeen')}{' '}
          {device.lastCheckInAt === null ? t('neverSeen') : <Time at={device.lastCheckInAt} />}
        </Text>
      ) : (
        <Text size="sm">{t(`${action.name}-notice` as 'lock-device-notice')}</Text>
      )}
      {inputs(tried)}
      {instead.length > 0 && (
        <Group gap="sm">
          <Text size="sm">{t('instead')}</Text>
          {instead.map((each) => (
            <Anchor key={each} component="button" type="button" size="sm" onClick={() => onInstead(each)}>
              {t(each === 'selective-wipe' ? 'insteadSelective' : 'insteadLock')}
            </Anchor>
          ))}
        </Group>
      )}
      {needsApproval && <Text size="sm">{t('secondPerson')}</Text>}
      {(action.name === 'full-wipe' || action.name === 'selective-wipe') && <BudgetMeter />}
    </Ask>
  );
}

function verbOf(action: DeviceAction, needsApproval: boolean, t: ReturnType<typeof actionTexts.use>): string {
  if (action.name === 'full-wipe' && needsApproval) return t('full-wipe-verbAsk');
  return action.tier >= 2 ? t(`${action.name}-verb` as 'full-wipe-verb') : t(action.name);
}

/** The fields of an action, with what they hold as the command takes it. */
export function useFields(fields: readonly ActionField[]) {
  const t = actionTexts.use();
  const [values, setValues] = useState<OrderParams>({});
  const [tried, setTried] = useState(false);
  const set = (name: string, value: string | boolean) => setValues({ ...values, [name]: value });
  const params = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== '' && value !== false),
  );
  const lacks = (field: ActionField) =>
    field.required === true && String(values[field.name] ?? '').trim() === '';
  const inputs = (show: boolean) =>
    fields.map((field) => {
      const label = t(field.name as 'message');
      if (field.kind === 'tick') {
        return (
          <Checkbox
            key={field.name}
            label={label}
            checked={values[field.name] === true}
            onChange={(event) => set(field.name, event.currentTarget.checked)}
          />
        );
      }
      const Input = (field.longest ?? 0) > 100 ? Textarea : TextInput;
      return (
        <Input
          key={field.name}
          label={label}
          value={String(values[field.name] ?? '')}
          required={field.required ?? false}
          maxLength={field.longest ?? 200}
          error={show && lacks(field) ? t('fieldMissing') : undefined}
          onChange={(event: { currentTarget: { value: string } }) =>
            set(field.name, event.currentTarget.value)
          }
        />
      );
    });
  return { params, missing: fields.some(lacks), tried, setTried, inputs };
}
