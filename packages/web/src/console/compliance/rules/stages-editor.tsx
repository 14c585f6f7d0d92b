// The stages one below the other, to be written: when, and what follows then.
import { ActionIcon, Button, Checkbox, Group, Menu, NumberInput, Select, Stack, Text } from '@mantine/core';
import { actionKinds, messageChannels } from '@gatehouse/core/compliance/action.ts';
import { gates } from '@gatehouse/core/compliance/gate.ts';
import { IconPlus, IconShieldLock, IconTrash } from '@tabler/icons-react';
import { Hint } from '../../../design/hint.tsx';
import { complianceTexts } from '../texts.ts';
import type { Action, Stage } from './rule-draft.ts';
import css from './rules.module.css';
import {
  guardedActions,
  inUnit,
  newAction,
  type TimeUnit,
  timeUnits,
  toMinutes,
  withActions,
  withoutStage,
  withStage,
  withTime,
} from './stage-ladder.ts';
import { ruleTexts } from './texts.ts';

interface StagesEditorProps {
  readonly stages: readonly Stage[];
  readonly onChange: (stages: Stage[]) => void;
  readonly disabled: boolean;
}

const most = 10;

export function StagesEditor({ stages, onChange, disabled }: StagesEditorProps) {
  const t = ruleTexts.use();
  return (
    <Stack gap="sm">
      {stages.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('stagesEmpty')}
        </Text>
      )}
      {stages.map((stage, index) => (
        // Stages have no identity but their place.
        // eslint-disable-next-line react/no-array-index-key
        <fieldset key={index} className={css.fieldset} disabled={disabled}>
          <legend className={css.legend}>{t('stage', { count: index + 1 })}</legend>
          <Stack gap="xs">
            <Group align="flex-end" justify="space-between" gap="xs">
              <MinutesField
                label={t('stageTime')}
                minutes={stage.afterMinutes}
                disabled={disabled}
                onChange={(minutes) => onChange(withTime(stages, index, minutes))}
              />
              {!disabled && (
                <Hint label={t('removeStage', { count: index + 1 })}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('removeStage', { count: index + 1 })}
                    onClick={() => onChange(withoutStage(stages, index))}
                  >
                    <IconTrash size={16} aria-hidden />
                  </ActionIcon>
                </Hint>
              )}
            </Group>
            <Actions
              actions={stage.actions}
              disabled={disabled}
              onChange={(actions) => onChange(withActions(stages, index, actions))}
            />
          </Stack>
        </fieldset>
      ))}
      {!disabled && stages.length < most && (
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange(withStage(stages))}
          >
            {t('addStage')}
          </Button>
        </div>
      )}
    </Stack>
  );
}

interface MinutesFieldProps {
  readonly label: string;
  readonly minutes: number;
  readonly onChange: (minutes: number) => void;
  readonly disabled: boolean;
  readonly description?: string;
}

/** A span in the unit in which people say it. */
export function MinutesField({ label, minutes, onChange, disabled, description }: MinutesFieldProps) {
  const t = ruleTexts.use();
  const { amount, unit } = inUnit(minutes);
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <NumberInput
        label={label}
        {...(description === undefined ? {} : { description })}
        value={amount}
        min={0}
        allowDecimal={false}
        disabled={disabled}
        w={110}
        onChange={(next) => onChange(toMinutes(typeof next === 'number' ? next : 0, unit))}
      />
      <Select
        aria-label={`${label}: ${t('unit')}`}
        data={timeUnits.map((each) => ({ value: each, label: t(each) }))}
        value={unit}
        allowDeselect={false}
        disabled={disabled}
        w={120}
        onChange={(next) => next !== null && onChange(toMinutes(amount, next as TimeUnit))}
      />
    </Group>
  );
}

interface ActionsProps {
  readonly actions: readonly Action[];
  readonly onChange: (actions: readonly Action[]) => void;
  readonly disabled: boolean;
}

function Actions({ actions, onChange, disabled }: ActionsProps) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const missing = actionKinds.filter((kind) => !actions.some((action) => action.kind === kind));
  const put = (index: number, action: Action) =>
    onChange(actions.map((each, at) => (at === index ? action : each)));
  return (
    <>
      {actions.map((action, index) => (
        <Group key={action.kind} gap="sm" align="flex-start">
          <Group gap={4} miw={180}>
            <Text size="sm" fw={550}>
              {shared(action.kind)}
            </Text>
            {guardedActions.includes(action.kind) && (
              <Hint label={t('guarded')}>
                <span role="img" aria-label={t('guarded')} tabIndex={0}>
                  <IconShieldLock size={16} aria-hidden />
                </span>
              </Hint>
            )}
          </Group>
          {action.by !== undefined && (
            <Checkbox.Group
              aria-label={t('by')}
              value={[...action.by]}
              onChange={(by) =>
                by.length > 0 && put(index, { ...action, by: by as NonNullable<Action['by']> })
              }
            >
              <Group gap="sm">
                {messageChannels.map((way) => (
                  <Checkbox
                    key={way}
                    size="xs"
                    value={way}
                    disabled={disabled}
                    label={shared(way === 'mail' ? 'byMail' : way)}
                  />
                ))}
              </Group>
            </Checkbox.Group>
          )}
          {action.gates !== undefined && (
            <Checkbox.Group
              aria-label={t('which')}
              value={[...action.gates]}
              onChange={(list) =>
                list.length > 0 && put(index, { ...action, gates: list as NonNullable<Action['gates']> })
              }
            >
              <Group gap="sm">
                {gates.map((gate) => (
                  <Checkbox key={gate} size="xs" value={gate} disabled={disabled} label={shared(gate)} />
                ))}
              </Group>
            </Checkbox.Group>
          )}
          {!disabled && actions.length > 1 && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('removeAction', { action: shared(action.kind) })}
              onClick={() => onChange(actions.filter((_each, at) => at !== index))}
            >
              <IconTrash size={14} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      {!disabled && missing.length > 0 && (
        <div>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button size="compact-xs" variant="subtle" leftSection={<IconPlus size={12} aria-hidden />}>
                {t('addAction')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {missing.map((kind) => (
                <Menu.Item key={kind} onClick={() => onChange([...actions, newAction(kind)])}>
                  {shared(kind)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
    </>
  );
}
